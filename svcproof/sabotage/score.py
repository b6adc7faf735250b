"""The arithmetic of a sabotage: how many faults were noticed, and the exit code. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from conformance.exit_codes import AS_DOCUMENTED, DIFFERS, INTERRUPTED, NOT_TESTED
from svcproof.sabotage.results import Fate, FaultResult, Sabotage
from svcproof.sabotage.seen_red import blind


@dataclass(frozen=True, slots=True)
class Score:
    """Counts of faults by what became of them.

    Of the survivors: twins were noticed in the same rule of another Service, equivalent ones are on record as changing
    nothing, owed ones with the claim that is missing, and open ones are not on record; unsettled are those of the open
    ones for which there was no time.
    """

    noticed: int
    twins: int
    equivalent: int
    owed: int
    open: int
    unsettled: int
    not_testable: int
    refused: int
    harmless: int
    alarmed: int

    @property
    def percent(self) -> float:
        """Of the faults that change what packets do, as far as is known, how many were noticed, or their twins."""
        found = self.noticed + self.twins
        judged = found + self.owed + self.open + self.not_testable
        return 100.0 * found / judged if judged else 0.0


def score(faults: Sequence[FaultResult]) -> Score:
    """Counts faults."""
    fates = [fault.fate for fault in faults]
    survived = [fault for fault in faults if fault.fate is Fate.SURVIVED]
    return Score(
        noticed=fates.count(Fate.NOTICED),
        twins=sum(bool(fault.twin) and not fault.recorded for fault in survived),
        equivalent=sum(bool(fault.recorded) and not fault.owed and not is_open(fault) for fault in survived),
        owed=sum(bool(fault.owed) for fault in survived),
        open=sum(is_open(fault) for fault in survived),
        unsettled=sum(is_open(fault) and bool(fault.unsettled) for fault in survived),
        not_testable=fates.count(Fate.NOT_TESTABLE),
        refused=fates.count(Fate.REFUSED),
        harmless=fates.count(Fate.HARMLESS),
        alarmed=fates.count(Fate.ALARMED),
    )


def is_open(fault: FaultResult) -> bool:
    """Whether a fault survived and nothing says why it may, or packets were asked and do not show what does."""
    if fault.fate is not Fate.SURVIVED or fault.owed:
        return False
    is_doubted = fault.equivalence is not None and not fault.equivalence.is_shown
    return is_doubted if fault.recorded else not fault.twin


def exit_code(sabotage: Sabotage) -> int:
    """0 where every survivor is on record; 1 where one is not, a harmless fault was noticed, or a claim is blind.

    3 where nothing was tried, a fault could not be tested, a claim was not as expected without any fault, or there was
    no time to settle a survivor.
    """
    if sabotage.interrupted:
        return INTERRUPTED
    counts = score(sabotage.faults)
    if counts.open > counts.unsettled or counts.alarmed or blind(sabotage):
        return DIFFERS
    tried = sabotage.faults or sabotage.listed
    doubtful = counts.unsettled or counts.not_testable or sabotage.baseline or sabotage.behind
    return NOT_TESTED if not tried or doubtful else AS_DOCUMENTED
