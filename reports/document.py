"""The runs of one report, each with a name to tell it from the others."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from conformance.results import Run
from reports.anchor import anchor


@dataclass(frozen=True, slots=True)
class Shown:
    """A run of a report. label: its profile, and its id where several have the profile."""

    run: Run
    label: str

    @property
    def key(self) -> str:
        """What the ids of its parts on the page end with."""
        return anchor(self.label)


def shown(runs: Sequence[Run]) -> tuple[Shown, ...]:
    """The runs with their labels, in the order in which they were given."""
    profiles = Counter(run.profile for run in runs)
    return tuple(
        Shown(run, run.profile if profiles[run.profile] == 1 else f"{run.profile} {run.run_id}")
        for run in runs
    )
