"""The four system calls that Python 3.11 does not offer: unshare, setns, mount and prctl. Effects only."""

import ctypes
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CLONE_NEWNS = 0x00020000
CLONE_NEWUTS = 0x04000000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000

MS_NOSUID, MS_NODEV, MS_NOEXEC = 2, 4, 8
MS_BIND = 4096
MS_REC = 16384
MS_PRIVATE = 1 << 18

_PR_SET_PDEATHSIG = 1
_INITIAL_USER_NAMESPACE = 0xEFFFFFFD
"""PROC_USER_INIT_INO of the kernel's include/linux/proc_ns.h."""

_libc = ctypes.CDLL(None, use_errno=True)


def _check(result: int, call: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{call}: {os.strerror(number)}")


def unshare(flags: int) -> None:
    """Leaves namespaces for new ones, like the command unshare. OSError on refusal."""
    _check(_libc.unshare(flags), f"unshare({flags:#x})")


def setns(descriptor: int, kind: int) -> None:
    """Enters namespaces, by a namespace file or a pidfd. OSError on refusal."""
    _check(_libc.setns(descriptor, kind), "setns")


def mount(source: str, target: str, kind: str, flags: int = 0, data: str = "") -> None:
    """Mounts a file system. OSError on refusal."""
    result = _libc.mount(source.encode(), target.encode(), kind.encode(), flags, data.encode())
    _check(result, f"mount {kind or source} on {target}")


def die_with_parent(signal_number: int) -> None:
    """Asks the kernel for this signal when the parent thread dies. Cleared by unshare(CLONE_NEWUSER)."""
    _check(_libc.prctl(_PR_SET_PDEATHSIG, signal_number, 0, 0, 0), "prctl(PR_SET_PDEATHSIG)")


def current_processor() -> int:
    """The processor that the calling thread is on (sched_getcpu(3))."""
    number = int(_libc.sched_getcpu())
    _check(min(number, 0), "sched_getcpu")
    return number


def in_initial_user_namespace() -> bool:
    """Whether this process has the machine's own user namespace, where root may write global sysctls."""
    return Path("/proc/self/ns/user").stat().st_ino == _INITIAL_USER_NAMESPACE


@contextmanager
def in_network_namespace(path: Path) -> Iterator[None]:
    """Runs the body with this thread in another network namespace; sockets and children made there stay there."""
    before = os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
    try:
        enter_network_namespace(path)
        try:
            yield
        finally:
            setns(before, CLONE_NEWNET)
    finally:
        os.close(before)


def enter_network_namespace(path: Path) -> None:
    """Moves this thread into the network namespace of this file, for good."""
    there = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        setns(there, CLONE_NEWNET)
    finally:
        os.close(there)
