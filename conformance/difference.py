"""What a known difference is, and which versions of Kubernetes have it."""

import re
from dataclasses import dataclass
from enum import StrEnum

from conformance.outcome import Outcome
from lab.profiles import NetworkName, ProxyMode


class DifferenceKind(StrEnum):
    """Whether the difference is meant, or a bug that upstream knows."""

    DOCUMENTED = "documented"
    UPSTREAM_BUG = "upstream bug"


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownDifference:
    """What is observed in place of a claim's expectation.

    since, until: the first version of Kubernetes that has it, and the first that has it no more; open if empty.
    network: where only this one differs.
    """

    claim: str
    proxy_mode: ProxyMode
    instead: Outcome
    kind: DifferenceKind
    reason: str
    link: str
    network: NetworkName | None = None
    since: str = ""
    until: str = ""


def applies(difference: KnownDifference, kubernetes: str) -> bool:
    """Whether a version has a difference: from `since` on, and before `until`.

    A pre-release counts as its release. A program that names no version is taken to have every difference.
    """
    version = _numbers(kubernetes)
    if version is None:
        return True
    since, until = _numbers(difference.since), _numbers(difference.until)
    return (since is None or since <= version) and (until is None or version < until)


def _numbers(version: str) -> tuple[int, ...] | None:
    """The numbers of a version, such as 1.36 or v1.36.3-rc.0. None for none, and for Go's v0.0.0 of unnamed builds."""
    found = re.match(r"v?(\d+)\.(\d+)(?:\.(\d+))?", version)
    numbers = tuple(int(each) for each in found.groups() if each is not None) if found else ()
    return numbers if any(numbers) else None
