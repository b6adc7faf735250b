"""Traces made from recorded ones by pure editing."""

from collections.abc import Callable
from dataclasses import replace
from ipaddress import IPv4Address

from lab.model import Direction, Part, Place, Refusal, Sighting, Trace

LATER_NS = 1_000_000


def only(trace: Trace, keep: Callable[[Sighting], bool]) -> Trace:
    """The trace with the sightings that `keep` wants."""
    return replace(trace, sightings=tuple(each for each in trace.sightings if keep(each)))


def without(trace: Trace, part: Part) -> Trace:
    """The trace without the sightings of this part."""
    return only(trace, lambda sighting: sighting.part is not part)


def up_to(trace: Trace, count: int) -> Trace:
    """The trace up to its first `count` sightings."""
    return replace(trace, sightings=trace.sightings[:count])


def last_of(trace: Trace, part: Part) -> Sighting:
    """The last sighting of this part."""
    return trace.of(part)[-1]


def swapped(trace: Trace, old: Sighting, new: Sighting) -> Trace:
    """The trace with one sighting in place of another."""
    each = tuple(new if sighting is old else sighting for sighting in trace.sightings)
    return replace(trace, sightings=each)


def followed(trace: Trace, *more: Sighting) -> Trace:
    """The trace with sightings that came later than all others."""
    last = trace.sightings[-1].time_ns
    late = tuple(replace(each, time_ns=last + LATER_NS * number) for number, each in enumerate(more, start=1))
    return replace(trace, sightings=(*trace.sightings, *late))


def arriving(
    trace: Trace,
    *,
    source: IPv4Address | None = None,
    destination: IPv4Address | None = None,
    port: int | None = None,
) -> Trace:
    """The trace whose probe is last seen with these headers instead of its own."""
    last = last_of(trace, Part.PROBE)
    headers = replace(
        last.headers,
        source=source or last.headers.source,
        destination=destination or last.headers.destination,
        destination_port=last.headers.destination_port if port is None else port,
    )
    return swapped(trace, last, replace(last, headers=headers))


def answered_from(trace: Trace, address: IPv4Address, port: int) -> Trace:
    """The trace whose reply comes back to the sender from another address."""
    last = last_of(trace, Part.REPLY)
    headers = replace(last.headers, source=address, source_port=port)
    return swapped(trace, last, replace(last, headers=headers))


def refusal_at(place: Place, like: Sighting, how: Refusal | None) -> Sighting:
    """A refusal that goes in at a place."""
    return replace(like, place=place, direction=Direction.IN, part=Part.REFUSAL, refusal=how)
