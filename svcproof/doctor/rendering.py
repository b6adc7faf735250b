"""The findings as text for a person, and as JSON for a program."""

import json
from collections.abc import Sequence

from lab.profiles import PROFILES, Profile
from svcproof.doctor.finding import Finding, State
from svcproof.doctor.verdict import verdicts


def render(findings: Sequence[Finding], profiles: Sequence[Profile]) -> str:
    """Everything that was looked at, and what each profile can do."""
    width = max((len(each.subject) for each in findings), default=0)
    lines = [line for each in findings for line in _lines(each, width)]
    return "\n".join([*lines, "", *(str(verdict) for verdict in verdicts(findings, profiles))])


def render_brief(findings: Sequence[Finding], profiles: Sequence[Profile]) -> str:
    """What stands in the way; nothing where nothing does."""
    told = verdicts(findings, profiles)
    needs = list(dict.fromkeys(finding for verdict in told for finding in verdict.needs))
    width = max((len(each.subject) for each in needs), default=0)
    lines = [line for each in needs for line in _lines(each, width)]
    return "\n".join(lines + [str(verdict) for verdict in told if not verdict.can_run])


def render_json(findings: Sequence[Finding], profiles: Sequence[Profile]) -> str:
    """The same for a program."""
    document = {
        "findings": [_document(each) for each in findings],
        "profiles": [
            {
                "name": verdict.profile.name,
                "can_run": verdict.can_run,
                "needs": [each.id for each in verdict.needs],
            }
            for verdict in verdicts(findings, profiles)
        ],
    }
    return json.dumps(document, indent=2)


def _lines(finding: Finding, width: int) -> list[str]:
    margin = " " * (len(State.MISSING) + width + 4)
    detail = " ".join(finding.detail.split())
    first = f"{finding.state:<{len(State.MISSING)}}  {finding.subject:<{width}}  {detail}"
    if finding.state is State.OK:
        return [first]
    lines = [first]
    if finding.state is State.MISSING:
        lines.append(f"{margin}enables: {_names(finding.enables)}")
    if finding.cure:
        lines.append(f"{margin}cure: {finding.cure}")
    return lines


def _names(profiles: Sequence[Profile]) -> str:
    if set(profiles) == set(PROFILES):
        return "every profile"
    return ", ".join(profile.name for profile in profiles)


def _document(finding: Finding) -> dict[str, object]:
    return {
        "id": finding.id,
        "subject": finding.subject,
        "state": finding.state,
        "detail": finding.detail,
        "enables": [profile.name for profile in finding.enables],
        "cure": finding.cure,
        "packages": list(finding.packages),
    }
