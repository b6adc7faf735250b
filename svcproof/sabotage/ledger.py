"""What has become of each fault so far, in which rounds it can be made, and what is still open."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace

from svcproof.sabotage.fault import shape_of
from svcproof.sabotage.results import Fate, FaultResult
from svcproof.sabotage.rounds import Round
from svcproof.sabotage.score import is_open

UNDECIDED = (Fate.SURVIVED, Fate.NOT_TESTABLE)
"""What claims of a later round may still notice: they ask in other circumstances, or from other senders."""


@dataclass(slots=True)
class Ledger:
    """results: by name of fault. homes: the rounds in whose rules a fault can be made, in their order, by its name.

    last: the round in which it was made last.
    """

    results: dict[str, FaultResult] = field(default_factory=dict)
    homes: dict[str, list[Round]] = field(default_factory=dict)
    last: dict[str, Round] = field(default_factory=dict)

    def enter(self, names: Collection[str], round_: Round) -> list[str]:
        """Notes which faults this round's rules can have; those that no round before it could."""
        fresh = [name for name in names if name not in self.homes]
        for name in names:
            self.homes.setdefault(name, []).append(round_)
        return fresh

    def note(self, result: FaultResult, round_: Round) -> None:
        """Keeps a result, with what earlier rounds asked before it.

        That no claim of this round noticed a fault, or that it could not be made here, tells less than what became of
        it in an earlier one.
        """
        before = self.results.get(result.name)
        if before is not None:
            could_not_tell = before.fate is Fate.NOT_TESTABLE and result.fate is Fate.SURVIVED
            refused_here = before.fate in UNDECIDED and result.fate is Fate.REFUSED
            kept = before if could_not_tell or refused_here else result
            result = replace(_counted(kept, before, result), unsettled=before.unsettled)
        self.results[result.name] = result
        self.last[result.name] = round_

    def gather(self, result: FaultResult, round_: Round) -> None:
        """Keeps what was noticed of a fault in every round, for one that all claims are asked about."""
        before = self.results.get(result.name)
        if before is not None and Fate.NOTICED in (before.fate, result.fate):
            noticed = [each for each in (before, result) if each.fate is Fate.NOTICED]
            notices = tuple(notice for each in noticed for notice in each.notices)
            result = replace(result, fate=Fate.NOTICED, notices=notices)
        if before is not None:
            told = tuple(dict.fromkeys((*before.told, *result.told)))
            result = replace(_counted(result, before, result), told=told)
        self.results[result.name] = result
        self.last[result.name] = round_

    def leave_unsettled(self, name: str, why: str) -> None:
        """Notes of a survivor what there was no time for; what was noticed, or has a twin that was, needs no more."""
        result = self.results[name]
        if is_open(result) and not result.unsettled:
            self.results[name] = replace(result, unsettled=why)

    def may_be_noticed_yet(self, name: str, *, recorded_too: bool, at_home: bool) -> bool:
        """Whether another round should ask about it: it is undecided so far, and no record says that it may survive.

        at_home: also where a twin was noticed, which is enough for a sample.
        """
        before = self.results.get(name)
        if before is None or before.fate not in UNDECIDED or (before.recorded and not recorded_too):
            return False
        return at_home or not self.has_twin(name)

    def has_twin(self, name: str) -> bool:
        """Whether a fault of its shape was noticed."""
        return shape_of(name) in self.noticed()

    def open(self) -> list[FaultResult]:
        """The faults of the rules that survived, and nothing says why they may."""
        return [result for result in self.results.values() if is_open(result) and result.where]

    def noticed(self) -> dict[str, str]:
        """A fault that was noticed, by shape."""
        noticed = [name for name, result in self.results.items() if result.fate is Fate.NOTICED]
        return {shape_of(name): name for name in noticed}

    def missing_twins(self) -> list[str]:
        """Faults that were not tried, in the same rules of other Services as survivors for which no twin was."""
        shapes = {shape_of(result.name) for result in self.open()} - self.noticed().keys()
        return [name for name in self.homes if name not in self.results and shape_of(name) in shapes]

    def name_twins(self) -> None:
        """Says of each survivor which twin of it was noticed, if one was."""
        noticed = self.noticed()
        for result in self.open():
            twin = noticed.get(shape_of(result.name), "")
            self.results[result.name] = replace(result, twin=twin)


def _counted(kept: FaultResult, before: FaultResult, now: FaultResult) -> FaultResult:
    """A result with what both times took."""
    return replace(
        kept,
        seconds=before.seconds + now.seconds,
        judged=before.judged + now.judged,
        uncaptured=before.uncaptured + now.uncaptured,
    )
