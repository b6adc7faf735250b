"""From expectation and observation to a verdict, and from verdicts to an exit code. Pure."""

from collections.abc import Collection
from dataclasses import replace

from conformance.difference import KnownDifference
from conformance.exit_codes import AS_DOCUMENTED, DIFFERS, INTERRUPTED, NOT_TESTED
from conformance.outcome import Changed, Lost, Outcome, Unstable
from conformance.results import Verdict

NOT_TOLD = (
    "silence was expected, and there was silence, but nothing proves it: sentinels behind the probes, which a sound "
    "cluster answers, were lost on the same way, though every place answered itself"
)
LOOK_AT_FAILURES = "the claims that fail in the same run: what they say was lost was lost on the same ways"
"""What to try where an observation was NOT_TOLD."""

NOT_OBSERVED = frozenset({Verdict.LAB_ERROR, Verdict.NOT_SUPPORTED, Verdict.NOT_RUN})
"""Verdicts of claims of which nothing is known: none of them is green."""


def verdict_of(expected: Outcome, observed: Outcome, difference: KnownDifference | None) -> Verdict:
    """What an observation comes to. A known difference that is not observed any more is stale, and fails.

    LAB_ERROR where nothing but the silence that was to be observed is seen, and nothing proves it.
    """
    if not is_told(expected if difference is None else difference.instead, observed):
        return Verdict.LAB_ERROR
    if difference is not None and observed == difference.instead:
        return Verdict.KNOWN_DIFFERENCE
    if observed == expected:
        return Verdict.PASS if difference is None else Verdict.STALE_DIFFERENCE
    return Verdict.FAIL


def is_told(awaited: Outcome, observed: Outcome) -> bool:
    """Whether an observation is as awaited, or is not. Silence without proof is neither, where silence is awaited."""
    proven = _as_if_proven(observed)
    return proven == observed or proven != awaited


def has_lost(observed: Outcome) -> bool:
    """Whether probes were lost as the sentinels behind them were: by what was under test, or by whatever hurt both."""
    match observed:
        case Lost():
            return True
        case Changed(before=before, after=after):
            return isinstance(before, Lost) or isinstance(after, Lost)
        case Unstable(history=history):
            return any(isinstance(fate.outcome, Lost) for fate in history)
        case _:
            return False


def _as_if_proven(observed: Outcome) -> Outcome:
    """What an observation would be, had the sentinels that were lost come through."""
    match observed:
        case Lost(seen=seen):
            return seen
        case Changed(before=before, after=after):
            steps = [each.seen if isinstance(each, Lost) else each for each in (before, after)]
            return replace(observed, before=steps[0], after=steps[1])
        case _:
            return observed


def exit_code(verdicts: Collection[Verdict], *, interrupted: bool) -> int:
    """The exit code of a run. A run in which nothing was observed is never green."""
    if interrupted:
        return INTERRUPTED
    if {Verdict.FAIL, Verdict.STALE_DIFFERENCE} & set(verdicts):
        return DIFFERS
    if not verdicts or NOT_OBSERVED & set(verdicts):
        return NOT_TESTED
    return AS_DOCUMENTED
