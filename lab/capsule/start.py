"""Starts a program in a capsule and speaks with it from outside: signals, exit code, end.

Three processes: the supervisor (the caller), a stage that makes the namespaces, and the capsule's init. Each asks
the kernel to be killed with its parent, and init also watches a pipe that only the supervisor holds open, so the
capsule ends however the supervisor ends.
"""

import errno
import io
import os
import select
import signal
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from lab.capsule import linux
from lab.capsule.init import capsule_environment, mount_capsule, run_as_init
from lab.errors import CapsuleError

_NAMESPACES = (
    linux.CLONE_NEWNS | linux.CLONE_NEWNET | linux.CLONE_NEWPID | linux.CLONE_NEWIPC | linux.CLONE_NEWUTS
)
_EVERY_ID = 4294967295


@dataclass(frozen=True, slots=True)
class Capsule:
    """A capsule that runs. init_pid: its PID 1, as numbered outside. user_namespace: whether it has one of its own."""

    init_pid: int
    stage_pid: int
    user_namespace: bool
    lifeline: int

    def signal(self, number: int) -> None:
        """Passes a signal on to the capsule's program. Nothing happens when the capsule has ended."""
        with suppress(ProcessLookupError):
            os.kill(self.init_pid, number)

    def end(self) -> None:
        """Ends the capsule at once, and with its init everything in it."""
        self.signal(signal.SIGKILL)

    def wait(self) -> int:
        """Waits for the end; the program's exit code, 128 + N when signal N ended it."""
        _, status = os.waitpid(self.stage_pid, 0)
        os.close(self.lifeline)
        code = os.waitstatus_to_exitcode(status)
        return code if code >= 0 else 128 - code


class _NoUserNamespace(CapsuleError):
    """The user namespace was refused, or its ids."""


def start_capsule(argv: Sequence[str], environ: Mapping[str, str]) -> Capsule:
    """Starts `argv` in new namespaces. Must be called from a process with one thread. CapsuleError on refusal."""
    try:
        return _start(argv, environ, user_namespace=True)
    except _NoUserNamespace:
        # Only where user namespaces are forbidden does root go without: plain root could write global sysctls.
        if os.geteuid() != 0:
            raise
    return _start(argv, environ, user_namespace=False)


def _start(argv: Sequence[str], environ: Mapping[str, str], *, user_namespace: bool) -> Capsule:
    lifeline_read, lifeline_write = os.pipe2(os.O_CLOEXEC)
    up_read, up_write = os.pipe2(os.O_CLOEXEC)
    down_read, down_write = os.pipe2(os.O_CLOEXEC)
    sys.stdout.flush()
    sys.stderr.flush()
    stage_pid = os.fork()
    if stage_pid == 0:  # the stage: never leaves this block
        for descriptor in (lifeline_write, up_read, down_write):
            os.close(descriptor)
        stage = _Stage(lifeline_read, up_write, down_read, user_namespace)
        stage.run(argv, environ)
    for descriptor in (lifeline_read, up_write, down_read):
        os.close(descriptor)
    with os.fdopen(up_read, "rb") as up, io.FileIO(down_write, "wb") as down:
        first = up.readline().decode().strip()
        trouble = _let_go(stage_pid, down, user_namespace=user_namespace) if first == "unshared" else first
        said = [trouble, *up.read().decode().splitlines()]
    if "ready" not in said:
        os.close(lifeline_write)
        os.waitpid(stage_pid, 0)
        refused = user_namespace and (first != "unshared" or trouble)
        raise (_NoUserNamespace if refused else CapsuleError)(
            "cannot make the namespaces that a lab runs in",
            output="\n".join(line for line in said if line and not line.startswith("init ")),
            next_step="svcproof doctor",
        )
    [init] = [line.removeprefix("init ") for line in said if line.startswith("init ")]
    return Capsule(int(init), stage_pid, user_namespace, lifeline_write)


def _let_go(stage_pid: int, down: io.FileIO, *, user_namespace: bool) -> str:
    """Maps the stage's ids and lets it go on; what went wrong, or nothing."""
    try:
        if user_namespace:
            _map_ids(stage_pid)
    except OSError as error:
        os.kill(stage_pid, signal.SIGKILL)
        return f"cannot map user ids into the namespace: {error.strerror}"
    down.write(b".")
    return ""


def _map_ids(stage_pid: int) -> None:
    """Root keeps every id; an ordinary user becomes root inside, and has no other id there."""
    process = Path(f"/proc/{stage_pid}")
    if os.geteuid() == 0:
        user_map = group_map = f"0 0 {_EVERY_ID}"
    else:
        user_map, group_map = f"0 {os.geteuid()} 1", f"0 {os.getegid()} 1"
        (process / "setgroups").write_text("deny")
    try:
        (process / "uid_map").write_text(user_map)
        (process / "gid_map").write_text(group_map)
    except PermissionError:
        # A root that lives in a user namespace itself has fewer ids to give.
        (process / "uid_map").write_text(f"0 {os.geteuid()} 1")
        (process / "setgroups").write_text("deny")
        (process / "gid_map").write_text(f"0 {os.getegid()} 1")


@dataclass(frozen=True, slots=True)
class _Stage:
    """The process between supervisor and init. Says on `up`: unshared, init's pid, then ready or what failed."""

    lifeline: int
    up: int
    down: int
    user_namespace: bool

    def run(self, argv: Sequence[str], environ: Mapping[str, str]) -> None:
        """Makes the namespaces, starts init, passes its exit code on. Never returns."""
        code = 127
        try:
            code = self._run(argv, environ)
        except OSError as error:
            self._say(f"{error.strerror or error} ({errno.errorcode.get(error.errno or 0, '?')})")
        finally:
            os._exit(code)

    def _run(self, argv: Sequence[str], environ: Mapping[str, str]) -> int:
        # The terminal's Ctrl-C goes to the supervisor alone, which passes it on once.
        os.setpgid(0, 0)
        if self.user_namespace:
            linux.unshare(linux.CLONE_NEWUSER)
        self._end_with_parent()
        self._say("unshared")
        os.read(self.down, 1)
        linux.unshare(_NAMESPACES)
        init = os.fork()
        if init == 0:
            self._be_init(argv, environ)
        self._say(f"init {init}")
        os.close(self.up)
        os.close(self.lifeline)
        _, status = os.waitpid(init, 0)
        code = os.waitstatus_to_exitcode(status)
        return code if code >= 0 else 128 - code

    def _be_init(self, argv: Sequence[str], environ: Mapping[str, str]) -> None:
        code = 127
        try:
            self._end_with_parent()
            mount_capsule()
            self._say("ready")
            os.close(self.up)
            code = run_as_init(argv, capsule_environment(environ), self.lifeline)
        except OSError as error:
            self._say(f"{error.strerror or error} ({errno.errorcode.get(error.errno or 0, '?')})")
        finally:
            os._exit(code)

    def _end_with_parent(self) -> None:
        """Asks for SIGKILL at the parent's death, and ends at once where it died before we asked."""
        linux.die_with_parent(signal.SIGKILL)
        # In a new PID namespace getppid() is 0 either way; a closed pipe tells.
        if select.select([self.lifeline], [], [], 0)[0]:
            os._exit(128 + signal.SIGKILL)

    def _say(self, line: str) -> None:
        try:
            os.write(self.up, f"{line}\n".encode())
        except OSError:
            os._exit(127)
