"""PID 1 of a capsule: mounts what a new PID and network namespace need, starts one program, reaps, and ends with it.

When PID 1 of a PID namespace ends, the kernel kills every process in it, and the network namespaces and mounts
that only they held are gone with them. So nothing here cleans up.
"""

import fcntl
import os
import select
import signal
import socket
import struct
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from lab.capsule import linux

_SBIN = ("/usr/local/sbin", "/usr/sbin", "/sbin")


def mount_capsule() -> None:
    """A private view of the file system: own /proc, own /sys where allowed, an empty /run in memory."""
    linux.mount("none", "/", "", linux.MS_REC | linux.MS_PRIVATE)
    quiet = linux.MS_NOSUID | linux.MS_NODEV | linux.MS_NOEXEC
    linux.mount("proc", "/proc", "proc", quiet)
    linux.mount("tmpfs", "/run", "tmpfs", linux.MS_NOSUID | linux.MS_NODEV, "mode=755")
    Path("/run/netns").mkdir()
    # Refused where /sys is partly masked (containers). Nothing in the lab depends on it.
    with suppress(OSError):
        linux.mount("sysfs", "/sys", "sysfs", quiet)
    _raise_loopback()


def _raise_loopback() -> None:
    """`ip link set lo up`, without needing ip yet (doctor tries the capsule on machines that lack it)."""
    get_flags, set_flags, up = 0x8913, 0x8914, 0x1
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        request = struct.pack("16sh14x", b"lo", 0)
        answer = fcntl.ioctl(any_socket, get_flags, request)
        flags = struct.unpack("16sh14x", answer)[1]
        fcntl.ioctl(any_socket, set_flags, struct.pack("16sh14x", b"lo", flags | up))


def capsule_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment inside: as outside, with the sbin directories that an ordinary user's PATH may lack."""
    path = environ.get("PATH", "/usr/local/bin:/usr/bin:/bin").split(":")
    path += [directory for directory in _SBIN if directory not in path]
    return {**environ, "PATH": ":".join(path)}


def run_as_init(argv: Sequence[str], environ: Mapping[str, str], lifeline: int) -> int:
    """Runs `argv` as the capsule's program; returns its exit code (128 + N when signal N ended it).

    lifeline: the read end of a pipe whose write end only the capsule's supervisor holds. When it closes, we end.
    """
    program = os.fork()
    if program == 0:
        _become(argv, environ)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda got, _frame: _forward(program, got))
    wake_read, wake_write = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
    signal.set_wakeup_fd(wake_write, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
    while True:
        status = _reap(program)
        if status is not None:
            return os.waitstatus_to_exitcode(status) if status & 0x7F == 0 else 128 + (status & 0x7F)
        readable, _, _ = select.select([lifeline, wake_read], [], [])
        if lifeline in readable:
            return 128 + signal.SIGKILL
        os.read(wake_read, 512)


def _become(argv: Sequence[str], environ: Mapping[str, str]) -> None:
    """Turns the forked child into the capsule's program; never returns."""
    try:
        os.setsid()
        os.execvpe(argv[0], list(argv), dict(environ))  # noqa: S606 - our own argument list
    except OSError as error:
        sys.stderr.write(f"svcproof: cannot start {argv[0]} in the capsule: {error}\n")
    finally:
        os._exit(127)


def _forward(program: int, number: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(program, number)


def _reap(program: int) -> int | None:
    """Collects every ended child; the program's wait status when it is among them."""
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return None
        if pid == 0:
            return None
        if pid == program:
            return status
