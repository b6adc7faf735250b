"""What labs of Calico need, by what is asked of them: BIRD for the data path's routes, a tool for Calico's images."""

from dataclasses import replace
from pathlib import Path

import pytest

from lab.components.sources import Sources
from lab.errors import MissingRequirement
from lab.profiles import Encapsulation, Implementation, NetworkName, profile_named
from svcproof.doctor.command import Wanted, examine, preflight, prepare
from svcproof.doctor.finding import State
from svcproof.doctor.images import image_findings
from svcproof.doctor.needs import needs_bird
from tests.components.calico_set import write_set
from tests.components.fakes import write_executable
from tests.doctor.machines import machine, without

CALICO = profile_named("nftables-calico")


@pytest.fixture
def nothing(tmp_path: Path) -> Sources:
    """Sources of a user who handed nothing in and has an empty cache."""
    return Sources(cache=tmp_path / "cache", environ={"PATH": "/nonexistent"})


@pytest.fixture
def handed_in(tmp_path: Path) -> Sources:
    """Sources of a user who has Calico's programs."""
    return Sources(cache=tmp_path / "cache", environ={}, directory=write_set(tmp_path))


def test_the_data_path_needs_it(nothing: Sources, handed_in: Sources) -> None:
    """Where nothing else is at hand, and where it is asked for."""
    assert needs_bird(nothing)
    assert needs_bird(nothing, None, Encapsulation.IPIP)
    assert needs_bird(handed_in, Implementation.DATAPATH, Encapsulation.NONE)


def test_with_vxlan_no_route_is_announced(nothing: Sources) -> None:
    """The lab writes the routes to the tunnels itself."""
    assert not needs_bird(nothing, None, Encapsulation.VXLAN)


def test_calico_itself_needs_none(nothing: Sources, handed_in: Sources) -> None:
    """Where its programs are at hand, and where they are to be got."""
    assert not needs_bird(handed_in)
    assert not needs_bird(nothing, Implementation.REAL, Encapsulation.NONE)


def test_a_machine_without_it_runs_calico_itself(nothing: Sources, handed_in: Sources) -> None:
    """The same machine cannot run the data path."""
    assert preflight(CALICO, machine(without("bird")), Wanted(sources=handed_in)) == []
    [finding] = preflight(CALICO, machine(without("bird")), Wanted(sources=nothing))
    assert finding.id == "tool.bird"


def test_a_run_that_installs_first_installs_what_it_will_use(nothing: Sources, handed_in: Sources) -> None:
    """No BIRD for Calico itself or for a tunnel without BGP; without these it is installed."""
    for wanted in (Wanted(sources=handed_in), Wanted(sources=nothing, encapsulation=Encapsulation.VXLAN)):
        debian = without("bird")
        prepare(CALICO, machine(debian), wanted, pytest.fail)
        assert not any(call.startswith("apt-get") for call in debian.calls)
    debian, said = without("bird"), list[str]()
    prepare(CALICO, machine(debian), Wanted(sources=nothing), said.append)
    assert "bird" in debian.programs
    assert said[-1] == "installed: bird2"


def test_a_run_that_could_not_install_says_what_it_needs(nothing: Sources) -> None:
    """An ordinary user gets one error, with the command for root."""
    ordinary = replace(machine(without("bird")), euid=1000)
    with pytest.raises(MissingRequirement, match="needs bird") as error:
        prepare(CALICO, ordinary, Wanted(sources=nothing), pytest.fail)
    assert error.value.next_step == "sudo apt-get install --yes --no-install-recommends bird2"


def test_images_want_a_tool_to_be_got_with(nothing: Sources) -> None:
    """Where they were asked for; skopeo needs no engine."""
    wanted = Wanted(sources=nothing, implementation=Implementation.REAL)
    [finding] = [each for each in examine(machine(), wanted) if each.id == "images"]
    assert (finding.state, finding.packages) == (State.MISSING, ("skopeo",))
    assert {each.network for each in finding.enables} == {NetworkName.CALICO}
    assert "none of skopeo, podman, docker, nerdctl is in PATH" in finding.detail


def test_images_are_got_with_what_is_there(nothing: Sources, tmp_path: Path) -> None:
    """It is told which, and is in nobody's way."""
    write_executable(tmp_path / "podman", "#!/bin/sh\n")
    reaching = replace(nothing, environ={"PATH": str(tmp_path)})
    [finding] = image_findings(machine(), reaching, Implementation.REAL)
    assert (finding.state, finding.detail) == (State.WARNING, "Calico's images, by podman; a run does that")


@pytest.mark.parametrize("wanted", [None, Implementation.DATAPATH, Implementation.REAL])
def test_nothing_is_said_of_images_that_nobody_gets(
    nothing: Sources, handed_in: Sources, wanted: Implementation | None
) -> None:
    """Calico is handed in, or is not asked for."""
    assert image_findings(machine(), handed_in, wanted) == []
    if wanted is not Implementation.REAL:
        assert image_findings(machine(), nothing, wanted) == []
