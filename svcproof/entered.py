"""Goes into a lab from outside: its capsule's namespaces, then those of a place."""

import os
import shlex
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from lab.capsule import linux
from lab.capsule.init import capsule_environment
from lab.errors import CapsuleError, LabError, UsageError
from svcproof.labs import LabEntry

_NAMESPACES = (
    linux.CLONE_NEWNS | linux.CLONE_NEWPID | linux.CLONE_NEWNET | linux.CLONE_NEWIPC | linux.CLONE_NEWUTS
)
_PLACES = Path("/run/netns")
_NOT_FOUND = 127


def run_at(entry: LabEntry, place: str, argv: Sequence[str]) -> int:
    """Runs a command at a place; its exit code (127 where it cannot be started, 128 + N for signal N)."""
    enter_capsule(entry)
    path = namespace_of(entry, place)

    def become() -> None:
        linux.enter_network_namespace(path)
        os.environ.update(capsule_environment(os.environ))
        os.environ["SVCPROOF_PLACE"] = place
        os.environ["PS1"] = f"{entry.name} {place} # "
        os.execvp(argv[0], list(argv))  # noqa: S606 - the user's own command

    # The terminal's Ctrl-C is for the command, not for us who wait for it.
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        return _in_child(become, argv)
    finally:
        signal.signal(signal.SIGINT, before)


def enter_capsule(entry: LabEntry) -> None:
    """Moves this process into the capsule, and its children into the capsule's PID namespace, for good."""
    try:
        descriptor = os.pidfd_open(entry.init_pid)
        kinds = _NAMESPACES | (linux.CLONE_NEWUSER if entry.user_namespace else 0)
        linux.setns(descriptor, kinds)
        os.close(descriptor)
    except OSError as error:
        raise CapsuleError(
            f"cannot enter the lab {entry.name}",
            output=str(error),
            next_step="the user who made the lab can; `svcproof labs` shows whether it stands still",
        ) from error


def namespace_of(entry: LabEntry, place: str) -> Path:
    """The namespace of a place of the lab that this process has entered. UsageError where there is no such place."""
    known = sorted(path.name for path in _PLACES.iterdir())
    if place not in known:
        raise UsageError(
            f"the lab {entry.name} has no place {place!r}", next_step=f"one of: {', '.join(known)}"
        )
    return _PLACES / place


def _in_child(become: Callable[[], None], argv: Sequence[str]) -> int:
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        try:
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            become()
        except (OSError, LabError) as error:
            sys.stderr.write(f"svcproof: cannot run {shlex.join(argv)}: {error}\n")
        finally:
            os._exit(_NOT_FOUND)
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    return code if code >= 0 else 128 - code
