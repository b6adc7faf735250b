"""The claims of a run in the order of a catalogue: families, their requirements, the claims of each."""

from collections.abc import Iterable
from dataclasses import dataclass

from conformance.results import ClaimResult, Requirement, Tier


@dataclass(frozen=True, slots=True)
class Chapter:
    """A requirement with its claims."""

    requirement: Requirement
    claims: tuple[ClaimResult, ...]


@dataclass(frozen=True, slots=True)
class Family:
    """The requirements of one family, core before extended."""

    name: str
    chapters: tuple[Chapter, ...]


def families(claims: Iterable[ClaimResult]) -> tuple[Family, ...]:
    """Families with a core requirement come first, and core comes first in each; else as the run has them."""
    by_requirement: dict[str, list[ClaimResult]] = {}
    for claim in claims:
        by_requirement.setdefault(claim.requirement.id, []).append(claim)
    by_family: dict[str, list[Chapter]] = {}
    for group in by_requirement.values():
        requirement = group[0].requirement
        by_family.setdefault(requirement.family, []).append(Chapter(requirement, tuple(group)))
    found = (Family(name, tuple(sorted(group, key=_extended))) for name, group in by_family.items())
    return tuple(sorted(found, key=lambda family: _extended(family.chapters[0])))


def _extended(chapter: Chapter) -> bool:
    return chapter.requirement.tier is Tier.EXTENDED
