"""What a check found out, and what follows from it for a profile."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from lab.profiles import Profile


class State(StrEnum):
    """How a thing was found."""

    OK = "ok"
    MISSING = "missing"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at.

    id: for programs, such as "tool.nft"; stays the same between versions.
    subject: the thing, in a few words.
    detail: how it was found: a version, or what was tried and what came of it.
    enables: the profiles that cannot run while it is missing.
    cure: what to do, as exactly as it can be said; empty where nothing need be done.
    packages: the Debian packages that are the cure.
    """

    id: str
    subject: str
    state: State
    detail: str
    enables: tuple[Profile, ...]
    cure: str = ""
    packages: tuple[str, ...] = ()


def obstacles(findings: Sequence[Finding], profile: Profile) -> list[Finding]:
    """The findings that keep a profile from running."""
    return [each for each in findings if each.state is State.MISSING and profile in each.enables]
