"""What becomes of a flow, from its sender to its outcome."""

from collections.abc import Sequence
from dataclasses import replace

from conformance.oracle.answers import answer_of_host, answer_of_pod, answer_to_forged
from conformance.oracle.creation import creation
from conformance.oracle.doors import check_door, now_at
from conformance.oracle.health import health
from conformance.oracle.open_flows import beyond_the_window, goes_on
from conformance.oracle.packets import From, Packet, at_first_node, at_other_node
from conformance.oracle.services import (
    at_cluster_ip,
    at_localhost_from_outside,
    at_no_node_port,
    at_no_port,
    at_no_service,
    at_node_port,
    at_outside_address,
    leaves,
)
from conformance.oracle.sources import seen_without_service
from conformance.oracle.world import Setting, World
from conformance.outcome import LocalError, Outcome
from lab.model import (
    Circumstance,
    ClusterIP,
    Creation,
    ExternalIP,
    Flow,
    HealthCheckPort,
    Host,
    HttpTarget,
    LoadBalancerIP,
    NodeAddress,
    NodePort,
    OtherPort,
    Place,
    PlaceKind,
    PodIP,
    ProxyHealth,
    ServiceTarget,
    Target,
    Transport,
    Unallocated,
)
from lab.profiles import Profile

_ON_THE_NETWORK = (NodeAddress.PRIMARY, NodeAddress.SECONDARY, NodeAddress.OTHER_NETWORK)
"""A node's addresses to which senders outside the cluster have a route."""


def documented(
    profile: Profile,
    world: World,
    flow: Flow,
    when: Sequence[Circumstance] = (),
    before: Outcome | None = None,
) -> Outcome:
    """The outcome that the documentation has for this flow. before: of an open flow, what it came to so far.

    Undocumented where no source says, or where probes of the flow differ in more than where they arrive.
    ValueError for a flow that cannot be: to a door that its Service does not have, or by a way that does not exist.
    """
    setting = Setting(profile.proxy_mode, profile.network, world, tuple(when))
    target = flow.target
    if flow.stray_of is not None:
        return beyond_the_window()
    if isinstance(target, Creation):
        return creation(setting, target)
    if isinstance(target, ClusterIP | NodePort | LoadBalancerIP | ExternalIP):
        return _at_service(setting, flow, target, before)
    if isinstance(target, PodIP | Host):
        return _without_service(setting, flow, target)
    if isinstance(target, HttpTarget):
        return health(setting, target)
    check_door(target)
    return _at_first_node(setting, at_first_node(flow.sender, first_node(flow)), target)


def _without_service(setting: Setting, flow: Flow, target: PodIP | Host) -> Outcome:
    if flow.bearing is not None:
        return answer_to_forged(setting, flow)
    if flow.beyond_mtu:
        return LocalError("EMSGSIZE")  # send(2): the socket requires that the message be sent whole.
    if isinstance(target, Host):
        return answer_of_host(flow.sender, target.place)
    source = seen_without_service(setting, flow.sender, flow.via, target.pod)
    return answer_of_pod(setting, target.pod, target.port, target.transport, source)


def _at_service(setting: Setting, flow: Flow, given: ServiceTarget, before: Outcome | None) -> Outcome:
    check_door(given)
    target = now_at(setting, given)
    if before is not None and goes_on(setting, flow, given, before):
        return before
    packet = at_first_node(flow.sender, first_node(flow))
    return _at_deleted(setting, packet, given) if target is None else _at_first_node(setting, packet, target)


def _at_deleted(setting: Setting, packet: Packet, target: ServiceTarget) -> Outcome:
    """Where a Service was, it is as if it had never been."""
    match target:
        case ClusterIP():
            return at_no_service(setting, packet)
        case LoadBalancerIP() | ExternalIP():
            return leaves()
        case NodePort(service=service, port=port):
            transport = Transport(service.port(port).protocol.value)
            return at_no_node_port(_at_node(packet, target), transport)


def first_node(flow: Flow) -> Place:
    """The node that a packet comes to first: it alone decides on everything but other nodes' node ports.

    Source: https://kubernetes.io/docs/reference/networking/virtual-ips/#proxy-mode-iptables.
    """
    sender, target = flow.sender, flow.address_of
    at_node = isinstance(target, NodePort) and target.at in _ON_THE_NETWORK
    if sender.kind is not PlaceKind.OUTSIDE and flow.via is None:
        return sender.node
    if isinstance(target, HttpTarget):
        return target.node
    if sender is Place.CLIENT and flow.via is not None:
        return flow.via
    if flow.via is None and isinstance(target, NodePort) and at_node:
        return target.node
    raise ValueError(f"{sender} has no such way to {target} (via {flow.via})")


def _at_first_node(setting: Setting, packet: Packet, target: Target) -> Outcome:
    match target:
        case Unallocated():
            return at_no_service(setting, packet)
        case ClusterIP(service=service, port=name):
            return at_cluster_ip(setting, packet, service, service.port(name))
        case OtherPort(door=NodePort() as door):
            return _beside_node_port(packet, door, target.transport)
        case OtherPort(door=door):
            named = _door_of(target, door)
            return _at_first_node(setting, packet, named) if named else at_no_port(setting, packet, door)
        case LoadBalancerIP() | ExternalIP():
            return at_outside_address(setting, packet, target)
        case NodePort():
            return at_node_port(setting, _at_node(packet, target), target)
        case PodIP() | Host() | HealthCheckPort() | ProxyHealth() | Creation():
            raise AssertionError(f"no front door: {target}")


def _beside_node_port(packet: Packet, door: NodePort, transport: Transport) -> Outcome:
    if door.at is NodeAddress.LOOPBACK and packet.came is From.THE_NETWORK:
        return at_localhost_from_outside()
    return at_no_node_port(_at_node(packet, door), transport)


def _door_of(target: OtherPort, door: ServiceTarget) -> ServiceTarget | None:
    """The door that a Service has at this number for this transport, if it has one."""
    asked = (door.service.port(door.port).port + target.after, target.transport.value)
    for port in door.service.ports:
        if (port.port, port.protocol.value) == asked:
            return replace(door, port=port.name)
    return None


def _at_node(packet: Packet, target: NodePort) -> Packet:
    """The packet at the node that it asks. 127.0.0.1 is each place's own."""
    if packet.node is target.node and (target.at is not NodeAddress.LOOPBACK or packet.sender is target.node):
        return packet
    if target.at is NodeAddress.LOOPBACK:
        raise ValueError(f"{packet.sender} has no way to {target.at} of {target.node}")
    return at_other_node(packet, target.node, target.at)
