"""The way of a packet as rows of a table, with the places marked at which a NAT changed an address."""

from dataclasses import dataclass

from conformance.results import Step, Way


@dataclass(frozen=True, slots=True)
class Hop:
    """A step, and what it bore one step before. A former address is empty where it is still the same.

    turns: this step belongs to another part of the exchange than the one before.
    is_new: it is another packet than the one before, or bears other addresses. is_elsewhere: it is seen at another
    place than the one before. has_other_ttl: its TTL is another than that of the one before.
    """

    step: Step
    former_source: str
    former_destination: str
    turns: bool
    is_new: bool
    is_elsewhere: bool
    has_other_ttl: bool


def hops(way: Way) -> tuple[Hop, ...]:
    """The steps of a way, each compared with the step before it of the same part (probe, reply, refusal)."""
    latest: dict[str, Step] = {}
    found: list[Hop] = []
    for step in way.steps:
        before = latest.get(step.part, step)
        found.append(
            Hop(
                step=step,
                former_source=_former(before.source, step.source),
                former_destination=_former(before.destination, step.destination),
                turns=bool(found) and found[-1].step.part != step.part,
                is_new=not found or _told(found[-1].step) != _told(step),
                is_elsewhere=not found or found[-1].step.place != step.place,
                has_other_ttl=not found or found[-1].step.ttl != step.ttl,
            )
        )
        latest[step.part] = step
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Widths:
    """Columns of a wire log, in characters."""

    time: int
    place: int
    interface: int


def widths(way: Way) -> Widths:
    """Columns as wide as what stands in them."""
    return Widths(
        time=max((len(f"{step.time_us:,}") for step in way.steps), default=0),
        place=max((len(step.place) for step in way.steps), default=0),
        interface=max((len(step.interface) for step in way.steps), default=0),
    )


def _told(step: Step) -> tuple[str, ...]:
    return (step.part, step.packet, step.source, step.destination)


def _former(before: str, now: str) -> str:
    return "" if before == now else before
