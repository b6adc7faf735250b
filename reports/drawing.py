"""A packet's way as a drawing: places from top to bottom, with the addresses on each leg between them. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, zip_longest

from conformance.results import Step, Way

WIDTH, MARGIN = 344, 8
_NAME, _LINE, _LEG, _SHORT, _TUNNEL, _GAP = 36, 15, 26, 14, 20, 4
_FITS = 48
"""Characters of addresses that fit beside an arrow; longer ones take a line each."""


@dataclass(frozen=True, slots=True)
class Stop:
    """A place on the way. changes: what its NAT did to the packet. end: what became of it here, if it went no further.

    y, height: of its box.
    """

    place: str
    interfaces: str
    changes: tuple[str, ...]
    end: str
    y: int
    height: int


@dataclass(frozen=True, slots=True)
class Leg:
    """Between two places. tunnel: the outer packet, as `vxlan 172.18.0.11 > 172.18.0.12`; empty without one.

    is_same: outside of a tunnel, with the addresses of the leg before.
    """

    source: str
    destination: str
    tunnel: str
    is_same: bool
    y: int
    height: int

    @property
    def lines(self) -> tuple[str, ...]:
        """The addresses as they are written beside the arrow; nothing where they are those of the leg before."""
        if self.is_same:
            return ()
        whole = f"{self.source} → {self.destination}"
        return (whole,) if len(whole) <= _FITS else (self.source, f"→ {self.destination}")


@dataclass(frozen=True, slots=True)
class Drawing:
    """The way of one part of an exchange."""

    part: str
    packet: str
    stops: tuple[Stop, ...]
    legs: tuple[Leg, ...]
    height: int

    @property
    def pieces(self) -> Iterator[tuple[Stop, Leg | None]]:
        """Each stop with the leg that follows it: who hears the drawing hears it in this order."""
        return zip_longest(self.stops, self.legs)


def is_return(back: Drawing, there: Drawing) -> bool:
    """Whether a reply took the way of its probe: the same places, and on each leg the addresses changed about."""
    turned = [(leg.destination, leg.source, _turned(leg.tunnel)) for leg in reversed(there.legs)]
    return (
        back.part == "reply"
        and [stop.place for stop in back.stops] == [stop.place for stop in reversed(there.stops)]
        and [(leg.source, leg.destination, leg.tunnel) for leg in back.legs] == turned
    )


def returned(there: Drawing) -> Drawing:
    """A drawing that says at its end that the reply came back the same way."""
    *before, last = there.stops
    return replace(there, stops=(*before, replace(last, end=f"{last.end}; the reply came back the same way")))


def _turned(tunnel: str) -> str:
    kind, _, ends = tunnel.partition(" ")
    left, _, right = ends.partition(" > ")
    return f"{kind} {right} > {left}" if tunnel else ""


def boxes() -> tuple[int, ...]:
    """The heights that a stop's box can have: a name, and up to three lines of what happened there."""
    return tuple(_NAME + _LINE * lines for lines in range(4))


def arrows() -> tuple[tuple[int, bool], ...]:
    """The heights that a leg can have, and whether it is in a tunnel."""
    plain = (_SHORT, _LEG, _LEG + _LINE)
    return (*((height, False) for height in plain), *((height + _TUNNEL, True) for height in plain[1:]))


def drawings(way: Way, asked: str) -> tuple[Drawing, ...]:
    """The way there, and the way back if anything came back. asked: the address that the probe was sent to."""
    by_part: dict[str, list[Step]] = {}
    for step in way.steps:
        by_part.setdefault(step.part, []).append(step)
    return tuple(
        _of_several(_drawing(_once(steps), asked if part == "probe" else "", _end(part, by_part)), steps)
        for part, steps in by_part.items()
    )


def _once(steps: Sequence[Step]) -> list[Step]:
    """The sightings of the first of several packets of one way: segments of a request, fragments, what is sent again.

    A packet that comes by again has another TTL.
    """
    found: dict[tuple[object, ...], Step] = {}
    for step in steps:
        found.setdefault(_seen(step), step)
    return list(found.values())


def _of_several(drawn: Drawing, steps: Sequence[Step]) -> Drawing:
    """The drawing of one packet, with how many there were at its first place."""
    first, *others = map(_seen, steps)
    count = 1 + others.count(first)
    start, *rest = drawn.stops
    named = replace(start, interfaces=f"{start.interfaces}, {count} packets") if count > 1 else start
    return replace(drawn, stops=(named, *rest))


def _seen(step: Step) -> tuple[object, ...]:
    """Where a packet was seen, and with what."""
    return (step.place, step.interface, step.direction, *_ends(step), step.tunnel, step.ttl)


def _drawing(steps: Sequence[Step], asked: str, end: str) -> Drawing:
    visits = [list(group) for _, group in groupby(steps, key=lambda step: step.place)]
    stops: list[Stop] = []
    legs: list[Leg] = []
    y = 1
    for number, visit in enumerate(visits):
        is_last = number == len(visits) - 1
        # Where the first sighting at a place is behind its translation, the place before tells what came in.
        before = visits[number - 1][-1] if number else visit[0]
        changes = tuple(_changes(before, visit[-1], asked if number == 0 else ""))
        here = end if is_last else ""
        height = _NAME + _LINE * (len(changes) + bool(here))
        interfaces = " → ".join(key for key, _ in groupby(step.interface for step in visit))
        stops.append(Stop(visit[0].place, interfaces, changes, here, y, height))
        y += height + _GAP
        if not is_last:
            leg = _leg(visit[-1], visits[number + 1][0], legs[-1] if legs else None, y)
            legs.append(leg)
            y += leg.height + _GAP
    first = steps[0]
    return Drawing(first.part, first.packet, tuple(stops), tuple(legs), y)


def _leg(left: Step, arrived: Step, before: Leg | None, y: int) -> Leg:
    """What was on the wire. A place may be seen to send a packet only before it goes into its tunnel.

    Or it may be seen only to send on what came, and the tunnel of that is none of this leg.
    """
    tunnel = (arrived.tunnel if arrived.direction == "in" else "") or (
        left.tunnel if left.direction == "out" else ""
    )
    is_same = before is not None and not tunnel and (before.source, before.destination) == _ends(left)
    leg = Leg(*_ends(left), tunnel, is_same, y, 0)
    height = _SHORT if is_same else _LEG + _LINE * (len(leg.lines) - 1) + (_TUNNEL if tunnel else 0)
    return replace(leg, height=height)


def _ends(step: Step) -> tuple[str, str]:
    return step.source, step.destination


def _changes(before: Step, last: Step, asked: str) -> Iterator[str]:
    destination = asked or before.destination
    if destination != last.destination:
        yield f"destination {destination} ⇒ {last.destination}"
    if before.source != last.source:
        yield f"source {before.source} ⇒ {last.source}"


def _end(part: str, by_part: dict[str, list[Step]]) -> str:
    if part != "probe":
        return "came back"
    if "reply" in by_part:
        return "arrived"
    if "refusal" in by_part:
        return f"refused: {by_part['refusal'][0].packet}"
    return "seen last here"
