"""A sabotage as a report shows it: what became of each fault, and which claim noticed it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

_EACH = 200
"""Faults of one fate that each have a line. Of more, those of which the same is told stand together."""
_MOST = 400
"""Faults that are wrong and have a line: with more, nobody goes through them here."""
_NAMED = 1
"""Faults that stand for such a group; the sabotage's own table has all."""


@dataclass(frozen=True, slots=True)
class SabotageRow:
    """One fault. claim: the first that noticed it, empty where none did. told: what it observed, or why none did.

    is_of_rules: it was made in kube-proxy's rules, and not beside them (in the network, of a connection, a process).
    """

    fault: str
    fate: str
    claim: str
    told: str
    is_of_rules: bool = True


@dataclass(frozen=True, slots=True)
class Told:
    """Faults that the same claim noticed, or of which the same is told. left: how many more than are named."""

    claim: str
    told: str
    faults: tuple[str, ...]
    left: int


@dataclass(frozen=True, slots=True)
class Became:
    """All faults of one fate. is_wrong: the fate says that something is wrong."""

    fate: str
    is_wrong: bool
    rows: tuple[SabotageRow, ...]

    @property
    def is_large(self) -> bool:
        """Whether faults of which the same is told stand together, because they are too many."""
        return not self.is_wrong and len(self.rows) > _EACH

    @property
    def told(self) -> tuple[Told, ...]:
        """Each fault by itself, or where there are too many those together of which the same is told, most first."""
        return self.lines(together=self.is_large)

    def lines(self, *, together: bool) -> tuple[Told, ...]:
        """Each fault by itself, or those together of which the same is told, most first."""
        if not together:
            left = len(self.rows) - _MOST
            more = (Told("", "", (), left),) if left > 0 else ()
            return (*(_told([row], row.told) for row in self.rows[:_MOST]), *more)
        alike: dict[str, list[SabotageRow]] = {}
        for row in self.rows:
            alike.setdefault(row.claim or _first_line(row.told), []).append(row)
        groups = (_told(rows, _most_frequent(rows)) for rows in alike.values())
        return tuple(sorted(groups, key=lambda each: -len(each.faults) - each.left))

    @property
    def counted(self) -> tuple[int, int]:
        """How many are of the rules, and how many lie beside them."""
        of_rules = sum(row.is_of_rules for row in self.rows)
        return of_rules, len(self.rows) - of_rules


@dataclass(frozen=True, slots=True)
class SabotageTable:
    """The faults of one sabotage by their fate, survivors first. open: the fates that say something is wrong.

    never_red: the claims that no fault turned red, with why.
    """

    title: str
    profile: str
    sentence: str
    open: frozenset[str]
    rows: tuple[SabotageRow, ...]
    never_red: Mapping[str, str] = field(default_factory=dict)

    @property
    def never_by_reason(self) -> Mapping[str, Sequence[str]]:
        """The same by reason."""
        return by_reason(self.never_red)

    @property
    def by_fate(self) -> tuple[Became, ...]:
        """The faults of each fate, in the order in which they come."""
        return tuple(
            Became(fate, fate in self.open, tuple(rows))
            for fate, rows in groupby(self.rows, key=lambda row: row.fate)
        )

    @property
    def wrong(self) -> tuple[Became, ...]:
        """The faults that should have become something else."""
        return tuple(each for each in self.by_fate if each.is_wrong)


def by_reason(never_red: Mapping[str, str]) -> Mapping[str, Sequence[str]]:
    """Reasons, each with its claims in their order."""
    found: dict[str, list[str]] = {}
    for claim, why in sorted(never_red.items()):
        found.setdefault(why, []).append(claim)
    return found


def _told(rows: Sequence[SabotageRow], told: str) -> Told:
    faults = tuple(row.fault for row in rows[:_NAMED])
    return Told(rows[0].claim, _first_line(told), faults, len(rows) - len(faults))


def _most_frequent(rows: Sequence[SabotageRow]) -> str:
    [(told, _)] = Counter(row.told for row in rows).most_common(1)
    return told


def _first_line(text: str) -> str:
    return text.partition("\n")[0]
