"""Memory, and room on disk that can be written to."""

import re
from pathlib import Path

from svcproof.doctor.finding import Finding, State
from svcproof.doctor.machine import Machine, Volume
from svcproof.doctor.needs import EVERY

_MB = 1_000_000
_LAB_MB = 700
_EASY_MB = 1000
_GOT_MB = 400
_BUILD_MB = 6000
_RUNS_MB = 50

_MEMINFO = Path("/proc/meminfo")
_LIMIT = Path("/sys/fs/cgroup/memory.max")


def memory_finding(machine: Machine) -> Finding:
    """Whether a lab fits into memory."""
    available = _available_mb(machine)
    if available is None:
        return _memory(State.WARNING, "the kernel does not say how much is available")
    if available < _LAB_MB:
        return _memory(State.MISSING, f"{available} MB available; a lab takes {_LAB_MB} MB")
    if available < _EASY_MB:
        return _memory(State.WARNING, f"{available} MB available; a lab takes {_LAB_MB} of them")
    return _memory(State.OK, f"{available} MB available")


def _memory(state: State, detail: str) -> Finding:
    return Finding(
        id="memory",
        subject="memory",
        state=state,
        detail=detail,
        enables=EVERY,
        cure="" if state is State.OK else f"end other programs until {_EASY_MB} MB are available",
    )


def _available_mb(machine: Machine) -> int | None:
    """What the kernel calls available, or a container's limit where that is less."""
    found = re.search(r"^MemAvailable: +(\d+) kB", machine.read(_MEMINFO) or "", re.MULTILINE)
    bounds = [int(found[1]) * 1024] if found else []
    limit = (machine.read(_LIMIT) or "").strip()
    if limit.isdigit():
        bounds.append(int(limit))
    return min(bounds) // _MB if bounds else None


def cache_finding(machine: Machine, cache: Path, *, complete: bool) -> Finding:
    """Whether programs can be kept in the cache. complete: it has all that a run wants."""
    volume = machine.volume(cache)
    if trouble := _unusable(volume):
        return _room("cache", cache, State.MISSING, trouble)
    free = volume.free_bytes // _MB
    if not volume.executable:
        return _room("cache", cache, State.MISSING, "programs cannot be run from there (noexec)")
    if complete or free >= _BUILD_MB:
        return _room("cache", cache, State.OK, f"{free} MB free")
    if free >= _GOT_MB:
        detail = f"{free} MB free: enough for downloads ({_GOT_MB} MB), not for a build "
        return _room("cache", cache, State.WARNING, f"{detail}({_BUILD_MB} MB)")
    detail = f"{free} MB free; the programs take {_GOT_MB} MB, building them {_BUILD_MB} MB"
    return _room("cache", cache, State.MISSING, detail)


def runs_finding(machine: Machine, runs: Path) -> Finding:
    """Whether a run can write its results."""
    volume = machine.volume(runs)
    if trouble := _unusable(volume):
        return _room("runs", runs, State.MISSING, trouble)
    free = volume.free_bytes // _MB
    if free < _RUNS_MB:
        detail = f"{free} MB free; a run writes up to {_RUNS_MB} MB"
        return _room("runs", runs, State.MISSING, detail)
    return _room("runs", runs, State.OK, f"{free} MB free")


def _unusable(volume: Volume) -> str:
    return f"cannot be written ({volume.refusal})" if volume.refusal else ""


_OTHER_PLACE = {"cache": "SVCPROOF_CACHE", "runs": "--runs"}


def _room(name: str, path: Path, state: State, detail: str) -> Finding:
    cure = f"make it writable and free space there, or name another by {_OTHER_PLACE[name]}"
    return Finding(
        id=f"disk.{name}",
        subject=f"{name} directory",
        state=state,
        detail=f"{path}: {detail}",
        enables=EVERY,
        cure="" if state is State.OK else cure,
    )
