"""The arithmetic of a sabotage: how many faults were noticed, and the exit code. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from conformance.verdict import AS_DOCUMENTED, DIFFERS, INTERRUPTED, NOT_TESTED
from svcproof.sabotage.results import Fate, FaultResult, Sabotage


@dataclass(frozen=True, slots=True)
class Score:
    """Counts of faults by what became of them. settled: survivors with a reason on record; open: those without."""

    noticed: int
    settled: int
    open: int
    not_testable: int
    refused: int
    harmless: int
    alarmed: int

    @property
    def percent(self) -> float:
        """Of the faults that could be noticed or can be told from sound rules at all, how many were."""
        judged = self.noticed + self.open
        return 100.0 * self.noticed / judged if judged else 100.0


def score(faults: Sequence[FaultResult]) -> Score:
    """Counts faults."""
    fates = [fault.fate for fault in faults]
    settled = sum(fault.fate is Fate.SURVIVED and bool(fault.recorded) for fault in faults)
    return Score(
        noticed=fates.count(Fate.NOTICED),
        settled=settled,
        open=fates.count(Fate.SURVIVED) - settled,
        not_testable=fates.count(Fate.NOT_TESTABLE),
        refused=fates.count(Fate.REFUSED),
        harmless=fates.count(Fate.HARMLESS),
        alarmed=fates.count(Fate.ALARMED),
    )


def exit_code(sabotage: Sabotage) -> int:
    """0 where every survivor is on record; 1 where one is not, or a harmless fault was noticed; 3 for nothing tried."""
    if sabotage.interrupted:
        return INTERRUPTED
    counts = score(sabotage.faults)
    if counts.open or counts.alarmed:
        return DIFFERS
    tried = sabotage.faults or sabotage.listed
    return AS_DOCUMENTED if tried else NOT_TESTED
