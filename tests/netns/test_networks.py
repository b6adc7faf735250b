"""What every network answers: encapsulations in its own words, the programs that a lab of it needs."""

import pytest

from lab.components.needed import needed
from lab.components.program import Program
from lab.networks.flannel import Backend, backend_of
from lab.profiles import PROFILES, Encapsulation, NetworkName, profile_named


@pytest.mark.parametrize("encapsulation", Encapsulation)
def test_flannel_has_a_backend_for_every_encapsulation(encapsulation: Encapsulation) -> None:
    """One word serves both networks; flannel's for none is host-gw."""
    host_gw = encapsulation is Encapsulation.NONE
    assert backend_of(encapsulation) is (Backend.HOST_GW if host_gw else Backend(encapsulation.value))


def test_profiles_are_proxy_modes_by_networks() -> None:
    """Every mode runs on every network."""
    assert {profile.name for profile in PROFILES} == {
        "iptables-calico",
        "iptables-flannel",
        "nftables-calico",
        "nftables-flannel",
    }


def test_each_network_has_the_encapsulation_that_its_makers_install() -> None:
    """Flannel's default is VXLAN; Calico's is none between nodes of one segment."""
    assert profile_named("iptables-flannel").encapsulation is Encapsulation.VXLAN
    assert profile_named("nftables-calico").encapsulation is Encapsulation.NONE


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.name)
def test_flannels_programs_are_got_for_flannel_only(profile: object) -> None:
    """A lab with Calico's data path needs no program to be built but the cluster's own."""
    [mine] = [each for each in PROFILES if each == profile]
    programs = needed(mine)
    assert Program.KUBE_PROXY in programs
    assert (Program.FLANNELD in programs) is (mine.network is NetworkName.FLANNEL)
