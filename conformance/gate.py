"""What turns a run red beyond its own verdicts, or lets known failures pass. Pure."""

import fnmatch
from collections.abc import Sequence

from conformance.exit_codes import AS_DOCUMENTED, DIFFERS, NOT_TESTED
from conformance.results import Run, Verdict

_OBSERVED = frozenset({Verdict.PASS, Verdict.KNOWN_DIFFERENCE})
_DIFFERS = frozenset({Verdict.FAIL, Verdict.STALE_DIFFERENCE})


def unmet(run: Run, required: Sequence[str]) -> tuple[str, ...]:
    """The patterns of `--require` that no claim matches, or that a claim matches which was not observed as it must."""
    return tuple(
        pattern
        for pattern in required
        if not (verdicts := [each.verdict for each in run.claims if fnmatch.fnmatchcase(each.id, pattern)])
        or not set(verdicts) <= _OBSERVED
    )


def new_failures(run: Run, baseline: Run) -> tuple[str, ...]:
    """The claims that differ and did not differ in the same way in the baseline."""
    before = {claim.id: claim.observed for claim in baseline.claims if claim.verdict in _DIFFERS}
    return tuple(
        claim.id
        for claim in run.claims
        if claim.verdict in _DIFFERS and (claim.id not in before or before[claim.id] != claim.observed)
    )


def gated(run: Run, *, required: Sequence[str], baseline: Run | None) -> int:
    """The exit code with `--require` and `--baseline`. Neither makes a run green in which something was not tested."""
    code = run.exit_code
    if code == DIFFERS and baseline is not None and not new_failures(run, baseline):
        untested = any(claim.verdict not in _OBSERVED | _DIFFERS for claim in run.claims)
        code = NOT_TESTED if untested or run.errors else AS_DOCUMENTED
    if code in (AS_DOCUMENTED, NOT_TESTED) and unmet(run, required):
        code = DIFFERS
    return code
