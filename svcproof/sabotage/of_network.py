"""Faults of the pod network: its routes, its own rules and sysctls, on one node or at one pod; of_tunnel has more.

They are tried where no Service is, so that the claims of the network itself have to notice them.
"""

import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import assert_never

from lab.commands import run
from lab.components.calico import BuiltDatapath
from lab.model import PODS, Place
from lab.netns.cluster import NetnsCluster
from lab.networks.calico import addressing, masquerade, tunnel
from lab.profiles import Encapsulation, NetworkName, ProxyMode
from svcproof.sabotage import of_tunnel
from svcproof.sabotage.bench import Bench
from svcproof.sabotage.beside import Beside, nodes_end
from svcproof.sabotage.fault import Kind
from svcproof.sabotage.of_tunnel import NODE, PEER, SMALL_MTU, Change
from svcproof.sabotage.sysctls import written

_POD = Place.POD_B1
_UNHEARD = (Place.POD_A1, Place.POD_A2, _POD, Place.POD_C1)
_NETDEV = "netdev svcproof-sabotage"
_SEGMENT_MTU = 1500
_FLANNEL_CHAIN = "FLANNEL-POSTRTG"
_IPTABLES, _RESTORE = ["iptables", "-t", "nat"], ["iptables-restore", "-T", "nat"]


def faults(cluster: NetnsCluster) -> Sequence[Beside]:
    """Those of the network that the lab has, as it is configured."""
    found = [
        _beside(f"the route from {NODE} to the pods of {PEER} is gone", _without_route),
        _beside(f"the route from {NODE} to the pods of {PEER} has an MTU of {SMALL_MTU}", _with_small_route),
        _beside(f"{NODE} takes the pods of {PEER} for neighbours, and {PEER} answers for them", _on_link),
    ]
    if cluster.order.encapsulation is not Encapsulation.NONE:
        found.append(
            _beside(f"the pods of {NODE} have the MTU of the network between nodes", _with_large_pods)
        )
    found += [_beside(*each) for each in of_tunnel.faults(cluster.order.encapsulation)]
    found += [_beside(f"{pod.node} takes no packet of {pod}", partial(_unheard, pod=pod)) for pod in _UNHEARD]
    if cluster.profile.network is NetworkName.FLANNEL:
        found += [
            _beside(
                f"{node} masquerades nothing for flannel", partial(_without_flannels_masquerade, node=node)
            )
            for node in (NODE, PEER)
        ]
    if cluster.profile.network is NetworkName.CALICO and isinstance(cluster.order.calico, BuiltDatapath):
        found += [
            *(
                _beside(f"natOutgoing is gone from {node}", partial(_without_nat_outgoing, node=node))
                for node in (NODE, PEER)
            ),
            _beside(f"rp_filter is off on the links of {NODE}", _without_rp_filter),
            _beside(f"{PEER} does not answer for the gateway of {_POD}", _without_proxy_arp),
        ]
    return found


def _beside(says: str, change: Change) -> Beside:
    return Beside(Kind.POD_NETWORK, says, partial(_unmended, change=change))


@contextmanager
def _unmended(bench: Bench, change: Change) -> Iterator[None]:
    """Holds the network's own programs still, or they would mend what is broken."""
    daemons = bench.cluster.network_daemons
    for daemon in daemons:
        daemon.process.send_signal(signal.SIGSTOP)
    try:
        with change(bench):
            yield
    finally:
        for daemon in daemons:
            daemon.process.send_signal(signal.SIGCONT)


@contextmanager
def _without_route(bench: Bench) -> Iterator[None]:
    node, route = _route_to_pods(bench)
    run(["ip", "-n", node, "route", "del", *route])
    try:
        yield
    finally:
        run(["ip", "-n", node, "route", "add", *route])


@contextmanager
def _with_small_route(bench: Bench) -> Iterator[None]:
    node, route = _route_to_pods(bench)
    run(["ip", "-n", node, "route", "change", *route, "mtu", str(SMALL_MTU)])
    try:
        yield
    finally:
        run(["ip", "-n", node, "route", "change", *route])


@contextmanager
def _on_link(bench: Bench) -> Iterator[None]:
    """Everything arrives where it should: only who is asked for by ARP is not as it should be."""
    node, route = _route_to_pods(bench)
    answers = {"ipv4/conf/eth0/proxy_arp": "1", "ipv4/neigh/eth0/proxy_delay": "0"}
    with _without_route(bench), written(bench.cluster.namespaces, [PEER], answers):
        run(["ip", "-n", node, "route", "add", route[0], "dev", "eth0"])
        try:
            yield
        finally:
            run(["ip", "-n", node, "route", "del", route[0], "dev", "eth0"])


