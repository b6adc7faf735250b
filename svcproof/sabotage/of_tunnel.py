"""Faults of a node's tunnel: its own addresses, and where it takes its peers to be."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from ipaddress import IPv4Address

from lab.commands import ip_batch, run
from lab.model import NodeAddress, Place
from lab.netns import plan
from lab.profiles import Encapsulation
from svcproof.sabotage.bench import Bench

NODE, PEER, OTHER = Place.WORKER_A, Place.WORKER_B, Place.WORKER_C
SMALL_MTU = 1400
_NOBODYS = 50
"""Of a node's pods: so many addresses behind the tunnel's own one is one that nobody has."""
_MAC = "02:00:00:00:00:01"

Change = Callable[[Bench], AbstractContextManager[None]]


@dataclass(frozen=True, slots=True)
class _Tunnel:
    """A node's end of the tunnel, as it stands. netns: the node's namespace."""

    netns: str
    device: str
    mac: str
    address: IPv4Address


def faults(encapsulation: Encapsulation) -> Sequence[tuple[str, Change]]:
    """Those that a tunnel of this kind can have, in words, each with what makes it."""
    if encapsulation is Encapsulation.NONE:
        return ()
    found: list[tuple[str, Change]] = [
        (f"between {NODE} and {PEER} packets of {SMALL_MTU} bytes pass in one piece", _with_small_path),
        (f"the tunnel of {NODE} has the address of that of {OTHER}", _with_address_of_another),
        (f"the tunnel of {NODE} has another address of its own pods' network", _with_address_beside),
    ]
    if encapsulation is Encapsulation.VXLAN:
        found += [
            (f"the tunnel of {NODE} has another MAC than its peers know", _with_wrong_mac),
            (f"the tunnel of {NODE} sends from its secondary address", _from_secondary),
            (f"{NODE} does not know where the tunnel of {PEER} is", _without_forwarding),
            (f"{NODE} takes {OTHER} for the tunnel of {PEER}", _with_wrong_forwarding),
        ]
    return found


@contextmanager
def _with_small_path(bench: Bench) -> Iterator[None]:
    """The tunnel's packets are sent in fragments, which the peer puts together again: everything arrives."""
    node = bench.cluster.namespaces.name(NODE)
    route = [str(plan.NODE_ADDRESSES[PEER]), "dev", "eth0", "mtu", str(SMALL_MTU)]
    run(["ip", "-n", node, "route", "add", *route])
    try:
        yield
    finally:
        run(["ip", "-n", node, "route", "del", *route])


@contextmanager
def _with_address_of_another(bench: Bench) -> Iterator[None]:
    """What the node sends pods of the peer, they answer to the other node."""
    with _addressed(_tunnel(bench, NODE), _tunnel(bench, OTHER).address):
        yield


@contextmanager
def _with_address_beside(bench: Bench) -> Iterator[None]:
    """Everything arrives and is answered: only what the node sends from is not as it should be."""
    tunnel = _tunnel(bench, NODE)
    with _addressed(tunnel, tunnel.address + _NOBODYS):
        yield


@contextmanager
def _addressed(tunnel: _Tunnel, wrong: IPv4Address) -> Iterator[None]:
    """Another address for the body. At no time is there none: the device's routes would go with its last."""
    device, right = tunnel.device, tunnel.address
    ip_batch([f"addr add {wrong}/32 dev {device}", f"addr del {right}/32 dev {device}"], netns=tunnel.netns)
    try:
        yield
    finally:
        ip_batch(
            [f"addr add {right}/32 dev {device}", f"addr del {wrong}/32 dev {device}"], netns=tunnel.netns
        )


@contextmanager
def _with_wrong_mac(bench: Bench) -> Iterator[None]:
    """Frames of the peers are taken for somebody else's. A device that gets a MAC forgets its neighbours."""
    tunnel = _tunnel(bench, NODE)
    show = ["ip", "-n", tunnel.netns, "-json", "neighbour", "show", "dev", tunnel.device, "nud", "permanent"]
    back = [
        f"neigh replace {each['dst']} lladdr {each['lladdr']} dev {tunnel.device} nud permanent"
        for each in json.loads(run(show))
    ]
    ip_batch([f"link set {tunnel.device} address {_MAC}", *back], netns=tunnel.netns)
    try:
        yield
    finally:
        ip_batch([f"link set {tunnel.device} address {tunnel.mac}", *back], netns=tunnel.netns)


@contextmanager
def _from_secondary(bench: Bench) -> Iterator[None]:
    """Everything arrives: only the outer source is an address that the peers do not know the node by."""
    tunnel, at = _tunnel(bench, NODE), bench.cluster.facts().node_addresses[NODE]
    device = ["ip", "-n", tunnel.netns, "link", "set", tunnel.device, "type", "vxlan", "local"]
    run([*device, str(at[NodeAddress.SECONDARY])])
    try:
        yield
    finally:
        run([*device, str(at[NodeAddress.PRIMARY])])


@contextmanager
def _without_forwarding(bench: Bench) -> Iterator[None]:
    tunnel = _tunnel(bench, NODE)
    entry = _forwarding(tunnel)
    run(["bridge", "-n", tunnel.netns, "fdb", "del", *entry])
    try:
        yield
    finally:
        run(["bridge", "-n", tunnel.netns, "fdb", "add", *entry])


@contextmanager
def _with_wrong_forwarding(bench: Bench) -> Iterator[None]:
    tunnel = _tunnel(bench, NODE)
    entry = _forwarding(tunnel)
    right, wrong = str(plan.NODE_ADDRESSES[PEER]), str(plan.NODE_ADDRESSES[OTHER])
    replace = ["bridge", "-n", tunnel.netns, "fdb", "replace"]
    run([*replace, *(wrong if word == right else word for word in entry)])
    try:
        yield
    finally:
        run([*replace, *entry])


def _forwarding(tunnel: _Tunnel) -> list[str]:
    """The forwarding entry for the peer, as `bridge fdb` takes it."""
    lines = run(["bridge", "-n", tunnel.netns, "fdb", "show", "dev", tunnel.device]).splitlines()
    peer = str(plan.NODE_ADDRESSES[PEER])
    [mac] = [line.split()[0] for line in lines if f"dst {peer} " in line]
    return [mac, "dev", tunnel.device, "dst", peer, "self", "permanent"]


def _tunnel(bench: Bench, node: Place) -> _Tunnel:
    """The tunnel of a node: of the devices of its kind, the one that has an address."""
    netns, kind = bench.cluster.namespaces.name(node), bench.cluster.order.encapsulation.value
    shown = json.loads(run(["ip", "-n", netns, "-json", "-4", "address", "show", "type", kind]))
    [link] = [each for each in shown if each.get("addr_info")]
    [address] = [IPv4Address(each["local"]) for each in link["addr_info"]]
    [hardware] = json.loads(run(["ip", "-n", netns, "-json", "link", "show", link["ifname"]]))
    return _Tunnel(netns, link["ifname"], hardware["address"], address)
