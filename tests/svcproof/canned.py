"""Traces as a lab would have captured them, made from the outcome that they shall come to."""

import errno
from collections.abc import Iterator, Sequence
from dataclasses import replace
from ipaddress import IPv4Address
from itertools import cycle, islice

from conformance.outcome import (
    AnsweredFrom,
    Arrival,
    Delivered,
    Dropped,
    Forwarded,
    Kept,
    LocalError,
    Lost,
    Masqueraded,
    Outcome,
    Refused,
    Unanswered,
    Unstable,
)
from lab.model import (
    Direction,
    Facts,
    Flow,
    Headers,
    LostSentinel,
    Part,
    Place,
    PlaceKind,
    Probe,
    Refusal,
    Sighting,
    Trace,
)
from lab.traffic.craft import Shape, craft

_FIRST_MARK, _FIRST_PORT = 0x1000, 40_000
_HOP_NS = 50_000


def canned_traces(flow: Flow, outcome: Outcome, count: int, facts: Facts) -> Sequence[Trace]:
    """So many traces of a flow that judging finds this outcome in them."""
    fates = islice(_single_fates(outcome), count)
    return tuple(_trace(flow, fate, number, facts) for number, fate in enumerate(fates))


def _single_fates(outcome: Outcome) -> Iterator[Outcome]:
    """What becomes of one probe after another: arrivals take turns, and so do the fates of an unstable batch."""
    match outcome:
        case Delivered(arrivals=arrivals, answered_from=answered_from):
            one_each = (Delivered(frozenset({each}), answered_from) for each in sorted(arrivals, key=str))
            return cycle(one_each)
        case Unanswered(arrivals=arrivals):
            return cycle(Unanswered(frozenset({each})) for each in sorted(arrivals, key=str))
        case Lost(seen=seen):
            return (Lost(each) for each in _single_fates(seen))  # type: ignore[arg-type]
        case Unstable(history=history):
            return cycle(
                each for fate in history for each in islice(_single_fates(fate.outcome), fate.probes)
            )
        case _:
            return cycle([outcome])


def _trace(flow: Flow, fate: Outcome, number: int, facts: Facts) -> Trace:
    if isinstance(fate, Lost):
        trace = _trace(flow, fate.seen, number, facts)
        return replace(trace, sentinels_lost=True, lost_sentinels=(LostSentinel(trace.probe, None),))
    there = facts.destination(flow.target)
    headers = Headers(
        source=facts.primary[flow.sender],
        source_port=_FIRST_PORT + number,
        destination=there.address,
        destination_port=there.port,
        transport=flow.transport,
        ttl=64,
    )
    mark = _FIRST_MARK + number
    packet = craft(Shape(flow.transport), headers, mark)
    error = getattr(errno, fate.errno) if isinstance(fate, LocalError) else None
    sightings = () if error else tuple(_sightings(flow.sender, headers, fate, facts))
    return Trace(Probe(mark, flow.sender, headers, packet, error), sightings)


def _sightings(sender: Place, sent: Headers, fate: Outcome, facts: Facts) -> Iterator[Sighting]:
    left = Sighting(_HOP_NS, sender, "eth0", Direction.OUT, Part.PROBE, sent)
    yield left
    match fate:
        case Delivered(arrivals=arrivals, answered_from=answered_from):
            [arrival] = arrivals
            yield _arrived(left, arrival, facts)
            yield _back(left, Part.REPLY, _answer(sent, arrival, answered_from, facts))
        case Unanswered(arrivals=arrivals):
            [arrival] = arrivals
            yield _arrived(left, arrival, facts)
        case Refused(by=by, how=how):
            error = replace(sent, source=facts.primary[by], destination=sent.source)
            yield from _refusal(left, by, how, error)
        case Forwarded(to=to):
            node = Place.WORKER_A if sender.kind is PlaceKind.OUTSIDE else sender.node
            yield replace(left, time_ns=2 * _HOP_NS, place=node)
            yield replace(left, time_ns=3 * _HOP_NS, place=to, direction=Direction.IN)
        case Dropped():
            return
        case untold:
            raise AssertionError(f"no packet tells of {untold}")


def _arrived(left: Sighting, arrival: Arrival, facts: Facts) -> Sighting:
    match arrival.source:
        case Kept():
            source = left.headers.source
        case Masqueraded(by=node):
            source = facts.primary[node]
        case foreign:
            source = IPv4Address(foreign.address)
    headers = replace(
        left.headers,
        source=source,
        destination=facts.primary[arrival.place],
        destination_port=arrival.port,
        ttl=62,
    )
    return Sighting(2 * _HOP_NS, arrival.place, "eth0", Direction.IN, Part.PROBE, headers)


def _answer(sent: Headers, arrival: Arrival, answered_from: AnsweredFrom, facts: Facts) -> Headers:
    by = {
        AnsweredFrom.TARGET: (sent.destination, sent.destination_port),
        AnsweredFrom.ENDPOINT: (facts.primary[arrival.place], arrival.port),
        AnsweredFrom.OTHER: (facts.primary[Place.ROUTER], sent.destination_port),
    }
    address, port = by[answered_from]
    return replace(
        sent,
        source=address,
        source_port=port,
        destination=sent.source,
        destination_port=sent.source_port,
    )


def _back(left: Sighting, part: Part, headers: Headers) -> Sighting:
    """What the programs of the sender get."""
    last = Direction.LOCAL if left.place.kind is PlaceKind.NODE else Direction.IN
    return replace(left, time_ns=3 * _HOP_NS, direction=last, part=part, headers=headers)


def _refusal(left: Sighting, by: Place, how: Refusal, headers: Headers) -> Iterator[Sighting]:
    back = replace(_back(left, Part.REFUSAL, headers), refusal=how)
    yield replace(back, time_ns=2 * _HOP_NS, place=by, direction=Direction.OUT)
    yield back
