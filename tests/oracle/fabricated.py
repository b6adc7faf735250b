"""Traces of packets that were never sent: what a lab would have seen of a probe with a given fate."""

import errno
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from ipaddress import IPv4Address

from conformance.oracle.flows import first_node
from conformance.outcome import (
    Answered,
    AnsweredFrom,
    Arrival,
    Delivered,
    Dropped,
    Forwarded,
    Kept,
    LocalError,
    Masqueraded,
    Outcome,
    Refused,
    Unanswered,
)
from lab.model import (
    PODS,
    Direction,
    Facts,
    Flow,
    Headers,
    HttpTarget,
    NodeAddress,
    NodePort,
    Part,
    Place,
    PlaceKind,
    PodIP,
    Probe,
    Refusal,
    Sighting,
    Trace,
)
from tests.oracle.topology import LOOPBACK, leaves_by, masqueraded

_FIRST_MARK, _PORT, _HOP_NS = 0x1000, 40_000, 50_000


@dataclass(frozen=True, slots=True)
class Leg:
    """A probe as it leaves: from which address, by which interface."""

    address: IPv4Address
    interface: str


def fabricated(flow: Flow, fate: Outcome, facts: Facts) -> Trace:
    """The trace of one probe. fate: an outcome that a single probe can have."""
    leg = _leg(flow, fate, facts)
    there = facts.destination(flow.target)
    headers = Headers(leg.address, _PORT, there.address, there.port, flow.transport, 64)
    left = Sighting(_HOP_NS, flow.sender, leg.interface, Direction.OUT, Part.PROBE, headers)
    probe = Probe(0, flow.sender, headers, local_error=_local_error(flow, fate))
    if isinstance(flow.target, HttpTarget):
        probe = replace(probe, request=b"GET / HTTP/1.1")
    answer = said(fate) if isinstance(fate, Answered) else None
    return Trace(probe, tuple(_sightings(left, flow, fate, facts)), answer)


def said(answered: Answered) -> bytes:
    """An answer over HTTP, as kube-proxy writes it."""
    weight = "" if answered.weight is None else f"X-Load-Balancing-Endpoint-Weight: {answered.weight}\r\n"
    count = "{}" if answered.local_endpoints is None else f'{{"localEndpoints": {answered.local_endpoints}}}'
    return f"HTTP/1.1 {answered.status} Said\r\n{weight}\r\n{count}".encode()


def numbered(trace: Trace, number: int) -> Trace:
    """The trace as that of another probe, with a mark of its own."""
    return replace(trace, probe=replace(trace.probe, mark=_FIRST_MARK + number))


def of_client(trace: Trace, address: IPv4Address) -> Trace:
    """The trace as that of another client, with an address of its own."""
    own = trace.probe.headers.source

    def of(headers: Headers) -> Headers:
        source = address if headers.source == own else headers.source
        destination = address if headers.destination == own else headers.destination
        return replace(headers, source=source, destination=destination)

    sightings = tuple(replace(each, headers=of(each.headers)) for each in trace.sightings)
    return replace(trace, probe=replace(trace.probe, headers=of(trace.probe.headers)), sightings=sightings)


def _leg(flow: Flow, fate: Outcome, facts: Facts) -> Leg:
    """A node sends from the address of the interface that its routes name, or from the one that it asks itself at."""
    sender, target = flow.sender, flow.target
    if flow.bearing is not None:
        return Leg(facts.primary[flow.bearing], "eth0")
    if sender.kind is not PlaceKind.NODE:
        return Leg(facts.primary[sender], "eth0")
    out = "eth0"
    goes_elsewhere = isinstance(target, NodePort | HttpTarget) and target.node is not sender
    if isinstance(fate, Delivered | Unanswered) and not goes_elsewhere:
        [arrival] = fate.arrivals
        out = leaves_by(facts, sender, arrival.place)
    if isinstance(target, PodIP):
        return Leg(masqueraded(facts, sender, target.pod), out)
    if isinstance(target, NodePort) and not goes_elsewhere:
        return Leg(facts.node_addresses[sender][target.at], out)
    if isinstance(target, NodePort) and target.at is NodeAddress.BRIDGE:
        there = next(pod for pod in PODS if pod.node is target.node)
        return Leg(masqueraded(facts, sender, there), leaves_by(facts, sender, there))
    return Leg(facts.primary[sender], out)


def _local_error(flow: Flow, fate: Outcome) -> int | None:
    """What the kernel tells a sender of a packet that its own rules stopped."""
    if isinstance(fate, LocalError):
        return int(getattr(errno, fate.errno))
    stopped = isinstance(fate, Refused) and fate.by is flow.sender and fate.how is not Refusal.TCP_RESET
    return errno.EPERM if stopped else None


