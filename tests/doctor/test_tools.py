"""Which tools are asked for, how new they must be, and whom that concerns."""

from dataclasses import replace

import pytest

from lab.profiles import PROFILES, NetworkName, Profile, ProxyMode, profile_named
from svcproof.doctor.finding import Finding, State
from svcproof.doctor.tools import tool_findings
from tests.doctor.machines import VERSIONS, Debian, machine, without

IPTABLES = tuple(each for each in PROFILES if each.proxy_mode is ProxyMode.IPTABLES)
NFTABLES = tuple(each for each in PROFILES if each.proxy_mode is ProxyMode.NFTABLES)
CALICO = tuple(each for each in PROFILES if each.network is NetworkName.CALICO)
IPTABLES_OR_FLANNEL = (*IPTABLES, profile_named("nftables-flannel"))


def missing(debian: Debian) -> list[Finding]:
    """The tools that will not do."""
    return [each for each in tool_findings(machine(debian)) if each.state is State.MISSING]


def test_tools_that_are_there_tell_version_and_place() -> None:
    """What takes part is told as it names itself."""
    found = tool_findings(machine())
    assert {each.state for each in found} == {State.OK}
    assert found[1].detail == "nftables v1.0.6 (Lester Gooch #5) (/usr/sbin/nft)"


@pytest.mark.parametrize(
    ("program", "package", "enables"),
    [
        ("ip", "iproute2", PROFILES),
        ("nft", "nftables", NFTABLES),
        ("iptables", "iptables", IPTABLES_OR_FLANNEL),
        ("iptables-restore", "iptables", IPTABLES_OR_FLANNEL),
        ("ip6tables", "iptables", IPTABLES_OR_FLANNEL),
        ("bird", "bird2", CALICO),
        ("ipset", "ipset", (profile_named("iptables-calico"),)),
    ],
)
def test_a_missing_program_has_its_package_as_cure(
    program: str, package: str, enables: tuple[Profile, ...]
) -> None:
    """The one package is named, and what it enables; flanneld wants iptables always."""
    [finding] = missing(without(program))
    assert finding.detail.startswith(f"{program} found neither")
    assert (finding.packages, set(finding.enables)) == ((package,), set(enables))
    assert finding.cure == f"apt-get install --yes --no-install-recommends {package}"


def test_an_ordinary_user_is_told_to_use_sudo() -> None:
    """The cure is a command that works for who reads it."""
    found = tool_findings(replace(machine(without("nft")), euid=1000))
    assert found[1].cure == "sudo apt-get install --yes --no-install-recommends nftables"


def test_other_distributions_are_given_names() -> None:
    """Where there is no apt-get, no command of it is told."""
    [finding] = missing(without("nft", "apt-get"))
    assert finding.cure == "install nftables (so Debian calls them) with this system's own tool"


@pytest.mark.parametrize(
    ("tool", "said", "enables"),
    [
        ("nft", "nftables v1.0.0 (Fearless Fosdick)", NFTABLES),
        ("nft", "nftables v0.9.8 (E.D.S.)", NFTABLES),
        ("iptables", "iptables v1.6.1", IPTABLES),
        ("iptables", "iptables v1.8.7 (legacy)", IPTABLES),
        ("iptables", "Segmentation fault", IPTABLES),
        ("bird", "BIRD version 1.6.8", CALICO),
        ("bird", "bird: command of another kind", CALICO),
        ("ip", "BusyBox v1.36.1 multi-call binary.", PROFILES),
    ],
)
def test_an_unfit_tool_is_missing(tool: str, said: str, enables: tuple[Profile, ...]) -> None:
    """Too old, legacy or another program of the same name: what it says is shown."""
    [finding] = missing(Debian(versions={**VERSIONS, tool: said}))
    assert said in finding.detail
    assert finding.enables == enables


@pytest.mark.parametrize("said", ["nftables v1.0.1 (x)", "nftables v1.1 (x)", "nftables v2.0.0 (x)"])
def test_newer_versions_are_fit(said: str) -> None:
    """Versions are compared as numbers, however many parts they have."""
    assert missing(Debian(versions={**VERSIONS, "nft": said})) == []


def test_legacy_iptables_is_no_matter_of_packages() -> None:
    """Its package is there already: what cures it is the choice of the alternative."""
    [finding] = missing(Debian(versions={**VERSIONS, "iptables": "iptables v1.8.9 (legacy)"}))
    assert finding.packages == ()
    assert "update-alternatives --set iptables /usr/sbin/iptables-nft" in finding.cure


def test_bird_is_nobodys_matter_where_no_lab_runs_it() -> None:
    """Of Calico itself felix writes the routes."""
    assert tool_findings(machine(without("bird")), bird=False) == tool_findings(machine(), bird=False)
    assert missing(without("bird")) != []
