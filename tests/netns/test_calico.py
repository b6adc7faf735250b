"""Calico's data path: addresses, links, tunnels, BIRD's configuration and natOutgoing, as they are written down."""

import re
import shutil
import subprocess
from ipaddress import IPv4Address
from itertools import combinations
from pathlib import Path

import pytest

from lab.errors import MissingRequirement
from lab.model import NODES, PODS, Place
from lab.netns import plan
from lab.netns.namespaces import Namespaces
from lab.networks.calico import addressing, bird, masquerade, tunnel
from lab.profiles import Encapsulation

A, B, C = NODES


def test_blocks_are_of_64_addresses_in_the_pool_and_do_not_overlap() -> None:
    """Each node announces one block of Calico's default size, and the pool holds all of them."""
    blocks = addressing.BLOCKS.values()
    assert {block.num_addresses for block in blocks} == {64}
    assert all(block.subnet_of(addressing.POOL) for block in blocks)
    assert not any(one.overlaps(other) for one, other in combinations(blocks, 2))


def test_pods_have_addresses_of_their_nodes_block_but_not_the_tunnels() -> None:
    """No address is given twice."""
    given = [addressing.pod_address(pod) for pod in PODS] + [
        addressing.tunnel_address(node) for node in NODES
    ]
    assert len(set(given)) == len(PODS) + len(NODES)
    assert all(addressing.pod_address(pod) in addressing.BLOCKS[pod.node] for pod in PODS)


def test_a_pods_interface_is_named_as_calico_names_it() -> None:
    """`cali` and 11 digits of the SHA-1 of `<namespace>.<pod>`, which fits the kernel's 15 characters."""
    assert addressing.pod_interface(Place.POD_A1) == "calidd33ceb84a6"
    assert len({addressing.pod_interface(pod) for pod in PODS}) == len(PODS)


@pytest.mark.parametrize(
    ("encapsulation", "overhead"),
    [(Encapsulation.NONE, 0), (Encapsulation.IPIP, 20), (Encapsulation.VXLAN, 50)],
)
def test_the_mtu_leaves_room_for_the_outer_headers(encapsulation: Encapsulation, overhead: int) -> None:
    """IPIP adds an IP header; VXLAN that, UDP, its own header and an Ethernet header."""
    assert addressing.mtu(encapsulation) == 1500 - overhead


def test_macs_of_tunnels_differ_and_are_locally_administered() -> None:
    """A MAC that a manufacturer could have given would be somebody else's."""
    macs = [addressing.tunnel_mac(node) for node in NODES]
    assert len(set(macs)) == len(NODES)
    assert all(int(mac[:2], 16) & 0b11 == 0b10 for mac in macs)


@pytest.mark.parametrize("node", NODES)
def test_bird_announces_its_own_block_only(node: Place) -> None:
    """Every other node is a neighbour; nothing but the block is exported to them."""
    text = bird.configuration(node, Encapsulation.NONE)
    block = addressing.BLOCKS[node]
    assert f"route {block} blackhole;" in text
    assert f"export filter {{ if net = {block} then accept; reject; }};" in text
    for peer in NODES:
        assert (f"neighbor {plan.NODE_ADDRESSES[peer]} as 64512;" in text) is (peer is not node)


@pytest.mark.parametrize(("one", "other"), list(combinations(NODES, 2)))
def test_one_side_of_each_pair_waits_for_the_other(one: Place, other: Place) -> None:
    """Two connections that are opened at once would cost a second."""
    waits = [_waits(one, other), _waits(other, one)]
    assert sorted(waits) == [False, True]


def _waits(node: Place, peer: Place) -> bool:
    lines = bird.configuration(node, Encapsulation.NONE).splitlines()
    [line] = [line for line in lines if f"neighbor {plan.NODE_ADDRESSES[peer]} " in line]
    return "passive on;" in line


def test_with_ipip_learnt_routes_lead_through_the_tunnel() -> None:
    """The next hop stays the node that announced the route."""
    text = bird.configuration(A, Encapsulation.IPIP)
    assert 'ifname = "tunl0"; onlink = true; gw = bgp_next_hop;' in text
    assert "tunl0" not in bird.configuration(A, Encapsulation.NONE)


def _bird_that_says(directory: Path, said: str) -> None:
    program = directory / "bird"
    program.write_text(f"#!/bin/sh\necho '{said}' >&2\n")
    program.chmod(0o755)


