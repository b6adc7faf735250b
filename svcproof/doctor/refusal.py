"""Which part of a capsule this machine refuses: makes them one by one, in its own process.

A capsule that cannot be made says what the last refusal was. Root tries with a user namespace
first and then without, so the refusal that matters may be another than the one that is told.
"""

import errno
import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from lab.capsule import linux
from lab.capsule.init import mount_capsule


class Part(StrEnum):
    """A part of a capsule, in the order in which they are made."""

    USER_NAMESPACE = "user namespace"
    IDS = "user ids in it"
    NAMESPACES = "mount, network and process namespaces"
    PROC = "a new /proc"
    MOUNTS = "mounts"


@dataclass(frozen=True, slots=True)
class Refusal:
    """The first part that was refused. errno: by name, as in "EPERM"."""

    part: Part
    errno: str
    words: str


def main() -> None:
    """Prints the first refusal as JSON, or null where every part could be made."""
    sys.stdout.write(text(_first_refusal()))


def text(refusal: Refusal | None) -> str:
    """How main tells it."""
    return json.dumps([refusal.part, refusal.errno, refusal.words] if refusal else None)


def parse(said: str) -> Refusal | None:
    """Reads what main printed. ValueError where it is something else."""
    answer = json.loads(said)
    if answer is None:
        return None
    part, name, words = answer
    return Refusal(Part(part), name, words)


def _first_refusal() -> Refusal | None:
    uid, gid = os.geteuid(), os.getegid()
    for part, make in (
        (Part.USER_NAMESPACE, lambda: linux.unshare(linux.CLONE_NEWUSER)),
        (Part.IDS, lambda: _map_ids(uid, gid)),
        (Part.NAMESPACES, _unshare_rest),
    ):
        if refusal := _refusal(part, make):
            return refusal
    return _in_a_child(_mounts_refusal)


def _refusal(part: Part, make: Callable[[], None]) -> Refusal | None:
    try:
        make()
    except OSError as error:
        name = errno.errorcode.get(error.errno or 0, "?")
        return Refusal(part, name, error.strerror or str(error))
    return None


def _map_ids(uid: int, gid: int) -> None:
    process = Path("/proc/self")
    (process / "setgroups").write_text("deny")
    (process / "uid_map").write_text(f"0 {uid} 1")
    (process / "gid_map").write_text(f"0 {gid} 1")


def _unshare_rest() -> None:
    linux.unshare(
        linux.CLONE_NEWNS | linux.CLONE_NEWNET | linux.CLONE_NEWPID | linux.CLONE_NEWIPC | linux.CLONE_NEWUTS
    )


def _mounts_refusal() -> Refusal | None:
    def mount_proc() -> None:
        linux.mount("none", "/", "", linux.MS_REC | linux.MS_PRIVATE)
        flags = linux.MS_NOSUID | linux.MS_NODEV | linux.MS_NOEXEC
        linux.mount("proc", "/proc", "proc", flags)

    return _refusal(Part.PROC, mount_proc) or _refusal(Part.MOUNTS, mount_capsule)


def _in_a_child(ask: Callable[[], Refusal | None]) -> Refusal | None:
    """Asks in the first process of the new process namespace: a new /proc is that namespace's."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(write, text(ask()).encode())
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as answer:
        said = answer.read()
    os.waitpid(child, 0)
    return parse(said)


if __name__ == "__main__":
    main()