def _sightings(left: Sighting, flow: Flow, fate: Outcome, facts: Facts) -> Iterator[Sighting]:
    match fate:
        case Delivered(arrivals=arrivals) | Unanswered(arrivals=arrivals):
            [arrival] = arrivals
            forth = [left, _arrived(left, flow, arrival, facts)]
            back = (
                list(_answered(left, arrival, fate.answered_from, facts))
                if isinstance(fate, Delivered)
                else []
            )
            is_between_pods = isinstance(flow.target, PodIP) and flow.sender.kind is PlaceKind.POD
            yield from (*_routed(forth), *_routed(back)) if is_between_pods else (*forth, *back)
        case Refused(by=by, how=how):
            yield from _asked(left, by, is_stopped=_local_error(flow, fate) is not None)
            yield from _refusal(left, by, how, facts)
        case Forwarded(to=to):
            yield from (left, _at(left, first_node(flow)), _at(left, to))
        case Answered():
            there = facts.destination(flow.target)
            node = facts.owners[there.address]
            headers = replace(left.headers, source=there.address, destination=left.headers.source)
            answer = replace(left, time_ns=4 * _HOP_NS, place=node, part=Part.REPLY, headers=headers)
            yield from (left, _at(left, node), answer, _back(left, answer))
        case Dropped():
            node = first_node(flow)
            yield from (left,) if node is flow.sender else (left, _at(left, node))
        case LocalError():
            return
        case _:
            raise AssertionError(f"no single probe comes to: {fate}")


def _routed(ends: Sequence[Sighting]) -> Sequence[Sighting]:
    """A packet as two pods have it, with the hops between: each node routes once, and nothing is encapsulated."""
    if not ends:
        return ()
    start, end = ends
    sent = replace(start.headers, ttl=start.headers.ttl - 1)
    nodes = tuple(dict.fromkeys(each.place.node for each in ends))
    ways = (Direction.OUT, Direction.IN) if len(nodes) > 1 else ()
    hops = [
        replace(start, place=node, interface="eth0", direction=way, headers=sent)
        for node, way in zip(nodes, ways, strict=False)
    ]
    got = replace(end.headers, ttl=end.headers.ttl - len(nodes))
    return (start, *hops, replace(end, headers=got))


def _asked(left: Sighting, by: Place, *, is_stopped: bool) -> Iterator[Sighting]:
    """A probe on its way to the place that refuses it: to a place's own kernel by its loopback, if not stopped."""
    if by is not left.place:
        yield from (left, _at(left, by))
    elif not is_stopped:
        yield replace(left, interface="lo")


def _at(left: Sighting, place: Place) -> Sighting:
    return replace(left, time_ns=2 * _HOP_NS, place=place, interface="eth0", direction=Direction.IN)


def _arrived(left: Sighting, flow: Flow, arrival: Arrival, facts: Facts) -> Sighting:
    """The probe going in at its endpoint."""
    headers = replace(
        left.headers,
        source=_source(left, flow, arrival, facts),
        destination=facts.primary[arrival.place],
        destination_port=arrival.port,
    )
    got = Direction.LOCAL if arrival.place.kind is PlaceKind.NODE else Direction.IN
    return replace(_at(left, arrival.place), time_ns=3 * _HOP_NS, direction=got, headers=headers)


def _source(left: Sighting, flow: Flow, arrival: Arrival, facts: Facts) -> IPv4Address:
    """The address that the endpoint sees. A node that is not translated has its own, as if it were masqueraded."""
    match arrival.source:
        case Kept():
            return left.headers.source
        case Masqueraded(by=node) if arrival.place.kind is not PlaceKind.POD:
            return facts.primary[node]
        case Masqueraded(by=node):
            asked_pod = isinstance(flow.target, PodIP)
            asked_other = isinstance(flow.target, NodePort) and flow.target.node is not node
            if node is flow.sender and (asked_pod or asked_other):
                return left.headers.source
            return masqueraded(facts, node, arrival.place)
        case foreign:
            return IPv4Address(foreign.address)


def _answered(
    left: Sighting, arrival: Arrival, answered_from: AnsweredFrom, facts: Facts
) -> Iterator[Sighting]:
    """The answer leaving the endpoint, and as the sender's programs get it."""
    sent, own = left.headers, (facts.primary[arrival.place], arrival.port)
    shown = {
        AnsweredFrom.TARGET: (sent.destination, sent.destination_port),
        AnsweredFrom.ENDPOINT: own,
        AnsweredFrom.OTHER: (facts.primary[Place.ROUTER], sent.destination_port),
    }
    for is_back, (address, port) in ((False, own), (True, shown[answered_from])):
        headers = replace(
            sent,
            source=address,
            source_port=port,
            destination=sent.source,
            destination_port=sent.source_port,
        )
        answer = replace(left, time_ns=4 * _HOP_NS, place=arrival.place, part=Part.REPLY, headers=headers)
        yield _back(left, answer) if is_back else answer


def _back(left: Sighting, packet: Sighting) -> Sighting:
    """A packet as the sender's programs get it."""
    got = Direction.LOCAL if left.place.kind is PlaceKind.NODE else Direction.IN
    return replace(packet, time_ns=5 * _HOP_NS, place=left.place, direction=got)


def _refusal(left: Sighting, by: Place, how: Refusal, facts: Facts) -> Iterator[Sighting]:
    """The refusal where it was made and where it came back; at a node that refuses itself that is one place."""
    sent = left.headers
    source = LOOPBACK if sent.source == LOOPBACK else facts.primary[by]
    headers = replace(sent, source=source, destination=sent.source)
    refusal = replace(left, time_ns=4 * _HOP_NS, place=by, part=Part.REFUSAL, headers=headers, refusal=how)
    if by is not left.place:
        yield refusal
    yield _back(left, refusal)
