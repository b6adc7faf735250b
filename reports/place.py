"""Where the parts of a claim stand on the page: in its section, those of each run together."""

from dataclasses import dataclass

from reports.anchor import anchor
from reports.catalogue import Entry


@dataclass(frozen=True, slots=True)
class Place:
    """The part of a run of the section of a claim."""

    anchor: str
    claim: str
    run: str

    def seen_from(self, here: "Place") -> str:
        """What leads there, in words."""
        of_claim = self.claim if self.claim != here.claim else ""
        in_run = f"in {self.run}" if self.run != here.run else ""
        return " ".join(filter(None, (of_claim, in_run))) or "above"


def places(entry: Entry, *, many: bool) -> tuple[Place, ...]:
    """Where each run of a claim has its part. many: whether the page is of several runs."""
    where = anchor(entry.id)
    return tuple(
        Place(f"{where}@{run.key}" if many else where, entry.id, run.label) for run, _ in entry.results
    )