def test_bird_2_is_taken_from_the_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It answers on its standard error."""
    _bird_that_says(tmp_path, "BIRD version 2.0.12")
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    assert bird.program() == str(tmp_path / "bird")


@pytest.mark.parametrize("said", ["BIRD version 1.6.8", "bird: a twitter client"])
def test_another_bird_is_a_lab_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str) -> None:
    """What it says is shown, with the package that would do."""
    _bird_that_says(tmp_path, said)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    with pytest.raises(MissingRequirement, match="BIRD 2") as error:
        bird.program()
    assert said in error.value.output
    assert "bird2" in error.value.next_step


def test_no_bird_is_a_lab_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The lab does not fall back to anything."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingRequirement, match="BIRD 2") as error:
        bird.program()
    assert "svcproof doctor --fix" in error.value.next_step


@pytest.mark.parametrize("encapsulation", [Encapsulation.IPIP, Encapsulation.VXLAN])
def test_a_kernel_without_the_tunnel_is_a_lab_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encapsulation: Encapsulation
) -> None:
    """The kernel's words, the module and the way out are told. The stand-in answers as iproute2 does."""
    (tmp_path / "ip").write_text("#!/bin/sh\necho 'Error: Unknown device type.' >&2\nexit 2\n")
    (tmp_path / "ip").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    with pytest.raises(MissingRequirement, match=f"--encapsulation {encapsulation}") as error:
        tunnel.make(Namespaces(), A, encapsulation)
    assert "Unknown device type" in error.value.output
    assert f"modprobe {encapsulation}" in error.value.next_step


def _ip_that_notes(directory: Path, answer: str) -> Path:
    """An `ip` that notes its arguments and what a batch tells it, and answers so when a link is added."""
    calls, program = directory / "calls", directory / "ip"
    program.write_text(
        f'#!/bin/sh\necho "$*" >> {calls}\ncase "$*" in\n*-b*) cat >> {calls} ;;\n*add*) {answer} ;;\nesac\n'
    )
    program.chmod(0o755)
    return calls


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param("exit 0", id="made"),
        pytest.param("echo 'RTNETLINK answers: File exists' >&2; exit 2", id="there already"),
    ],
)
def test_a_tunnel_of_ipip_is_tunl0_with_the_first_address_of_the_block(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    """Where the module is loaded, every namespace has one from the beginning. No peer is written down: BGP tells."""
    calls = _ip_that_notes(tmp_path, answer)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    tunnel.make(Namespaces("gw0."), B, Encapsulation.IPIP)
    made, batch, *lines = calls.read_text().splitlines()
    assert made == "-n gw0.worker-b link add tunl0 type ipip"
    assert "gw0.worker-b" in batch
    assert lines == ["link set tunl0 mtu 1480 up", f"addr add {addressing.BLOCKS[B][0]}/32 dev tunl0"]


@pytest.mark.parametrize("encapsulation", [Encapsulation.NONE, Encapsulation.IPIP])
@pytest.mark.parametrize("node", NODES)
def test_bird_itself_accepts_what_is_written(
    tmp_path: Path, node: Place, encapsulation: Encapsulation
) -> None:
    """The real one, which only reads it; IPIP's filter needs no device to be there."""
    program = shutil.which("bird")
    if program is None:
        pytest.skip("there is no BIRD on this machine")
    file = tmp_path / "bird.conf"
    file.write_text(bird.configuration(node, encapsulation))
    read = subprocess.run([program, "-p", "-c", file], capture_output=True, text=True, check=False)
    assert (read.returncode, read.stderr) == (0, "")


def test_without_encapsulation_there_is_no_tunnel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is run at all."""
    monkeypatch.setenv("PATH", str(tmp_path))
    tunnel.make(Namespaces(), A, Encapsulation.NONE)
    assert tunnel.device(Encapsulation.NONE) == ""


@pytest.mark.parametrize("write", [masquerade.iptables_rules, masquerade.nft_rules])
@pytest.mark.parametrize("name", ["", "vxlan.calico", "tunl0"])
def test_nat_outgoing_spares_what_goes_to_a_pool(write: object, name: str) -> None:
    """From a pool that masquerades, to none: both sets are asked; a tunnel has one more rule."""
    assert callable(write)
    text = write(name)
    assert masquerade.MASQUERADED_POOLS in text
    assert masquerade.ALL_POOLS in text
    assert text.lower().count(" masquerade") == (2 if name else 1)
    assert re.findall(r"vxlan\.calico|tunl0", text) == ([name] if name else [])


def test_the_gateway_is_nobodys_address() -> None:
    """Pods learn its MAC by proxy ARP."""
    assert IPv4Address("169.254.1.1") == addressing.GATEWAY
    assert addressing.GATEWAY not in {*plan.NODE_ADDRESSES.values(), *plan.SECONDARY_ADDRESSES.values()}
