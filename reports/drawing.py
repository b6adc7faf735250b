"""A packet's way as a drawing: places from top to bottom, with the addresses on each leg between them. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from conformance.results import Step, Way

WIDTH = 344
_NAME, _LINE, _LEG, _TUNNEL, _GAP = 36, 15, 40, 20, 4


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
    """Between two places. tunnel: the outer packet, as `vxlan 172.18.0.11 > 172.18.0.12`; empty without one."""

    source: str
    destination: str
    tunnel: str
    y: int
    height: int


@dataclass(frozen=True, slots=True)
class Drawing:
    """The way of one part of an exchange. description: the same in words."""

    part: str
    packet: str
    stops: tuple[Stop, ...]
    legs: tuple[Leg, ...]
    height: int
    description: str


def drawings(way: Way, asked: str) -> tuple[Drawing, ...]:
    """The way there, and the way back if anything came back. asked: the address that the probe was sent to."""
    by_part: dict[str, list[Step]] = {}
    for step in way.steps:
        by_part.setdefault(step.part, []).append(step)
    return tuple(
        _drawing(steps, asked if part == "probe" else "", _end(part, by_part))
        for part, steps in by_part.items()
    )


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
            leg = _leg(visit[-1], visits[number + 1][0], y)
            legs.append(leg)
            y += leg.height + _GAP
    first = steps[0]
    return Drawing(first.part, first.packet, tuple(stops), tuple(legs), y, _description(stops, legs))


def _leg(left: Step, arrived: Step, y: int) -> Leg:
    """What was on the wire. A place may be seen to send a packet only before it goes into its tunnel."""
    tunnel = arrived.tunnel or (left.tunnel if left.direction == "out" else "")
    return Leg(left.source, left.destination, tunnel, y, _LEG + (_TUNNEL if tunnel else 0))


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


def _description(stops: Sequence[Stop], legs: Sequence[Leg]) -> str:
    """The drawing for those who do not see it."""
    told = []
    for number, stop in enumerate(stops):
        words = [f"{stop.place} ({stop.interfaces})", *stop.changes]
        if stop.end:
            words.append(stop.end)
        if number < len(legs):
            leg = legs[number]
            inside = f" in {leg.tunnel}" if leg.tunnel else ""
            words.append(f"sends {leg.source} to {leg.destination}{inside}")
        told.append(", ".join(words))
    return "; ".join(told)
