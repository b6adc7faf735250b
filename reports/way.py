"""The way of a packet as rows of a table, with the places marked at which a NAT changed an address."""

from dataclasses import dataclass

from conformance.results import Step, Way


@dataclass(frozen=True, slots=True)
class Hop:
    """A step, and what it bore one step before. A former address is empty where it is still the same.

    turns: this step belongs to another part of the exchange than the one before.
    """

    step: Step
    former_source: str
    former_destination: str
    turns: bool


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
            )
        )
        latest[step.part] = step
    return tuple(found)


def _former(before: str, now: str) -> str:
    return "" if before == now else before
