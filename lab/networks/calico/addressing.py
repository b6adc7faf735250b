"""Which address, name and MTU everything has in Calico's data path. Pure.

Sources: https://docs.tigera.io/calico/latest/reference/architecture/data-path (cali* interfaces, 169.254.1.1, proxy
ARP), https://docs.tigera.io/calico/latest/networking/ipam/get-started-ip-addresses (blocks of 64 addresses),
https://docs.tigera.io/calico/latest/networking/configuring/mtu.
"""

from hashlib import sha1
from ipaddress import IPv4Address
from types import MappingProxyType
from typing import Final, assert_never

from lab.model import NODES, PODS, Place
from lab.netns import plan
from lab.profiles import Encapsulation

POOL: Final = plan.POD_CIDR
AS_NUMBER: Final = 64512
"""Calico's default for a full mesh."""

POD_PREFIX: Final = "cali"
GATEWAY: Final = IPv4Address("169.254.1.1")
"""The next hop of every pod. No interface has it: the node answers for it by proxy ARP."""
NODE_MAC: Final = "ee:ee:ee:ee:ee:ee"
"""Of every node's end of a pod's link."""

BLOCK_PREFIX = 26

BLOCKS: Final = MappingProxyType(
    {node: next(plan.NODE_POD_CIDRS[node].subnets(new_prefix=BLOCK_PREFIX)) for node in NODES}
)
"""The block of each node. It lies in the node's `podCIDR`, so that kube-proxy can also go by that."""


def tunnel_address(node: Place) -> IPv4Address:
    """The address of a node's tunnel device: the first of its block."""
    return BLOCKS[node][0]


def pod_address(pod: Place) -> IPv4Address:
    """The address of a pod, from its node's block."""
    neighbours = [each for each in PODS if each.node is pod.node]
    return BLOCKS[pod.node][1 + neighbours.index(pod)]


def pod_interface(pod: Place) -> str:
    """The name of the node's end of a pod's link: `cali`, and 11 digits of the SHA-1 of namespace and name."""
    digest = sha1(f"default.{pod}".encode(), usedforsecurity=False).hexdigest()
    return f"{POD_PREFIX}{digest[:11]}"


def tunnel_mac(node: Place) -> str:
    """The MAC of a node's VXLAN device, which its peers know beforehand."""
    digest = sha1(node.value.encode(), usedforsecurity=False).digest()
    return ":".join(f"{byte:02x}" for byte in (0x66, *digest[:5]))


def mtu(encapsulation: Encapsulation) -> int:
    """The MTU of pods and tunnels in bytes: that of the segment less the outer headers."""
    match encapsulation:
        case Encapsulation.NONE:
            return 1500
        case Encapsulation.IPIP:
            return 1480
        case Encapsulation.VXLAN:
            return 1450
        case _:
            assert_never(encapsulation)


def peers(node: Place) -> tuple[Place, ...]:
    """The other nodes."""
    return tuple(each for each in NODES if each is not node)
