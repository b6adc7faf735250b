"""What has become of each fault so far, in which rounds it can be made, and what is still open."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace

from svcproof.sabotage.fault import shape_of
from svcproof.sabotage.results import Fate, FaultResult, Notice
from svcproof.sabotage.rounds import Round
from svcproof.sabotage.score import is_open

UNDECIDED = (Fate.SURVIVED, Fate.NOT_TESTABLE)
"""What claims of a later round may still notice: they ask in other circumstances, or from other senders."""

_FIRST_COUNTS = (
    Fate.ALARMED,
    Fate.NOTICED,
    Fate.NOT_TESTABLE,
    Fate.SURVIVED,
    Fate.HARMLESS,
    Fate.REFUSED,
)
"""Of what a fault came to in several rounds, the first of these is what it comes to: one that noticed is enough."""


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
        """Keeps of a fault that all claims are asked about what the claims of every round said of it."""
        before = self.results.get(result.name)
        self.results[result.name] = result if before is None else together(before, result)
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


def together(before: FaultResult, now: FaultResult) -> FaultResult:
    """What the claims of some rounds said of a fault, and then those of another.

    A claim of the network is asked in many rounds: it has noticed if it did once, and could tell if it could once.
    """
    both = (before, now)
    fate = min(before.fate, now.fate, key=_FIRST_COUNTS.index)
    notices = _by_claim(notice for each in both if each.fate is fate for notice in each.notices)
    noticed = {each.claim for each in notices} if fate is Fate.NOTICED else set()
    quiet = {claim: None for each in both for claim in each.quiet if claim not in noticed}
    untold = _by_claim(notice for each in both for notice in each.untold)
    return replace(
        _counted(now, before, now),
        fate=fate,
        notices=notices,
        told=tuple(dict.fromkeys((*before.told, *now.told))),
        quiet=tuple(quiet),
        untold=tuple(each for each in untold if each.claim not in noticed | quiet.keys()),
        error=before.error or now.error,
    )


def _by_claim(notices: Iterable[Notice]) -> tuple[Notice, ...]:
    """The first of each claim."""
    first: dict[str, Notice] = {}
    for notice in notices:
        first.setdefault(notice.claim, notice)
    return tuple(first.values())
