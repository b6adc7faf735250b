"""Where the probes of a flow go, and the sentinels that must follow them on the same way. Pure."""

from ipaddress import IPv4Address

from lab.errors import UsageError
from lab.model import (
    NODES,
    PODS,
    Facts,
    Flow,
    HealthCheckPort,
    NodePort,
    Place,
    PlaceKind,
    ProxyHealth,
    Transport,
)
from lab.netns import plan
from lab.traffic.asking import Question
from lab.traffic.craft import HEADER_BYTES, Shape
from lab.traffic.echoes import Echoes
from lab.traffic.places import Frame
from lab.traffic.silence import Sentinels
from lab.traffic.way import Way

_ECHO_PORT = plan.ECHO_PORTS[0]
_LOOPBACK = IPv4Address("127.0.0.1")
_FRAGMENT_BYTES = 1400
"""Fits the smallest path there is: VXLAN leaves 1450 of 1500 bytes, an IP header takes 20."""


def way_of(flow: Flow, facts: Facts) -> Way:
    """The way of a flow's probes. UsageError where no such way can be."""
    destination = facts.destination(flow.target)
    mark = 0 if flow.via is None else _mark(flow, flow.via)
    shape = _shape(flow, facts)
    pieces = _FRAGMENT_BYTES if flow.padding > _FRAGMENT_BYTES else 0
    return Way(
        sender=flow.sender,
        mark=mark,
        destination=destination.address,
        port=destination.port,
        shape=shape,
        fragment_bytes=pieces,
        source_port=flow.source_port,
        frame=_frame(flow, destination.address, facts),
        stray_of=None if flow.stray_of is None else way_of(flow.stray_of, facts),
        sources=_sources(flow, facts),
    )


def _frame(flow: Flow, destination: IPv4Address, facts: Facts) -> Frame | None:
    """To 127.0.0.1 no route leads but to oneself: for another's, the packet is put on the link to it."""
    if flow.via is None or not destination.is_loopback:
        return None
    return Frame(facts.primary[flow.sender], flow.via)


def question_of(flow: Flow, facts: Facts) -> Question | None:
    """What a flow to an HTTP target asks; None for flows that consist of probes."""
    there = facts.destination(flow.target)
    match flow.target:
        case HealthCheckPort():
            return Question(flow.sender, there.address, there.port, "/")
        case ProxyHealth(path=path):
            return Question(flow.sender, there.address, there.port, path)
        case _:
            return None


def _shape(flow: Flow, facts: Facts) -> Shape:
    """UsageError where the MTU is to be filled by a probe that has no payload."""
    if flow.beyond_mtu is None:
        is_data = flow.transport is Transport.TCP and flow.source_port != 0
        return Shape(flow.transport, "PA" if is_data else "S", flow.padding)
    if flow.transport not in (Transport.UDP, Transport.ICMP):
        raise UsageError(f"a probe over {flow.transport} has no payload that could fill the MTU")
    size = facts.network.pod_mtu + flow.beyond_mtu
    return Shape(flow.transport, padding=size - HEADER_BYTES, whole=True)


def sentinels(flow: Flow, way: Way, facts: Facts) -> Sentinels:
    """Probes that a sound lab answers, to follow a batch; and those that a lab answers whose network is broken."""
    return Sentinels(_behind(flow, way, facts), _at_home(flow.sender, facts), _echoes(facts))


def _behind(flow: Flow, way: Way, facts: Facts) -> list[Way]:
    """Through the same first node, to every node and beyond."""
    if flow.sender.kind is not PlaceKind.OUTSIDE:
        return [*_to_pods(flow.sender, 0, facts), _to_router(flow.sender, 0)]
    if flow.sender is Place.CLIENT:
        mark = plan.via_mark(flow.via or _entry(flow))
        return [*_to_pods(Place.CLIENT, mark, facts), _to_router(Place.CLIENT, mark)]
    return [Way(flow.sender, way.mark, _address(flow, facts), 0, Shape(Transport.ICMP))]


def _at_home(sender: Place, facts: Facts) -> list[Way]:
    """Within the sender, every pod and every place outside, and past every link.

    An echo of every pod, which shows that they are at work; a ping at every place outside; and of a node that sends, to
    127.0.0.1 because its own rules let that pass, whatever they do to its addresses.
    """
    echoes = [Way(pod, 0, facts.primary[pod], _ECHO_PORT, Shape(Transport.UDP)) for pod in PODS]
    outside = [place for place in Place if place.kind is PlaceKind.OUTSIDE]
    pings = [Way(place, 0, facts.primary[place], 0, Shape(Transport.ICMP)) for place in outside]
    if sender.kind is PlaceKind.NODE:
        pings.append(Way(sender, 0, _LOOPBACK, 0, Shape(Transport.ICMP)))
    return [*echoes, *pings]


def _echoes(facts: Facts) -> Echoes:
    at = {address: place for address, place in facts.owners.items() if place.kind is not PlaceKind.OUTSIDE}
    return Echoes(at, facts.listeners)


def _to_pods(sender: Place, mark: int, facts: Facts) -> list[Way]:
    """One UDP probe to a pod of each node, without a Service."""
    firsts = [min(pod for pod in PODS if pod.node is node) for node in NODES]
    return [Way(sender, mark, facts.primary[pod], _ECHO_PORT, Shape(Transport.UDP)) for pod in firsts]


def _to_router(sender: Place, mark: int) -> Way:
    """Behind what nodes route out of the cluster, which the router may not have seen yet."""
    return Way(sender, mark, plan.ROUTER_BEYOND, 0, Shape(Transport.ICMP))


def _sources(flow: Flow, facts: Facts) -> tuple[IPv4Address, ...]:
    """The addresses that probes bear where that is not the sender's one: a crowd's, or a forged one."""
    if flow.bearing is not None:
        return (facts.primary[flow.bearing],)
    return _crowd(flow) if flow.own_addresses else ()


def _crowd(flow: Flow) -> tuple[IPv4Address, ...]:
    if flow.sender is not Place.CLIENT:
        raise UsageError(
            f"{flow.sender} has one address only",
            next_step=f"flows with own_addresses are sent from {Place.CLIENT}",
        )
    return plan.CROWD


def _mark(flow: Flow, via: Place) -> int:
    if flow.sender is not Place.CLIENT or via.kind is not PlaceKind.NODE:
        raise UsageError(
            f"a flow from {flow.sender} cannot be sent via {via}",
            next_step=f"only {Place.CLIENT} chooses what it routes through, and that is a node",
        )
    return plan.via_mark(via)


def _entry(flow: Flow) -> Place:
    """The node that a flow from outside enters the cluster at."""
    match flow.address_of:
        case NodePort(node=node) | HealthCheckPort(node=node) | ProxyHealth(node=node):
            return node
        case _:
            raise UsageError(
                f"a flow from {flow.sender} cannot be sent to {flow.target} without `via`",
                next_step=f"send it from {Place.CLIENT}, with the node that it shall enter at",
            )


def _address(flow: Flow, facts: Facts) -> IPv4Address:
    return facts.primary[_entry(flow)]
