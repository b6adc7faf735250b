"""A sabotage as a report shows it: what became of each fault, and which claim noticed it."""

from dataclasses import dataclass
from itertools import groupby


@dataclass(frozen=True, slots=True)
class SabotageRow:
    """One fault. claim: the first that noticed it, empty where none did. told: what it observed, or why none did."""

    fault: str
    fate: str
    claim: str
    told: str


@dataclass(frozen=True, slots=True)
class SabotageTable:
    """The faults of one sabotage by their fate, survivors first. open: the fates that say something is wrong."""

    title: str
    profile: str
    sentence: str
    open: frozenset[str]
    rows: tuple[SabotageRow, ...]

    @property
    def by_fate(self) -> tuple[tuple[str, tuple[SabotageRow, ...]], ...]:
        """The rows of each fate, in the order in which they come."""
        return tuple((fate, tuple(rows)) for fate, rows in groupby(self.rows, key=lambda row: row.fate))

    @property
    def wrong(self) -> tuple[SabotageRow, ...]:
        """The faults that should have become something else."""
        return tuple(row for row in self.rows if row.fate in self.open)
