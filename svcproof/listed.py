"""`svcproof claims`: what a profile's run would judge, as text and as JSON."""

import fnmatch
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pytest
from pydantic import TypeAdapter

from conformance.tier import Tier
from lab.errors import UsageError
from lab.profiles import Profile
from reports.summary import counted
from svcproof.collected import check_unique, claim_of
from svcproof.evidence import target_words
from svcproof.scenario_items import scenario_items


@dataclass(frozen=True, slots=True)
class ListedClaim:
    """A claim before it is judged. instead: what this profile is known to do otherwise, or nothing."""

    id: str
    family: str
    requirement: str
    tier: Tier
    sender: str
    target: str
    expected: str
    instead: str = ""


_CLAIMS = TypeAdapter(tuple[ListedClaim, ...])


def listed_claims(profile: Profile, kubernetes: str) -> tuple[ListedClaim, ...]:
    """Every claim of the scenarios, in the order of collection. UsageError where one does not say what it claims."""
    try:
        found = [claim_of(item, profile, kubernetes) for item in scenario_items()]
        check_unique(found)
    except pytest.UsageError as error:
        raise UsageError(str(error), next_step="docs/writing-a-scenario.md has a complete example") from error
    return tuple(
        ListedClaim(
            id=claim.id,
            family=claim.requirement.family,
            requirement=claim.requirement.sentence,
            tier=claim.requirement.tier,
            sender=claim.flow.sender,
            target=target_words(claim.flow.target),
            expected=str(claim.expect),
            instead="" if claim.difference is None else str(claim.difference.instead),
        )
        for claim in found
    )


def matching(claims: Sequence[ListedClaim], patterns: Sequence[str], tier: Tier | None) -> tuple[str, ...]:
    """The ids that match a pattern (all where none is given) and are of this tier. UsageError for a vain choice."""
    for pattern in patterns:
        if not any(fnmatch.fnmatchcase(claim.id, pattern) for claim in claims):
            raise UsageError(f"no claim matches {pattern!r}", next_step="svcproof claims PROFILE lists them")
    found = tuple(
        claim.id
        for claim in claims
        if tier is None or claim.tier is tier
        if not patterns or any(fnmatch.fnmatchcase(claim.id, pattern) for pattern in patterns)
    )
    if not found:
        raise UsageError(f"no claim that matches is of tier {tier}", next_step="leave out one of the two")
    return found


def claims_json(claims: Sequence[ListedClaim]) -> str:
    """The claims as a JSON list."""
    return _CLAIMS.dump_json(tuple(claims), indent=1).decode()


def claims_text(claims: Sequence[ListedClaim]) -> str:
    """The claims under their families and requirements."""
    return "\n".join(_lines(claims))


def _lines(claims: Sequence[ListedClaim]) -> Iterator[str]:
    for family in sorted({claim.family for claim in claims}):
        yield family
        of_family = [claim for claim in claims if claim.family == family]
        for requirement in dict.fromkeys(claim.requirement for claim in of_family):
            own = [claim for claim in of_family if claim.requirement == requirement]
            yield f"  {requirement} ({own[0].tier})"
            for claim in own:
                yield f"    {claim.id}: {claim.sender} to {claim.target}: {claim.expected}"
                if claim.instead:
                    yield f"      known difference: {claim.instead}"
    yield counted(len(claims), "claim")
