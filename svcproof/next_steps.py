"""The three commands that help most after a run."""

import shlex
from pathlib import Path

from conformance.results import Run, Verdict


def next_steps(run: Run, directory: Path) -> tuple[str, str, str]:
    """Commands to type, each with what it is good for."""
    differs = [claim for claim in run.claims if claim.verdict in (Verdict.FAIL, Verdict.STALE_DIFFERENCE)]
    broken = [claim for claim in run.claims if claim.verdict is Verdict.LAB_ERROR]
    where = shlex.quote(str(_near(directory)))
    if differs:
        claim = shlex.quote(differs[0].id)
        return (
            _step(f"svcproof rerun {claim} --run {where}", "the first that fails, alone on a fresh lab"),
            _step(
                f"svcproof bundle {where} {claim} --redact", "its evidence without addresses, for an issue"
            ),
            _step(f"svcproof up {run.profile}", "a lab that stays, to look around in"),
        )
    if broken or run.errors or not run.claims:
        return (
            _step(f"svcproof doctor {run.profile}", "what this machine lacks"),
            _step(f"ls {where}/logs", "the logs of every program"),
            _step(f"svcproof up {run.profile}", "a lab that stays, to look around in"),
        )
    other = "nftables-flannel" if run.profile != "nftables-flannel" else "iptables-flannel"
    return (
        _step(f"svcproof compare {where} RUN", "in what an earlier run differs"),
        _step(f"svcproof report {where} RUN", f"one report of several runs, such as one of {other}"),
        _step(f"svcproof sabotage {run.profile}", "whether these claims would notice a broken rule"),
    )


def _near(directory: Path) -> Path:
    """The directory as it is typed from here, where that is shorter."""
    here = Path.cwd()
    return directory.relative_to(here) if directory.is_relative_to(here) else directory


def _step(command: str, why: str) -> str:
    return f"{command}   # {why}"
