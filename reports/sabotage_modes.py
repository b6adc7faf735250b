"""Sabotages of one proxy mode, told together: the mode writes the rules, whichever network is below them. Pure."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from itertools import groupby

from reports.sabotage import SabotageTable, Told

_MOST = 200
"""Claims or reasons of one fate that have a line of their own."""


@dataclass(frozen=True, slots=True)
class Line:
    """What is told of faults, in the words of the first sabotage that tells it. faults: how many they are in each.

    is_one: whether the fault that is named is all, in each of the sabotages.
    """

    told: Told
    faults: tuple[int, ...]
    is_one: bool = False


@dataclass(frozen=True, slots=True)
class Fate:
    """All faults of one fate. faults: how many they are in each sabotage."""

    fate: str
    is_wrong: bool
    faults: tuple[int, ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Mode:
    """The sabotages of one proxy mode, in the order in which they were given."""

    tables: tuple[SabotageTable, ...]

    @property
    def labels(self) -> tuple[str, ...]:
        """What each is called beside a number: its profile, where that is no other's."""
        profiles = [each.profile for each in self.tables]
        return tuple(
            each.profile if profiles.count(each.profile) == 1 else each.title for each in self.tables
        )

    @property
    def fates(self) -> tuple[Fate, ...]:
        """What faults became in any of them, what is wrong first."""
        names = dict.fromkeys(each.fate for table in self.tables for each in table.by_fate)
        found = [self._fate(name) for name in names]
        return tuple(sorted(found, key=lambda each: not each.is_wrong))

    def _fate(self, name: str) -> Fate:
        became = [{each.fate: each for each in table.by_fate}.get(name) for table in self.tables]
        together = any(each is not None and each.is_large for each in became)
        lines: dict[Hashable, tuple[Told, list[int], set[str]]] = {}
        for number, each in enumerate(became):
            for told in each.lines(together=together) if each else ():
                key = told.claim or told.told if together else told
                _, faults, named = lines.setdefault(key, (told, [0] * len(became), set()))
                faults[number] += len(told.faults) + told.left
                named.update(told.faults)
        found = [
            Line(told, tuple(faults), is_one=set(faults) == {1} and len(named) == 1)
            for told, faults, named in lines.values()
        ]
        return Fate(
            name,
            any(each is not None and each.is_wrong for each in became),
            tuple(len(each.rows) if each else 0 for each in became),
            _most_first(found) if together else tuple(found),
        )


def _most_first(lines: Sequence[Line]) -> tuple[Line, ...]:
    """Those that tell of most faults, and one for all others together."""
    ordered = sorted(lines, key=lambda each: -sum(each.faults))
    shown, rest = ordered[:_MOST], ordered[_MOST:]
    if not rest:
        return tuple(shown)
    what = "claims" if rest[0].told.claim else "reasons"
    faults = tuple(map(sum, zip(*(each.faults for each in rest), strict=True)))
    return (
        *shown,
        Line(Told("", f"{len(rest):,} other {what}, each of fewer faults", (), sum(faults)), faults),
    )


def by_mode(tables: Sequence[SabotageTable]) -> tuple[Mode, ...]:
    """The sabotages by their proxy mode, in the order of the first of each."""
    modes = list(dict.fromkeys(_mode(each) for each in tables))
    ordered = sorted(tables, key=lambda each: modes.index(_mode(each)))
    return tuple(Mode(tuple(group)) for _, group in groupby(ordered, key=_mode))


def _mode(table: SabotageTable) -> str:
    return table.profile.partition("-")[0]
