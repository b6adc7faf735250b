"""Builds the networks of a lab: three nodes, an outside client and a router on one segment, a client beyond it.

far-client --- router ---+--- bridge in `underlay` ---+--- worker-a, worker-b, worker-c
 (198.51.100.0/24)       |     (172.18.0.0/24)        +--- client
                         +--- the nodes' default route: captures what leaves them untranslated
"""

import shutil
from collections.abc import Sequence
from pathlib import Path

from lab.commands import ip_batch, run
from lab.model import NODES, PODS, Place
from lab.netns import plan
from lab.netns.namespaces import UNDERLAY, Namespaces

_SEGMENT = (*NODES, Place.CLIENT, Place.ROUTER)

# Sysctls of every node. The last two are deviations that the lab lists: without them the kernel sends the sender
# of 300 refused probes only 6 of the 300 ICMP errors.
_NODE_SYSCTLS = {
    "net.ipv4.conf.all.rp_filter": "0",
    "net.ipv4.conf.default.rp_filter": "0",
    "net.ipv4.ip_forward": "1",
    "net.ipv4.icmp_ratelimit": "0",
    "net.ipv4.icmp_ratemask": "0",
}
# No node may teach a sender a shorter way than the one that a flow is to take. A half-open connection, which a crafted
# SYN from an address of nobody leaves, must not outlive what nodes track of it, a minute: masquerading would give its
# port again, and the pod would not answer (a deviation that the lab lists).
_END_SYSCTLS = {
    "net.ipv4.tcp_synack_retries": "0",
    "net.ipv4.conf.all.accept_redirects": "0",
    "net.ipv4.conf.default.accept_redirects": "0",
    "net.ipv4.conf.all.rp_filter": "0",
    "net.ipv4.conf.default.rp_filter": "0",
    "net.ipv4.icmp_ratelimit": "0",
    "net.ipv4.icmp_ratemask": "0",
}


def build(namespaces: Namespaces) -> None:
    """Makes every namespace, link, address and route but those that the pod network makes."""
    every = [UNDERLAY, *NODES, *PODS, Place.CLIENT, Place.ROUTER, Place.FAR_CLIENT]
    ip_batch([f"netns add {namespaces.name(place)}" for place in every])
    for node in NODES:
        _set_sysctls(namespaces, node, _NODE_SYSCTLS)
    for place in (*PODS, Place.CLIENT, Place.FAR_CLIENT):
        _set_sysctls(namespaces, place, _END_SYSCTLS)
    _set_sysctls(namespaces, Place.ROUTER, _NODE_SYSCTLS)
    _build_segment(namespaces)
    for node in NODES:
        second = f"addr add {plan.SECONDARY_ADDRESSES[node]}/{plan.UNDERLAY.prefixlen} dev eth0"
        third = f"addr add {plan.OTHER_NETWORK_ADDRESSES[node]}/32 dev eth0"
        crowd = f"route add {plan.CROWD_NETWORK} via {plan.OUTSIDE_ADDRESSES[Place.CLIENT]}"
        default = f"route add default via {plan.ROUTER}"
        _up(namespaces, node, plan.NODE_ADDRESSES[node], [second, third, crowd, default])
    _build_client(namespaces)
    _build_router(namespaces)


def _build_segment(namespaces: Namespaces) -> None:
    """The bridge that the nodes hang on, in a namespace of its own: its frames must not meet anyone's rules."""
    lines = [
        "link set lo up",
        "link add br0 type bridge",
        f"addr add {plan.CONTROL}/{plan.UNDERLAY.prefixlen} dev br0",
        "link set br0 up",
    ]
    for place in _SEGMENT:
        port = f"to-{place}"
        lines += [
            f"link add {port} type veth peer name eth0 netns {namespaces.name(place)}",
            f"link set {port} master br0 up",
        ]
    # br_netfilter, where it is loaded, would pass every frame of the segment through this namespace's rules.
    with namespaces.inside(UNDERLAY):
        calls = Path("/proc/sys/net/bridge/bridge-nf-call-iptables")
        if calls.exists():
            calls.write_text("0")
    ip_batch(lines, netns=namespaces.name(UNDERLAY))


def _build_client(namespaces: Namespaces) -> None:
    """One routing table per node, chosen by socket mark: any address can be tried through each node.

    A whole network is the client's own by a route of type local (ip-route(8)), without an address for each client.
    """
    lines = [f"route add local {plan.CROWD_NETWORK} dev lo", f"route add default via {plan.ROUTER}"]
    for node in NODES:
        lines += [f"route add {plan.OTHER_NETWORK_ADDRESSES[node]} via {plan.NODE_ADDRESSES[node]}"]
        mark = plan.via_mark(node)
        lines += [
            f"rule add fwmark {mark} lookup {100 + mark}",
            f"route add default via {plan.NODE_ADDRESSES[node]} table {100 + mark}",
        ]
    _up(namespaces, Place.CLIENT, plan.OUTSIDE_ADDRESSES[Place.CLIENT], lines)


def _build_router(namespaces: Namespaces) -> None:
    """Knows the two networks and nothing else: what nodes send it for a cluster address ends there, unanswered."""
    far = namespaces.name(Place.FAR_CLIENT)
    prefix = plan.BEYOND.prefixlen
    beyond = [
        f"link add eth1 type veth peer name eth0 netns {far}",
        f"addr add {plan.ROUTER_BEYOND}/{prefix} dev eth1",
        "link set eth1 up",
        "route add blackhole default",
    ]
    _up(namespaces, Place.ROUTER, plan.ROUTER, beyond)
    ip_batch(
        [
            "link set lo up",
            f"addr add {plan.OUTSIDE_ADDRESSES[Place.FAR_CLIENT]}/{prefix} dev eth0",
            "link set eth0 up",
            f"route add default via {plan.ROUTER_BEYOND}",
        ],
        netns=far,
    )


def _up(namespaces: Namespaces, place: Place, address: object, more: Sequence[str]) -> None:
    lines = [
        "link set lo up",
        f"addr add {address}/{plan.UNDERLAY.prefixlen} dev eth0",
        "link set eth0 up",
        *more,
    ]
    ip_batch(lines, netns=namespaces.name(place))


def _set_sysctls(namespaces: Namespaces, place: Place, sysctls: dict[str, str]) -> None:
    with namespaces.inside(place):
        for name, value in sysctls.items():
            Path("/proc/sys", *name.split(".")).write_text(value)


def tool_versions() -> dict[str, str]:
    """The host's own tools that take part, as they name themselves; a profile can do without some."""
    asked = {"ip": "-V", "nft": "--version", "iptables": "--version", "bird": "--version", "ipset": "-V"}
    return {
        tool: run([tool, option], merged=True).strip() for tool, option in asked.items() if shutil.which(tool)
    }
