"""How soon the rules of every node followed a change, as dots on a scale of time. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from conformance.results import ClaimResult
from reports.document import Shown


@dataclass(frozen=True, slots=True)
class Dot:
    """One change. share: of the longest time of all runs, 0 to 1."""

    seconds: float
    share: float


@dataclass(frozen=True, slots=True)
class Strip:
    """The changes of a run. Seconds."""

    label: str
    dots: tuple[Dot, ...]
    median: float
    most: float


def followed(runs: Sequence[Shown]) -> tuple[tuple[Shown, ClaimResult], ...]:
    """The claims about a change, with how long each node took to follow it, run by run."""
    return tuple((run, claim) for run in runs for claim in run.run.claims if claim.convergence)


def strips(runs: Sequence[Shown]) -> tuple[Strip, ...]:
    """A strip for each run that changed anything, all on one scale."""
    times = {
        run.label: [each for lab in run.run.labs for each in lab.figures.programmed_seconds] for run in runs
    }
    longest = max((each for found in times.values() for each in found), default=0.0)
    return tuple(
        Strip(
            label,
            tuple(Dot(each, each / longest if longest else 0.0) for each in sorted(found)),
            median(found),
            max(found),
        )
        for label, found in times.items()
        if found
    )
