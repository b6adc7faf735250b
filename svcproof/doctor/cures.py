"""Why a part of a capsule was refused, and the cure. Settings only explain."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import assert_never

from svcproof.doctor.refusal import Part, Refusal

Read = Callable[[Path], str | None]

_CLONE = Path("/proc/sys/kernel/unprivileged_userns_clone")
_LIMITS = {
    kind: Path(f"/proc/sys/user/max_{kind}_namespaces")
    for kind in ("user", "mnt", "net", "pid", "ipc", "uts")
}
"""How many namespaces of each kind a capsule is made of there may be."""
_APPARMOR = Path("/proc/sys/kernel/apparmor_restrict_unprivileged_userns")
_MOUNTS = Path("/proc/self/mountinfo")
_STATUS = Path("/proc/self/status")
_CGROUPS = Path("/proc/1/cgroup")
_HARMLESS = frozenset({"/proc/sys/fs/binfmt_misc"})
"""Mounts on directories that the kernel keeps empty for them."""
_CONTAINER_FILES = (Path("/.dockerenv"), Path("/run/.containerenv"))

_NO_APPARMOR = "kernel.apparmor_restrict_unprivileged_userns=0"
_UNCONFINED = (
    "start this container with --security-opt seccomp=unconfined --security-opt "
    "apparmor=unconfined --security-opt systempaths=unconfined (Podman instead of the last: "
    "--security-opt unmask=ALL)"
)


@dataclass(frozen=True, slots=True)
class Explanation:
    """The reason for a refusal, and its cure."""

    why: str
    cure: str


def explain(refusal: Refusal, read: Read) -> Explanation:
    """The likeliest reason, from the part that was refused and this machine's settings."""
    match refusal.part:
        case Part.USER_NAMESPACE:
            sure = _setting(refusal, read)
        case Part.IDS | Part.NAMESPACES | Part.MOUNTS:
            sure = _maximum(refusal, read)
        case Part.PROC:
            sure = _masked_proc(read)
        case _:
            assert_never(refusal.part)
    # A container is asked for first: inside one, its engine's filters come before the host's.
    return sure or _container(read) or _apparmor(read) or _seccomp(read) or _unknown(refusal)


def _setting(refusal: Refusal, read: Read) -> Explanation | None:
    if _value(read, _CLONE) == 0:
        return Explanation(
            "kernel.unprivileged_userns_clone is 0: ordinary users may make no user namespace",
            _sysctl("kernel.unprivileged_userns_clone=1"),
        )
    if refusal.errno in {"EINVAL", "ENOSYS"}:
        return Explanation(
            "the kernel has no user namespaces",
            "run as root, or take a kernel with CONFIG_USER_NS",
        )
    return _maximum(refusal, read)


def _maximum(refusal: Refusal, read: Read) -> Explanation | None:
    limits = {kind: _value(read, path) for kind, path in _LIMITS.items()}
    if limits["user"] == 0:
        return Explanation(
            "user.max_user_namespaces is 0: nobody may make a user namespace",
            _sysctl("user.max_user_namespaces=15000"),
        )
    if refusal.errno != "ENOSPC":
        return None
    for kind in (each for each, limit in limits.items() if limit == 0):
        setting = f"user.max_{kind}_namespaces"
        return Explanation(
            f"{setting} is 0: nobody may make such a namespace, not even root",
            f"as root: sysctl -w {setting}=15000",
        )
    allowed = ", ".join(f"{kind}: {limit}" for kind, limit in limits.items() if limit is not None)
    return Explanation(
        f"there are as many namespaces as user.max_*_namespaces allow ({allowed}), or 32 inside each other",
        "as root: raise the sysctls user.max_*_namespaces, or end what holds the others",
    )


def _apparmor(read: Read) -> Explanation | None:
    if _value(read, _APPARMOR) != 1:
        return None
    return Explanation(
        "kernel.apparmor_restrict_unprivileged_userns is 1: AppArmor lets ordinary users make a "
        "user namespace and then denies what they do in it",
        _sysctl(_NO_APPARMOR),
    )


def _masked_proc(read: Read) -> Explanation | None:
    """The kernel mounts a new /proc only where the old one is seen whole."""
    mounts = [line.split()[4] for line in (read(_MOUNTS) or "").splitlines()]
    masks = sorted({place for place in mounts if place.startswith("/proc/")} - _HARMLESS)
    if not masks:
        return None
    listed = ", ".join(masks[:4]) + (f" and {len(masks) - 4} more" if masks[4:] else "")
    cure = _UNCONFINED if _in_container(read) else f"as root: umount {' '.join(masks)}"
    return Explanation(f"parts of /proc are covered by other mounts: {listed}", cure)


def _container(read: Read) -> Explanation | None:
    if not _in_container(read):
        return None
    host = f"; and on its host, {_sysctl(_NO_APPARMOR)}" if _value(read, _APPARMOR) == 1 else ""
    return Explanation("this is a container whose engine forbids it", _UNCONFINED + host)


def _seccomp(read: Read) -> Explanation | None:
    if "Seccomp:\t2" not in (read(_STATUS) or ""):
        return None
    return Explanation(
        "a seccomp filter is on this process, and forbids it",
        "start it without that filter, outside of the sandbox or service it runs in",
    )


def _unknown(refusal: Refusal) -> Explanation:
    return Explanation(
        f"the kernel answered {refusal.errno} for a reason that no known setting explains",
        "run as root, or on another machine",
    )


def _in_container(read: Read) -> bool:
    if any(read(path) is not None for path in _CONTAINER_FILES):
        return True
    groups = read(_CGROUPS) or ""
    return any(word in groups for word in ("docker", "containerd", "kubepods", "libpod"))


def _sysctl(setting: str) -> str:
    return f"as root: sysctl -w {setting} (to keep it: in /etc/sysctl.d), or run svcproof as root"


def _value(read: Read, path: Path) -> int | None:
    text = (read(path) or "").strip()
    return int(text) if text.isdigit() else None
