"""The command: its answer, its exit code, what it installs and when it does not."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pytest

from lab.errors import MissingRequirement, UsageError
from lab.profiles import Encapsulation, profile_named
from svcproof.doctor.command import ExitCode, doctor, preflight, require
from svcproof.doctor.machine import Machine
from svcproof.doctor.refusal import Part, Refusal
from svcproof.doctor.steps import Step
from tests.doctor.machines import WANTED, Debian, machine, refusing, trial, without

INSTALL = "apt-get install --yes --no-install-recommends"


@dataclass(slots=True)
class Visit:
    """One call of the doctor, with what it told."""

    machine: Machine
    names: Sequence[str] = ()
    fix: bool = False
    brief: bool = False
    as_json: bool = False
    out: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def code(self) -> ExitCode:
        """Calls the doctor; its exit code."""
        return doctor(
            self.names,
            fix=self.fix,
            brief=self.brief,
            as_json=self.as_json,
            machine=self.machine,
            wanted=WANTED,
            out=self.out.append,
            say=self.said.append,
        )


def installs(debian: Debian) -> list[str]:
    """What was run of apt-get."""
    return [call for call in debian.calls if call.startswith("apt-get")]


def test_the_text_ends_with_a_line_for_each_profile() -> None:
    """The answer to the question that the reader has."""
    visit = Visit(machine(without("nft")))
    assert visit.code() is ExitCode.CAN_RUN
    assert visit.out[0].splitlines()[-4:] == [
        "iptables-calico: can run",
        "iptables-flannel: can run",
        "nftables-calico: cannot run: needs nft",
        "nftables-flannel: cannot run: needs nft",
    ]


def test_a_missing_thing_says_what_it_enables_and_its_cure() -> None:
    """Both stand under it, in the column of the details."""
    visit = Visit(machine(without("nft")))
    visit.code()
    lines = visit.out[0].splitlines()
    at = next(index for index, line in enumerate(lines) if line.startswith("missing  nft "))
    column = lines[at].index("nft found")
    assert lines[at + 1][column:] == "enables: nftables-calico, nftables-flannel"
    assert lines[at + 2][column:] == f"cure: {INSTALL} nftables"
    assert lines[at + 1][:column].isspace()


@pytest.mark.parametrize(
    ("names", "code"),
    [
        ((), ExitCode.CAN_RUN),
        (("iptables-flannel",), ExitCode.CAN_RUN),
        (("nftables-flannel",), ExitCode.CANNOT_RUN),
        (("iptables-flannel", "nftables-flannel"), ExitCode.CANNOT_RUN),
    ],
)
def test_every_named_profile_must_be_able_to_run(names: Sequence[str], code: ExitCode) -> None:
    """Where none is named, any one will do."""
    assert Visit(machine(without("nft")), names).code() is code


def test_exit_codes_are_those_of_a_run() -> None:
    """Zero, and the code of a lab error."""
    assert [int(code) for code in ExitCode] == [0, 3]


def test_an_unknown_profile_is_a_usage_error() -> None:
    """It is not examined as if it were another."""
    with pytest.raises(UsageError, match="no profile 'ipvs-flannel'"):
        Visit(machine(), ["ipvs-flannel"]).code()


def test_brief_is_silent_where_nothing_stands_in_the_way() -> None:
    """Before a run nobody wants to read what is in order, not even of another profile."""
    visit = Visit(machine(without("nft")), ["iptables-flannel"], brief=True)
    assert visit.code() is ExitCode.CAN_RUN
    assert (visit.out, visit.said) == ([], [])


def test_brief_tells_an_obstacle_once() -> None:
    """A thing that several profiles need is one thing."""
    visit = Visit(machine(without("ip")), brief=True)
    assert visit.code() is ExitCode.CANNOT_RUN
    assert visit.out[0].count("cure:") == 1
    assert "Python" not in visit.out[0]


def test_json_has_the_same_content() -> None:
    """Identifiers, states and what each profile needs."""
    visit = Visit(machine(without("nft")), as_json=True)
    visit.code()
    document = json.loads(visit.out[0])
    [nft] = [each for each in document["findings"] if each["id"] == "tool.nft"]
    assert (nft["state"], nft["packages"]) == ("missing", ["nftables"])
    assert document["profiles"] == [
        {"name": "iptables-calico", "can_run": True, "needs": []},
        {"name": "iptables-flannel", "can_run": True, "needs": []},
        {"name": "nftables-calico", "can_run": False, "needs": ["tool.nft"]},
        {"name": "nftables-flannel", "can_run": False, "needs": ["tool.nft"]},
    ]


def test_fix_installs_what_is_wanted_and_looks_again() -> None:
    """It says what it runs before the answer, and the answer is the new one."""
    debian = without("nft", "ip")
    visit = Visit(machine(debian), ["nftables-flannel"], fix=True, brief=True)
    assert visit.code() is ExitCode.CAN_RUN
    assert visit.said == [
        f"running: {INSTALL} iproute2 nftables",
        "installed: iproute2, nftables",
    ]
    assert (visit.out, installs(debian)) == ([], [f"{INSTALL} iproute2 nftables"])


def test_fix_installs_nothing_for_other_profiles() -> None:
    """Whoever runs iptables-flannel need not have nft."""
    debian = without("nft")
    assert Visit(machine(debian), ["iptables-flannel"], fix=True).code() is ExitCode.CAN_RUN
    assert installs(debian) == []


def test_lists_are_got_only_where_they_lack() -> None:
    """The install is tried first, and again after."""
    debian = without("nft")
    debian.has_lists = False
    visit = Visit(machine(debian), ["nftables-flannel"], fix=True)
    assert visit.code() is ExitCode.CAN_RUN
    assert installs(debian) == [f"{INSTALL} nftables", "apt-get update", f"{INSTALL} nftables"]
    assert "running: apt-get update" in visit.said[1]


def test_a_failed_installation_is_shown() -> None:
    """Its words are told, and the profile still cannot run."""
    debian = without("nft", "apt-get")
    debian.programs.add("apt-get")
    broken = replace(machine(debian), run=lambda command: replace(debian.run(command), status=100))
    visit = Visit(broken, ["nftables-flannel"], fix=True)
    assert visit.code() is ExitCode.CANNOT_RUN
    assert visit.said[1:] == ["it ended with status 100:", "  Setting up ..."]


@pytest.mark.parametrize(
    ("debian", "told"),
    [
        (without("nft", "ip"), f"run: sudo {INSTALL} iproute2 nftables"),
        (without("nft", "ip", "apt-get"), "install iproute2, nftables"),
    ],
)
def test_an_ordinary_user_gets_one_command(debian: Debian, told: str) -> None:
    """Nothing is installed; where apt-get is unknown, the names are told."""
    visit = Visit(replace(machine(debian), euid=1000), ["nftables-flannel"], fix=True)
    assert visit.code() is ExitCode.CANNOT_RUN
    assert len(visit.said) == 1
    assert told in visit.said[0]
    assert installs(debian) == []


def test_fix_leaves_alone_what_no_package_cures() -> None:
    """A refused capsule is told, and apt-get is not called for it."""
    refused = refusing(Refusal(Part.PROC, "EPERM", "Operation not permitted"))
    visit = Visit(replace(refused, euid=0), fix=True)
    assert visit.code() is ExitCode.CANNOT_RUN
    assert visit.said == []


def test_preflight_knows_only_what_concerns_the_profile() -> None:
    """A failing step of the other mode does not keep a run back."""
    broken = replace(machine(), try_capsule=lambda: trial({Step.IPTABLES: "no xt_recent"}))
    assert preflight(profile_named("nftables-flannel"), broken, WANTED) == []
    [finding] = preflight(profile_named("iptables-flannel"), broken, WANTED)
    assert finding.id == "capsule.iptables"


def test_require_raises_with_detail_and_cure() -> None:
    """The reader of a run that did not start needs no second command."""
    with pytest.raises(MissingRequirement) as caught:
        require(profile_named("nftables-flannel"), machine(without("nft")), WANTED)
    assert caught.value.attempted == "nftables-flannel cannot run on this machine: needs nft"
    assert caught.value.next_step == f"{INSTALL} nftables"
    assert "found neither in PATH" in caught.value.output


def test_require_is_quiet_where_all_is_there() -> None:
    """Programs to get and full disks are not its matter."""
    busy = replace(machine(), missing_programs=lambda _sources: pytest.fail("asked for programs"))
    require(profile_named("nftables-flannel"), busy, WANTED)
    assert preflight(profile_named("nftables-flannel"), busy, WANTED) == []


def test_require_refuses_without_memory() -> None:
    """A machine on which a lab would be killed for want of memory does not start one."""
    full = machine(files={"/proc/meminfo": "MemFree: 1 kB\nMemAvailable:  300000 kB\n"})
    with pytest.raises(MissingRequirement, match="memory") as raised:
        require(profile_named("nftables-flannel"), full, WANTED)
    assert raised.value.next_step


def test_a_tunnel_is_required_where_it_is_asked_for() -> None:
    """A kernel without IPIP is in nobody's way until somebody wants it."""
    without_ipip = replace(machine(), try_capsule=lambda: trial({Step.IPIP: "Unknown device type."}))
    profile = profile_named("iptables-calico")
    require(profile, without_ipip, WANTED)
    require(profile, without_ipip, replace(WANTED, encapsulation=Encapsulation.VXLAN))
    with pytest.raises(MissingRequirement, match="needs ipip tunnels") as caught:
        require(profile, without_ipip, replace(WANTED, encapsulation=Encapsulation.IPIP))
    assert "Unknown device type." in caught.value.output
    assert "modprobe ipip" in caught.value.next_step


def test_a_calico_lab_with_vxlan_needs_vxlan() -> None:
    """By itself it does not."""
    without_vxlan = replace(machine(), try_capsule=lambda: trial({Step.VXLAN: "not supported"}))
    require(profile_named("nftables-calico"), without_vxlan, WANTED)
    with pytest.raises(MissingRequirement, match="needs vxlan tunnels"):
        require(
            profile_named("nftables-calico"),
            without_vxlan,
            replace(WANTED, encapsulation=Encapsulation.VXLAN),
        )


def test_flannel_without_its_tunnel_needs_none() -> None:
    """With host-gw no packet is encapsulated."""
    without_vxlan = replace(machine(), try_capsule=lambda: trial({Step.VXLAN: "not supported"}))
    profile = profile_named("nftables-flannel")
    require(profile, without_vxlan, replace(WANTED, encapsulation=Encapsulation.NONE))
    with pytest.raises(MissingRequirement, match="needs vxlan tunnels"):
        require(profile, without_vxlan, WANTED)
