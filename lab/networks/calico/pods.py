"""A pod's link in Calico's data path: a veth without a bridge, a /32 route to it, and proxy ARP for its gateway."""

from ipaddress import IPv4Address
from pathlib import Path

from lab.commands import ip_batch
from lab.model import Place
from lab.netns.namespaces import Namespaces
from lab.networks.calico.addressing import GATEWAY, NODE_MAC, pod_address, pod_interface

_SYSCTLS = {
    "ipv4/conf/{name}/proxy_arp": "1",
    "ipv4/conf/{name}/rp_filter": "1",
    "ipv4/conf/{name}/route_localnet": "1",
    "ipv4/conf/{name}/forwarding": "1",
    # By default the kernel waits up to 0.8 s before it answers for somebody else.
    "ipv4/neigh/{name}/proxy_delay": "0",
}
"""What felix writes for every workload interface (felix/dataplane/linux/endpoint_mgr.go of Calico 3.32)."""


def attach(namespaces: Namespaces, pod: Place, mtu: int) -> IPv4Address:
    """Links a pod to its node; the pod's address."""
    address, name = pod_address(pod), pod_interface(pod)
    ip_batch(_node_link(namespaces, pod, name, mtu), netns=namespaces.name(pod.node))
    with namespaces.inside(pod.node):
        for path, value in _SYSCTLS.items():
            Path("/proc/sys/net", path.format(name=name)).write_text(value)
    ip_batch(_pod_link(address), netns=namespaces.name(pod))
    ip_batch(
        [f"link set {name} up", f"route add {address}/32 dev {name} scope link"],
        netns=namespaces.name(pod.node),
    )
    return address


def _node_link(namespaces: Namespaces, pod: Place, name: str, mtu: int) -> list[str]:
    peer = f"peer name eth0 mtu {mtu} netns {namespaces.name(pod)}"
    return [f"link add {name} address {NODE_MAC} mtu {mtu} type veth {peer}"]


def _pod_link(address: IPv4Address) -> list[str]:
    """The pod has its own address only; its gateway is not in any subnet of it."""
    return [
        "link set lo up",
        f"addr add {address}/32 dev eth0",
        "link set eth0 up",
        f"route add {GATEWAY} dev eth0 scope link",
        f"route add default via {GATEWAY} dev eth0",
    ]
