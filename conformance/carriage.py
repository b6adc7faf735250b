"""Whether packets between pods took the way that the lab's pod network takes, as captured at every hop. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from conformance.outcome import Delivered, Outcome, Strayed
from lab.model import Direction, Facts, Headers, Part, Place, PlaceKind, Sighting, Trace, Tunnel
from lab.profiles import Encapsulation

_TTL = 64
"""That packets of pods start with: the lab's probes, and what the kernel answers."""


def carried(outcome: Outcome, batch: Sequence[Trace], facts: Facts) -> Outcome:
    """Delivered stays so where every packet was carried as the lab's facts have it, and becomes Strayed elsewhere."""
    match outcome:
        case Delivered(arrivals=arrivals):
            odd = {each for trace in batch for each in oddities(trace, facts)}
            return Strayed(arrivals, tuple(sorted(odd))) if odd else outcome
        case _:
            return outcome


def oddities(trace: Trace, facts: Facts) -> Iterator[str]:
    """What is not as it should be about a probe between two pods, or its answer, in words without its marks."""
    there = trace.probe.headers
    back = _turned(there)
    sender, receiver = trace.probe.sender, facts.owners[there.destination]
    for part, headers, way in (
        (Part.PROBE, there, _Way(sender, receiver, facts)),
        (Part.REPLY, back, _Way(receiver, sender, facts)),
    ):
        sightings = trace.of(part)
        yield from (f"{part} {it}" for it in _translated(sightings, headers))
        yield from (f"{part} {it}" for it in _elsewhere(sightings, way))
        yield from (f"{part} {it}" for it in _ttl(sightings, way))
        yield from (f"{part} {it}" for it in _on_the_segment(sightings, way))


@dataclass(frozen=True, slots=True)
class _Way:
    """Where packets of one direction should be seen. Both ends are pods."""

    start: Place
    end: Place
    facts: Facts

    @property
    def crosses(self) -> bool:
        """Whether it leads from one node to another."""
        return self.start.node is not self.end.node

    @property
    def hops(self) -> int:
        """How often a packet is routed: by each node once; on one node not at all, where its pods share a bridge."""
        if self.crosses:
            return 2
        return 0 if self.facts.network.bridged else 1

    @property
    def tunnel(self) -> Tunnel | None:
        """The outer addresses between the nodes, where the network encapsulates."""
        encapsulation = self.facts.network.encapsulation
        if encapsulation is Encapsulation.NONE:
            return None
        here, there = (self.facts.primary[pod.node] for pod in (self.start, self.end))
        return Tunnel(encapsulation.value, here, there)


def _translated(sightings: Sequence[Sighting], sent: Headers) -> Iterator[str]:
    """Addresses and ports must be those that the packet was sent with, on every hop."""
    for each in sightings:
        if _ends(each.headers) != _ends(sent):
            yield f"at {each.place} bore other addresses or ports than it was sent with"


def _elsewhere(sightings: Sequence[Sighting], way: _Way) -> Iterator[str]:
    """No place but the two pods and their nodes may see it."""
    expected = {way.start, way.start.node, way.end.node, way.end}
    for each in sightings:
        if each.place not in expected:
            yield f"was seen at {each.place}"


def _ttl(sightings: Sequence[Sighting], way: _Way) -> Iterator[str]:
    for each in sightings:
        arrived = each.place is way.end and each.direction is Direction.IN
        if arrived and each.headers.ttl != _TTL - way.hops:
            yield f"arrived with TTL {each.headers.ttl} instead of {_TTL - way.hops}"


def _on_the_segment(sightings: Sequence[Sighting], way: _Way) -> Iterator[str]:
    """Between two nodes it leaves one and enters the other, in the tunnel that there is; else it never leaves."""
    seen = [each for each in sightings if _is_on_segment(each, way.facts)]
    if not way.crosses:
        if seen:
            yield "left its node"
        return
    expected = [(way.start.node, Direction.OUT), (way.end.node, Direction.IN)]
    if [(each.place, each.direction) for each in seen] != expected:
        yield f"was not seen once leaving {way.start.node} and once entering {way.end.node}"
    for each in seen:
        if each.tunnel != way.tunnel:
            yield f"at {each.place} travelled {_words(each.tunnel)} instead of {_words(way.tunnel)}"


def _is_on_segment(sighting: Sighting, facts: Facts) -> bool:
    """Whether it was seen at the interface by which a node is reached from outside."""
    if sighting.place.kind is not PlaceKind.NODE:
        return False
    return any(
        interface.place is sighting.place
        and interface.name == sighting.interface
        and facts.primary[sighting.place] in interface.addresses
        for interface in facts.interfaces
    )


def _words(tunnel: Tunnel | None) -> str:
    return "without a tunnel" if tunnel is None else f"by {tunnel}"


def _turned(headers: Headers) -> Headers:
    """The headers of an answer."""
    return Headers(
        headers.destination,
        headers.destination_port,
        headers.source,
        headers.source_port,
        headers.transport,
        _TTL,
    )


def _ends(headers: Headers) -> tuple[object, ...]:
    return headers.source, headers.source_port, headers.destination, headers.destination_port
