"""The machine as the checks see it: every effect, so that a test can be any machine."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from lab.components.resolve import Missing
from lab.components.sources import Sources
from svcproof.doctor.refusal import Refusal
from svcproof.doctor.steps import Attempt


@dataclass(frozen=True, slots=True)
class Ran:
    """A command that ended. output: what it wrote, errors included."""

    status: int
    output: str


@dataclass(frozen=True, slots=True)
class Volume:
    """The file system that a directory is, or would be, in.

    refusal: why a file cannot be written there; empty where one was written.
    executable: whether programs may be run from there.
    """

    free_bytes: int
    refusal: str = ""
    executable: bool = True


@dataclass(frozen=True, slots=True)
class Trial:
    """What became of a capsule that was started.

    user_namespace: whether it has one of its own.
    attempts: every step that was tried inside; none where the program inside died, and then
    `trouble` says how.
    """

    user_namespace: bool
    attempts: tuple[Attempt, ...]
    trouble: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """What can be asked of a machine.

    which: the path of a program, the sbin directories included.
    read: the text of a file of the kernel; None where there is none.
    try_capsule: starts one and tries the steps in it. CapsuleError where it cannot be made.
    ask_refusal: makes its parts one by one; the first that was refused.
    missing_programs, go: what the components room says; `go` is the version of a usable one.
    """

    euid: int
    python: tuple[int, int, int]
    kernel: str
    cores: int
    which: Callable[[str], Path | None]
    run: Callable[[Sequence[str]], Ran]
    read: Callable[[Path], str | None]
    volume: Callable[[Path], Volume]
    try_capsule: Callable[[], Trial]
    ask_refusal: Callable[[], Refusal | None]
    missing_programs: Callable[[Sources], Sequence[Missing]]
    go: Callable[[Sources], str | None]
