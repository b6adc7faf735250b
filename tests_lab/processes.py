"""Processes that came of one command, found by a token in their environment or command line, wherever they are."""

import os
import signal
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Process:
    """A process as this machine numbers it."""

    pid: int
    parent: int
    command: str


def with_token(token: str) -> tuple[Process, ...]:
    """Every living process that bears the token."""
    return tuple(_bearers(token.encode()))


def _bearers(token: bytes) -> Iterator[Process]:
    for entry in _PROC.iterdir():
        if not entry.name.isdecimal():
            continue
        with suppress(OSError):  # It ended meanwhile, or is another user's.
            command = (entry / "cmdline").read_bytes()
            if token in command or token in (entry / "environ").read_bytes():
                words = command.replace(b"\0", b" ").decode(errors="replace").strip()
                yield Process(int(entry.name), _parent(entry), words)


def _parent(entry: Path) -> int:
    # The name in parentheses may hold anything.
    return int((entry / "stat").read_text().rpartition(")")[2].split()[1])


def below(root: int, depth: int, processes: Sequence[Process]) -> int:
    """The first descendant of a process at this depth, or the deepest that there is."""
    pid = root
    for _ in range(depth):
        children = [process.pid for process in processes if process.parent == pid]
        if not children:
            break
        pid = min(children)
    return pid


def end_all(token: str) -> None:
    """Kills what bears the token: for the end of a test that failed."""
    for process in with_token(token):
        with suppress(ProcessLookupError):
            os.kill(process.pid, signal.SIGKILL)