def _route_to_pods(bench: Bench) -> tuple[str, list[str]]:
    """The node's namespace, and its route to the peer's pods, as `ip route` takes it."""
    node = bench.cluster.namespaces.name(NODE)
    there = str(bench.cluster.facts().primary[_POD])
    matching = run(["ip", "-n", node, "route", "show", "match", there]).splitlines()
    [route] = [line.split() for line in matching if not line.startswith("default")]
    return node, route


@contextmanager
def _with_large_pods(bench: Bench) -> Iterator[None]:
    """Pods are let send what no tunnel takes."""
    namespaces, right = bench.cluster.namespaces, bench.cluster.facts().network.pod_mtu
    pods = [namespaces.name(pod) for pod in PODS if pod.node is NODE]
    for pod in pods:
        run(["ip", "-n", pod, "link", "set", "eth0", "mtu", str(_SEGMENT_MTU)])
    try:
        yield
    finally:
        for pod in pods:
            run(["ip", "-n", pod, "link", "set", "eth0", "mtu", str(right)])


@contextmanager
def _without_nat_outgoing(bench: Bench, node: Place) -> Iterator[None]:
    cluster = bench.cluster
    broken, mended, text = _nat_outgoing(cluster)
    with cluster.namespaces.inside(node):
        run(broken)
    try:
        yield
    finally:
        with cluster.namespaces.inside(node):
            run(mended, stdin=text)


def _nat_outgoing(cluster: NetnsCluster) -> tuple[list[str], list[str], str]:
    """The command that takes natOutgoing away, the one that puts it back, and what that reads."""
    match cluster.profile.proxy_mode:
        case ProxyMode.IPTABLES:
            jump = ["POSTROUTING", "-j", "cali-POSTROUTING"]
            table = ["iptables", "-t", "nat"]
            return [*table, "-D", *jump], [*table, "-A", *jump], ""
        case ProxyMode.NFTABLES:
            rules = masquerade.nft_rules(tunnel.device(cluster.order.encapsulation))
            return ["nft", "delete", "table", *masquerade.NFT_TABLE.split()], ["nft", "-f", "-"], rules
        case _:
            assert_never(cluster.profile.proxy_mode)


@contextmanager
def _without_flannels_masquerade(bench: Bench, node: Place) -> Iterator[None]:
    """What pods send beyond the pod network keeps their addresses."""
    match bench.cluster.profile.proxy_mode:
        case ProxyMode.IPTABLES:
            saved, broken, mend = ["iptables-save", "-t", "nat"], [*_IPTABLES, "-F", _FLANNEL_CHAIN], _RESTORE
        case ProxyMode.NFTABLES:
            table = ["table", "ip", "flannel-ipv4"]
            saved, broken, mend = ["nft", "list", *table], ["nft", "delete", *table], ["nft", "-f", "-"]
        case _:
            assert_never(bench.cluster.profile.proxy_mode)
    with bench.cluster.namespaces.inside(node):
        before = run(saved)
        run(broken)
    try:
        yield
    finally:
        with bench.cluster.namespaces.inside(node):
            run(mend, stdin=before)


@contextmanager
def _unheard(bench: Bench, pod: Place) -> Iterator[None]:
    """What the pod sends and what it answers is dropped where it enters its node; it is still found by ARP."""
    namespaces = bench.cluster.namespaces
    hook = f'type filter hook ingress device "{nodes_end(namespaces, pod)}" priority 0;'
    lines = [
        f"add table {_NETDEV}",
        f"add chain {_NETDEV} ingress {{ {hook} }}",
        f"add rule {_NETDEV} ingress ether type ip drop",
    ]
    with namespaces.inside(pod.node):
        run(["nft", "-f", "-"], stdin="".join(f"{line}\n" for line in lines))
    try:
        yield
    finally:
        with namespaces.inside(pod.node):
            run(["nft", "delete", "table", *_NETDEV.split()])


@contextmanager
def _without_rp_filter(bench: Bench) -> Iterator[None]:
    links = [addressing.pod_interface(pod) for pod in PODS if pod.node is NODE]
    with written(bench.cluster.namespaces, [NODE], {f"ipv4/conf/{link}/rp_filter": "0" for link in links}):
        yield


@contextmanager
def _without_proxy_arp(bench: Bench) -> Iterator[None]:
    namespaces = bench.cluster.namespaces
    with written(namespaces, [PEER], {f"ipv4/conf/{addressing.pod_interface(_POD)}/proxy_arp": "0"}):
        run(["ip", "-n", namespaces.name(_POD), "neighbour", "flush", "dev", "eth0"])
        yield
