"""A sabotage as a report shows it: what became of each fault, and which claim noticed it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SabotageRow:
    """One fault. noticed: the first claim that saw it, with what it observed; empty where none did."""

    fault: str
    fate: str
    noticed: str


@dataclass(frozen=True, slots=True)
class SabotageTable:
    """The faults of one sabotage, survivors first. survived: whether any fault did that nothing explains."""

    title: str
    sentence: str
    survived: bool
    rows: tuple[SabotageRow, ...]
