"""From expectation and observation to a verdict, and from verdicts to an exit code. Pure."""

from collections.abc import Collection

from conformance.known import KnownDifference
from conformance.outcome import Outcome
from conformance.results import Verdict

NOT_OBSERVED = frozenset({Verdict.LAB_ERROR, Verdict.NOT_SUPPORTED, Verdict.NOT_RUN})
"""Verdicts of claims of which nothing is known: none of them is green."""

AS_DOCUMENTED, DIFFERS, USAGE, NOT_TESTED, INTERRUPTED = 0, 1, 2, 3, 130


def verdict_of(expected: Outcome, observed: Outcome, difference: KnownDifference | None) -> Verdict:
    """What an observation comes to. A known difference that is not observed any more is stale, and fails."""
    if difference is not None and observed == difference.instead:
        return Verdict.KNOWN_DIFFERENCE
    if observed == expected:
        return Verdict.PASS if difference is None else Verdict.STALE_DIFFERENCE
    return Verdict.FAIL


def exit_code(verdicts: Collection[Verdict], *, interrupted: bool) -> int:
    """The exit code of a run. A run in which nothing was observed is never green."""
    if interrupted:
        return INTERRUPTED
    if {Verdict.FAIL, Verdict.STALE_DIFFERENCE} & set(verdicts):
        return DIFFERS
    if not verdicts or NOT_OBSERVED & set(verdicts):
        return NOT_TESTED
    return AS_DOCUMENTED
