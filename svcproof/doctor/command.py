"""`svcproof doctor`, and the short examination before every run."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

from lab.components.sources import Sources
from lab.errors import MissingRequirement
from lab.profiles import PROFILES, Encapsulation, Profile, profile_named
from svcproof.doctor.basics import basic_findings
from svcproof.doctor.capsule import capsule_findings
from svcproof.doctor.finding import Finding, State, obstacles
from svcproof.doctor.machine import Machine
from svcproof.doctor.packages import (
    can_install,
    cure_by_packages,
    has_apt,
    install,
    packages_for,
)
from svcproof.doctor.programs import program_findings
from svcproof.doctor.rendering import render, render_brief, render_json
from svcproof.doctor.resources import cache_finding, memory_finding, runs_finding
from svcproof.doctor.tools import tool_findings
from svcproof.doctor.verdict import verdicts

Say = Callable[[str], None]


class ExitCode(IntEnum):
    """What the doctor's exit codes mean; the same as those of a run."""

    CAN_RUN = 0
    CANNOT_RUN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Where programs come from and are kept, and where runs are written. bird: whether labs of Calico run it."""

    sources: Sources
    runs: Path
    bird: bool = True


def doctor(
    profile_names: Sequence[str],
    *,
    fix: bool,
    brief: bool,
    as_json: bool,
    machine: Machine,
    settings: Settings,
    out: Say,
    say: Say,
) -> ExitCode:
    """Examines the machine and tells what it can run, with cures for the rest.

    profile_names: those that must be able to run; where none is named, any one will do.
    out: takes the answer. say: takes what is done on the way, such as an installation.
    UsageError where there is no profile of such a name.
    """
    named = [profile_named(name) for name in profile_names]
    profiles = named or list(PROFILES)
    findings = examine(machine, settings)
    packages = _wanted_packages(findings, profiles)
    if fix and packages and _fixed(machine, packages, say):
        findings = examine(machine, settings)
    _tell(findings, profiles, out, brief=brief, as_json=as_json)
    able = [verdict.can_run for verdict in verdicts(findings, profiles)]
    return ExitCode.CAN_RUN if (all(able) if named else any(able)) else ExitCode.CANNOT_RUN


def examine(machine: Machine, settings: Settings) -> list[Finding]:
    """Every check there is."""
    programs = program_findings(machine, settings.sources)
    complete = [each.id for each in programs] == ["programs"]
    return [
        *basic_findings(machine),
        *_quick(machine, bird=settings.bird),
        memory_finding(machine),
        cache_finding(machine, settings.sources.cache, complete=complete),
        runs_finding(machine, settings.runs),
        *programs,
    ]


def preflight(
    profile: Profile, machine: Machine, encapsulation: Encapsulation | None = None, *, bird: bool = True
) -> list[Finding]:
    """What keeps a profile from running, by the quick checks: tools, capsule, memory, and the tunnel that is wanted.

    bird: whether labs of Calico run it.
    """
    findings = [*_quick(machine, bird=bird), memory_finding(machine)]
    tunnels = [
        each for each in findings if each.id == f"capsule.{encapsulation}" and each.state is not State.OK
    ]
    return [*tunnels, *(each for each in obstacles(findings, profile) if each not in tunnels)]


def require(
    profile: Profile, machine: Machine, encapsulation: Encapsulation | None = None, *, bird: bool = True
) -> None:
    """MissingRequirement where the quick checks find that a profile cannot run so; the arguments are preflight's."""
    found = preflight(profile, machine, encapsulation, bird=bird)
    if not found:
        return
    raise MissingRequirement(
        f"{profile.name} cannot run on this machine: needs "
        + ", ".join(finding.subject for finding in found),
        output="\n".join(f"{finding.subject}: {finding.detail}" for finding in found),
        next_step="\n       ".join(dict.fromkeys(finding.cure for finding in found)),
    )


def _quick(machine: Machine, *, bird: bool) -> list[Finding]:
    return [*tool_findings(machine, bird=bird), *capsule_findings(machine)]


def _fixed(machine: Machine, packages: Sequence[str], say: Say) -> bool:
    """Installs them where that can be done, else says what would."""
    if can_install(machine):
        return install(machine, packages, say)
    cure = cure_by_packages(machine, packages)
    say(f"only root can install packages; run: {cure}" if has_apt(machine) else cure)
    return False


def _wanted_packages(findings: Sequence[Finding], profiles: Sequence[Profile]) -> list[str]:
    in_the_way = [each for profile in profiles for each in obstacles(findings, profile)]
    return packages_for(in_the_way)


def _tell(
    findings: Sequence[Finding],
    profiles: Sequence[Profile],
    out: Say,
    *,
    brief: bool,
    as_json: bool,
) -> None:
    if as_json:
        out(render_json(findings, profiles))
    elif not brief:
        out(render(findings, profiles))
    elif text := render_brief(findings, profiles):
        out(text)
