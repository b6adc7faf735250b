"""The topology of the lab's plan, with addresses as its network allots them: for the oracle a World, for judging Facts.

flannel has a bridge and a tunnel on every node, with an address each; Calico without encapsulation has neither.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from ipaddress import IPv4Address
from types import MappingProxyType
from typing import assert_never

from conformance.oracle import World
from lab.model import (
    NODES,
    PODS,
    Destination,
    Facts,
    Interface,
    NetworkFacts,
    NodeAddress,
    Place,
    PlaceKind,
    Service,
    ServiceFacts,
)
from lab.netns import plan
from lab.networks.calico.addressing import GATEWAY, pod_address, pod_interface
from lab.profiles import NetworkName

LOOPBACK = IPv4Address("127.0.0.1")
_TUNNEL, _BRIDGE = "flannel.1", "cni0"


@dataclass(frozen=True, slots=True)
class Topology:
    """What a network makes of the plan."""

    primary: Mapping[Place, IPv4Address]
    node_addresses: Mapping[Place, Mapping[NodeAddress, IPv4Address]]
    interfaces: tuple[Interface, ...]


@cache
def topology_of(network: NetworkName) -> Topology:
    """Addresses and interfaces of every place."""
    pods = {pod: _pod_address(pod, network) for pod in PODS}
    primary = {**plan.NODE_ADDRESSES, **plan.OUTSIDE_ADDRESSES, **pods}
    others = (Interface(place, "eth0", (primary[place],)) for place in Place if place not in NODES)
    return Topology(
        MappingProxyType(primary),
        MappingProxyType({node: _addresses(node, network) for node in NODES}),
        (*(each for node in NODES for each in _interfaces(node, network)), *others),
    )


def _pod_address(pod: Place, network: NetworkName) -> IPv4Address:
    match network:
        case NetworkName.FLANNEL:
            return plan.NODE_POD_CIDRS[pod.node][1 + int(pod.value[-1])]
        case NetworkName.CALICO:
            return pod_address(pod)
        case _:
            assert_never(network)


def _gateway(pod: Place, network: NetworkName) -> IPv4Address:
    match network:
        case NetworkName.FLANNEL:
            return plan.NODE_POD_CIDRS[pod.node][1]
        case NetworkName.CALICO:
            return GATEWAY
        case _:
            assert_never(network)


def _interfaces(node: Place, network: NetworkName) -> Iterator[Interface]:
    own = (plan.NODE_ADDRESSES[node], plan.SECONDARY_ADDRESSES[node], plan.OTHER_NETWORK_ADDRESSES[node])
    yield Interface(node, "eth0", own)
    match network:
        case NetworkName.FLANNEL:
            yield Interface(node, _TUNNEL, (plan.NODE_POD_CIDRS[node][0],))
            yield Interface(node, _BRIDGE, (plan.NODE_POD_CIDRS[node][1],))
        case NetworkName.CALICO:
            yield from (Interface(node, pod_interface(pod), ()) for pod in PODS if pod.node is node)
        case _:
            assert_never(network)


def _addresses(node: Place, network: NetworkName) -> Mapping[NodeAddress, IPv4Address]:
    named = {
        NodeAddress.PRIMARY: plan.NODE_ADDRESSES[node],
        NodeAddress.SECONDARY: plan.SECONDARY_ADDRESSES[node],
        NodeAddress.OTHER_NETWORK: plan.OTHER_NETWORK_ADDRESSES[node],
        NodeAddress.LOOPBACK: LOOPBACK,
    }
    for each in _interfaces(node, network):
        if each.name == _BRIDGE:
            named[NodeAddress.BRIDGE] = each.addresses[0]
    return MappingProxyType(named)


PRIMARY = topology_of(NetworkName.FLANNEL).primary
"""Of flannel: what tests take that need just any addresses."""


def leaves_by(facts: Facts, node: Place, to: Place) -> str:
    """The interface by which a node sends to a place, or to itself."""
    if to.kind is not PlaceKind.POD:
        return "lo" if to is node else "eth0"
    names = {each.name for each in facts.interfaces if each.place is node}
    if to.node is node:
        return _BRIDGE if _BRIDGE in names else pod_interface(to)
    return _TUNNEL if _TUNNEL in names else "eth0"


def masqueraded(facts: Facts, node: Place, to: Place) -> IPv4Address:
    """The address that a node gives to what it masquerades, and to its own, on the way to a place."""
    address = facts.masquerade_address(node, leaves_by(facts, node, to))
    assert address is not None
    return address


_FIRST_NODE_PORT, _FIRST_HEALTH_CHECK_PORT = 30_000, 32_000


def world_of(services: Sequence[Service], network: NetworkName = NetworkName.FLANNEL) -> World:
    """The world in which these Services are."""
    topology = topology_of(network)
    return World(
        services={service.name: service for service in services},
        zones=plan.ZONES,
        container_ports={pod: dict(plan.container_ports(pod)) for pod in PODS},
        listeners=frozenset(plan.ECHO_PORTS),
        primary=topology.primary,
        node_addresses=topology.node_addresses,
    )


def facts_of(services: Sequence[Service], network: NetworkName = NetworkName.FLANNEL) -> Facts:
    """The facts of a lab in which these Services are."""
    topology = topology_of(network)
    owners = {address: each.place for each in topology.interfaces for address in each.addresses}
    return Facts(
        interfaces=topology.interfaces,
        primary=topology.primary,
        node_addresses=topology.node_addresses,
        unallocated=plan.UNALLOCATED,
        owners=MappingProxyType(owners),
        listeners=frozenset(plan.ECHO_PORTS),
        api=Destination(plan.CONTROL, plan.API_PORT),
        services={service.name: _allotted(service, number) for number, service in enumerate(services)},
        network=NetworkFacts(gateways={pod: _gateway(pod, network) for pod in PODS}),
    )


def _allotted(service: Service, number: int) -> ServiceFacts:
    first = _FIRST_NODE_PORT + 10 * number
    ports = {port.name: first + each for each, port in enumerate(service.ports)}
    cluster_ip = None if service.headless else plan.SERVICE_CIDR[number + 1]
    return ServiceFacts(cluster_ip, ports, _FIRST_HEALTH_CHECK_PORT + number)
