"""Whether labs of Calico run BIRD: the data path does where its routes are announced, Calico itself does not."""

from pathlib import Path

import pytest

from lab.components.sources import Sources
from lab.profiles import Encapsulation, Implementation, profile_named
from svcproof.doctor.command import preflight
from svcproof.doctor.needs import needs_bird
from tests.components.calico_set import write_set
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


def test_a_machine_without_it_runs_calico_itself() -> None:
    """The same machine cannot run the data path."""
    assert preflight(CALICO, machine(without("bird")), bird=False) == []
    [finding] = preflight(CALICO, machine(without("bird")))
    assert finding.id == "tool.bird"
