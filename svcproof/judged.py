"""From a finished test to the result of its claim. Pure but for what the test left behind."""

from dataclasses import replace

from conformance.live import Live
from conformance.results import ClaimResult, Convergence, Verdict
from conformance.verdict import LOOK_AT_FAILURES, NOT_TOLD, verdict_of
from lab.errors import LabError, MissingRequirement
from lab.model import lost_behind
from svcproof.collected import CollectedClaim, not_run
from svcproof.evidence import batch_record, flow_record, ways, ways_of_probes


def claim_result(
    claim: CollectedClaim,
    live: Live | None,
    raised: BaseException | None,
    *,
    seconds: float,
    worker: str,
) -> ClaimResult:
    """What a claim came to. raised: what ended the test, if anything but its end did."""
    base = replace(not_run(claim, ""), seconds=seconds, worker=worker)
    observations = () if live is None else live.observations
    if isinstance(raised, MissingRequirement):
        return replace(base, verdict=Verdict.NOT_SUPPORTED, error=_words(raised))
    if raised is not None and not isinstance(raised, AssertionError):
        return replace(_with_captured(base, live), verdict=Verdict.LAB_ERROR, error=_words(raised))
    if not observations:
        return replace(base, verdict=Verdict.LAB_ERROR, error="the scenario observed nothing")
    last = observations[-1]
    verdict = verdict_of(claim.expect, last.outcome, claim.difference)
    if verdict is Verdict.LAB_ERROR:
        seen = [f"seen: {last.outcome}", *(f"lost: {each}" for each in lost_behind(last.traces))]
        untold = LabError(NOT_TOLD, output="\n".join(seen), next_step=LOOK_AT_FAILURES)
        base = _with_captured(base, live)
        return replace(base, verdict=verdict, batch=batch_record(last), ways=ways(last), error=str(untold))
    if verdict is Verdict.PASS and raised is not None:
        # The observation is as expected and yet an assertion failed: not to be taken for a pass.
        verdict, base = Verdict.FAIL, replace(base, error=_words(raised))
    return replace(
        base,
        verdict=verdict,
        flow=flow_record(last.flow, last),
        observed=last.outcome,
        observed_text=str(last.outcome),
        batch=batch_record(last),
        ways=ways(last),
        convergence=tuple(Convergence(each.node, each.seconds) for each in last.followed),
    )


def _with_captured(result: ClaimResult, live: Live | None) -> ClaimResult:
    """The result with what was captured last, though nothing came of it."""
    if live is None or live.captured is None:
        return result
    captured = live.captured
    return replace(result, flow=flow_record(captured.flow, captured), ways=ways_of_probes(captured))


def _words(raised: BaseException) -> str:
    if isinstance(raised, LabError):
        return str(raised)
    return f"{type(raised).__name__}: {raised}"
