"""The three commands that help most after a run."""

import shlex
from pathlib import Path

from conformance.results import Run, Verdict
from lab.profiles import PROFILES

_SABOTAGE = "svcproof sabotage {}   # whether these claims would notice a broken rule"


def next_steps(run: Run, directory: Path) -> tuple[str, str, str]:
    """Commands to type, each with what it is good for."""
    differs = [claim for claim in run.claims if claim.verdict in (Verdict.FAIL, Verdict.STALE_DIFFERENCE)]
    broken = [claim for claim in run.claims if claim.verdict in (Verdict.LAB_ERROR, Verdict.NOT_SUPPORTED)]
    where = _typed(directory)
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
    return (_beside(run, directory), _before(run, directory), _SABOTAGE.format(run.profile))


def _beside(run: Run, directory: Path) -> str:
    """One report with the newest run of another profile, or such a run."""
    for other in _siblings(directory):
        if (profile := _profile_of(other)) != run.profile and profile is not None:
            command = f"svcproof report {_typed(directory)} {_typed(other)}"
            return _step(command, f"one report of both, {run.profile} and {profile}")
    profile = next(each.name for each in PROFILES if each.name != run.profile)
    return _step(f"svcproof run {profile}", "the same behaviours in another profile, to compare")


def _before(run: Run, directory: Path) -> str:
    """What changed since the run before this of the same profile, or what this one judged."""
    for earlier in _siblings(directory):
        if earlier.name < directory.name and _profile_of(earlier) == run.profile:
            return _step(f"svcproof compare {_typed(earlier)} {_typed(directory)}", "what changed since then")
    return _step(f"svcproof claims {run.profile}", "what was judged")


def _siblings(directory: Path) -> list[Path]:
    """The other runs beside this one, the newest first."""
    found = (each for each in directory.parent.iterdir() if each.is_dir() and not each.is_symlink())
    return sorted((each for each in found if each != directory), reverse=True)


def _profile_of(directory: Path) -> str | None:
    """The profile of a run, as the name of its directory says; None for what has no results."""
    if not (directory / "results.json").exists():
        return None
    return next((each.name for each in PROFILES if f"-{each.name}-" in directory.name), None)


def _typed(directory: Path) -> str:
    return shlex.quote(str(_near(directory)))


def _near(directory: Path) -> Path:
    """The directory as it is typed from here, where that is shorter."""
    here = Path.cwd()
    return directory.relative_to(here) if directory.is_relative_to(here) else directory


def _step(command: str, why: str) -> str:
    return f"{command}   # {why}"
