"""`svcproof rerun`: whether a claim comes to the same alone, on a fresh lab. Pure."""

from conformance.results import ClaimResult, Run
from lab.errors import UsageError


def claim_of_run(run: Run, claim_id: str) -> ClaimResult:
    """The claim of this id. UsageError where the run has none."""
    for claim in run.claims:
        if claim.id == claim_id:
            return claim
    raise UsageError(
        f"the run {run.run_id} has no claim {claim_id!r}",
        next_step=f"svcproof claims {run.profile} lists them",
    )


def isolation_words(before: ClaimResult, after: ClaimResult) -> str:
    """Whether isolation changed the verdict, in a few lines."""
    same = (before.verdict, before.observed) == (after.verdict, after.observed)
    lines = [
        f"{after.id}: " + ("the same alone" if same else "isolation changed what was observed"),
        f"  in the run: {before.verdict}: {before.observed_text or before.error}",
        f"  alone:      {after.verdict}: {after.observed_text or after.error}",
    ]
    return "\n".join(lines)
