"""Running one command to its end, with its output kept and nothing left running."""

import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_BEAT_SECONDS = 0.5
_LAST_LINES = 25
_TIE = ("/usr/bin/setpriv", "--pdeathsig", "KILL", "--")


@dataclass(frozen=True, slots=True)
class Finished:
    """A command that ended. status: its exit code, or the negative number of a signal."""

    command: tuple[str, ...]
    status: int
    output: str

    @property
    def last_lines(self) -> str:
        """The end of what it printed, short enough for an error message."""
        return "\n".join(self.output.strip().splitlines()[-_LAST_LINES:])


def run(
    command: Sequence[str],
    *,
    environ: Mapping[str, str],
    directory: Path | None = None,
    seconds: float | None = None,
    beat: Callable[[], None] = lambda: None,
) -> Finished:
    """Run a command in a process group of its own and wait for it.

    seconds: after which it is killed and TimeoutError raised; None waits for ever.
    beat: called twice a second.
    """
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            env=environ,
            cwd=directory,
            start_new_session=True,
        )
        try:
            _wait(process, seconds, beat)
        finally:
            _end(process)
        log.seek(0)
        return Finished(tuple(command), process.returncode, log.read().decode(errors="replace"))


def tied(command: Sequence[str]) -> Sequence[str]:
    """Return a command that the kernel kills when this process dies, of whatever it dies.

    Without util-linux it is the same command: it then goes on to its own end.
    """
    return [*_TIE, *command] if Path(_TIE[0]).exists() else command


def _wait(process: subprocess.Popen[bytes], seconds: float | None, beat: Callable[[], None]) -> None:
    deadline = None if seconds is None else time.monotonic() + seconds
    while True:
        try:
            process.wait(timeout=_BEAT_SECONDS if seconds is None else min(_BEAT_SECONDS, seconds))
        except subprocess.TimeoutExpired:
            if deadline is not None and time.monotonic() >= deadline:
                raise TimeoutError from None
            beat()
        else:
            return


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
