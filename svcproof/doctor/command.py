"""`svcproof doctor`, and the short examination before every run."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

from lab.components.sources import Sources
from lab.errors import MissingRequirement
from lab.profiles import PROFILES, Encapsulation, Implementation, Profile, profile_named
from svcproof.doctor.basics import basic_findings
from svcproof.doctor.capsule import capsule_findings
from svcproof.doctor.finding import Finding, obstacles
from svcproof.doctor.images import image_findings
from svcproof.doctor.machine import Machine
from svcproof.doctor.needs import needs_bird
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
class Wanted:
    """What is to run: where programs come from and are kept, and what was asked of the network, None for nothing.

    runs: where they are written; None for a lab that is none of a run.
    """

    sources: Sources
    runs: Path | None = None
    encapsulation: Encapsulation | None = None
    implementation: Implementation | None = None


def doctor(
    profile_names: Sequence[str],
    *,
    fix: bool,
    brief: bool,
    as_json: bool,
    machine: Machine,
    wanted: Wanted,
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
    findings = _cured(machine, wanted, profiles, say) if fix else examine(machine, wanted)
    packages = _wanted_packages(findings, profiles)
    if fix and packages and not can_install(machine):
        say(_how_to_install(machine, packages))
    _tell(findings, profiles, out, brief=brief, as_json=as_json)
    able = [verdict.can_run for verdict in verdicts(findings, profiles)]
    return ExitCode.CAN_RUN if (all(able) if named else any(able)) else ExitCode.CANNOT_RUN


def examine(machine: Machine, wanted: Wanted) -> list[Finding]:
    """Every check there is."""
    programs = program_findings(machine, wanted.sources)
    complete = [each.id for each in programs] == ["programs"]
    return [
        *basic_findings(machine),
        *_quick(machine, wanted),
        memory_finding(machine),
        cache_finding(machine, wanted.sources.cache, complete=complete),
        *([] if wanted.runs is None else [runs_finding(machine, wanted.runs)]),
        *programs,
        *image_findings(machine, wanted.sources, wanted.implementation),
    ]


def preflight(profile: Profile, machine: Machine, wanted: Wanted) -> list[Finding]:
    """What keeps a profile from running, by the quick checks: tools, capsule with the tunnel that is wanted, memory."""
    return obstacles([*_quick(machine, wanted), memory_finding(machine)], profile)


def require(profile: Profile, machine: Machine, wanted: Wanted) -> None:
    """MissingRequirement where the quick checks find that a profile cannot run so."""
    _refuse(profile, preflight(profile, machine, wanted))


def prepare(profile: Profile, machine: Machine, wanted: Wanted, say: Say) -> None:
    """Installs what it takes, as `doctor --fix` does; MissingRequirement where a profile cannot run so even then.

    Another LabError where what was handed in will not do: that is not the machine's.
    """
    machine.missing_programs(wanted.sources)
    _refuse(profile, obstacles(_cured(machine, wanted, [profile], say), profile))


def _refuse(profile: Profile, found: Sequence[Finding]) -> None:
    if not found:
        return
    raise MissingRequirement(
        f"{profile.name} cannot run on this machine: needs "
        + ", ".join(finding.subject for finding in found),
        output="\n".join(f"{finding.subject}: {finding.detail}" for finding in found),
        next_step="\n       ".join(dict.fromkeys(finding.cure for finding in found)),
    )


def _quick(machine: Machine, wanted: Wanted) -> list[Finding]:
    bird = needs_bird(wanted.sources, wanted.implementation, wanted.encapsulation)
    return [*tool_findings(machine, bird=bird), *capsule_findings(machine, wanted.encapsulation)]


def _cured(machine: Machine, wanted: Wanted, profiles: Sequence[Profile], say: Say) -> list[Finding]:
    """What is found once the packages that can be installed are."""
    findings = examine(machine, wanted)
    packages = _wanted_packages(findings, profiles)
    fixed = packages and can_install(machine) and install(machine, packages, say)
    return examine(machine, wanted) if fixed else findings


def _how_to_install(machine: Machine, packages: Sequence[str]) -> str:
    """What would install them, where this process cannot."""
    cure = cure_by_packages(machine, packages)
    return f"only root can install packages; run: {cure}" if has_apt(machine) else cure


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
