"""The command that runs one claim again."""

import shlex

from conformance.results import ClaimResult, Run


def rerun_command(run: Run, claim: ClaimResult) -> str:
    """What to type to run this claim alone, on the same profile."""
    return shlex.join(["svcproof", "run", run.profile, "--claim", claim.id])
