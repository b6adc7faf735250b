"""The addresses of a lab. Every lab uses the same ones: each is in namespaces of its own."""

from ipaddress import IPv4Address, IPv4Network
from types import MappingProxyType
from typing import Final

from lab.model import Place

UNDERLAY: Final = IPv4Network("172.18.0.0/24")
BEYOND: Final = IPv4Network("198.51.100.0/24")
POD_CIDR: Final = IPv4Network("10.244.0.0/16")
SERVICE_CIDR: Final = IPv4Network("10.96.0.0/16")

CONTROL: Final = IPv4Address("172.18.0.1")
API_PORT: Final = 6443
API_URL: Final = f"https://{CONTROL}:{API_PORT}"
ROUTER: Final = IPv4Address("172.18.0.254")
ROUTER_BEYOND: Final = IPv4Address("198.51.100.1")

NODE_ADDRESSES: Final = MappingProxyType(
    {
        Place.WORKER_A: IPv4Address("172.18.0.11"),
        Place.WORKER_B: IPv4Address("172.18.0.12"),
        Place.WORKER_C: IPv4Address("172.18.0.13"),
    }
)
SECONDARY_ADDRESSES: Final = MappingProxyType(
    {
        Place.WORKER_A: IPv4Address("172.18.0.21"),
        Place.WORKER_B: IPv4Address("172.18.0.22"),
        Place.WORKER_C: IPv4Address("172.18.0.23"),
    }
)
"""A second address on each node's interface, which the Node object does not name."""
OTHER_NETWORK_ADDRESSES: Final = MappingProxyType(
    {
        Place.WORKER_A: IPv4Address("172.19.0.11"),
        Place.WORKER_B: IPv4Address("172.19.0.12"),
        Place.WORKER_C: IPv4Address("172.19.0.13"),
    }
)
"""A third one, outside the network that the nodes are on: what names that network does not cover it."""

ZONES: Final = MappingProxyType(
    {Place.WORKER_A: "zone-1", Place.WORKER_B: "zone-1", Place.WORKER_C: "zone-2"}
)
NODE_POD_CIDRS: Final = MappingProxyType(
    {
        Place.WORKER_A: IPv4Network("10.244.1.0/24"),
        Place.WORKER_B: IPv4Network("10.244.2.0/24"),
        Place.WORKER_C: IPv4Network("10.244.3.0/24"),
    }
)
OUTSIDE_ADDRESSES: Final = MappingProxyType(
    {
        Place.CLIENT: IPv4Address("172.18.0.100"),
        Place.FAR_CLIENT: IPv4Address("198.51.100.10"),
        Place.ROUTER: ROUTER,
    }
)

CROWD_NETWORK: Final = IPv4Network("198.18.0.0/22")
CROWD: Final = tuple(CROWD_NETWORK.hosts())
"""More addresses of the client's, for flows that shall come from many clients: of a network set aside for tests of
devices (RFC 2544), all of which is the client's own. Nodes reach it by one route: the kernel has one table of
neighbours for all namespaces of the machine."""

CANARY: Final = IPv4Address("10.96.255.254")
"""The cluster IP of the barrier's own Service."""

ZONES_CANARY: Final = IPv4Address("10.96.255.252")
"""The cluster IP of the Service that tells whether nodes know their zones."""

ZONE_LABEL: Final = "topology.kubernetes.io/zone"

UNALLOCATED: Final = IPv4Address("10.96.255.253")
"""A cluster IP that no Service has: the API allots at random from the lower end first, and never this one twice."""

ECHO_PORTS: Final = (8080, 8081, 8082)


def via_mark(node: Place) -> int:
    """The socket mark with which the outside client routes cluster addresses through this node."""
    return NODE_ADDRESSES[node].packed[-1]


def container_ports(pod: Place) -> tuple[tuple[str, int], ...]:
    """The named container ports of a pod: `web` differs between pods on purpose."""
    return (("web", 8080 if pod.value.endswith("1") else 8081), ("admin", 8082))
