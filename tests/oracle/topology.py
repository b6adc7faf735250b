"""The topology of the lab's plan, with addresses as flannel allots them: for the oracle a World, for judging Facts."""

from collections.abc import Sequence
from ipaddress import IPv4Address
from types import MappingProxyType

from conformance.oracle import World
from lab.model import NODES, PODS, Destination, Facts, Interface, NodeAddress, Place, Service, ServiceFacts
from lab.netns import plan

LOOPBACK = IPv4Address("127.0.0.1")
TUNNEL = {node: plan.NODE_POD_CIDRS[node][0] for node in NODES}
BRIDGE = {node: plan.NODE_POD_CIDRS[node][1] for node in NODES}
PRIMARY = MappingProxyType(
    {
        **plan.NODE_ADDRESSES,
        **plan.OUTSIDE_ADDRESSES,
        **{pod: plan.NODE_POD_CIDRS[pod.node][1 + int(pod.value[-1])] for pod in PODS},
    }
)
NODE_ADDRESSES = MappingProxyType(
    {
        node: {
            NodeAddress.PRIMARY: plan.NODE_ADDRESSES[node],
            NodeAddress.SECONDARY: plan.SECONDARY_ADDRESSES[node],
            NodeAddress.OTHER_NETWORK: plan.OTHER_NETWORK_ADDRESSES[node],
            NodeAddress.BRIDGE: BRIDGE[node],
            NodeAddress.LOOPBACK: LOOPBACK,
        }
        for node in NODES
    }
)
INTERFACES = (
    *(
        Interface(
            node,
            "eth0",
            (
                plan.NODE_ADDRESSES[node],
                plan.SECONDARY_ADDRESSES[node],
                plan.OTHER_NETWORK_ADDRESSES[node],
            ),
        )
        for node in NODES
    ),
    *(Interface(node, "flannel.1", (TUNNEL[node],)) for node in NODES),
    *(Interface(node, "cni0", (BRIDGE[node],)) for node in NODES),
    *(Interface(place, "eth0", (PRIMARY[place],)) for place in Place if place not in NODES),
)
OWNERS = MappingProxyType(
    {address: interface.place for interface in INTERFACES for address in interface.addresses}
)
_FIRST_NODE_PORT, _FIRST_HEALTH_CHECK_PORT = 30_000, 32_000


def world_of(services: Sequence[Service]) -> World:
    """The world in which these Services are."""
    return World(
        services={service.name: service for service in services},
        zones=plan.ZONES,
        container_ports={pod: dict(plan.container_ports(pod)) for pod in PODS},
        listeners=frozenset(plan.ECHO_PORTS),
        primary=PRIMARY,
        node_addresses=NODE_ADDRESSES,
    )


def facts_of(services: Sequence[Service]) -> Facts:
    """The facts of a lab in which these Services are."""
    return Facts(
        interfaces=INTERFACES,
        primary=PRIMARY,
        node_addresses=NODE_ADDRESSES,
        unallocated=plan.UNALLOCATED,
        owners=OWNERS,
        listeners=frozenset(plan.ECHO_PORTS),
        api=Destination(plan.CONTROL, plan.API_PORT),
        services={service.name: _allotted(service, number) for number, service in enumerate(services)},
    )


def _allotted(service: Service, number: int) -> ServiceFacts:
    first = _FIRST_NODE_PORT + 10 * number
    ports = {port.name: first + each for each, port in enumerate(service.ports)}
    cluster_ip = None if service.headless else plan.SERVICE_CIDR[number + 1]
    return ServiceFacts(cluster_ip, ports, _FIRST_HEALTH_CHECK_PORT + number)
