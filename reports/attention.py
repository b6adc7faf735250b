"""What a reader must look at first, and what was not proven: claims that did not pass, together by their reason."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from conformance.results import ClaimResult, Verdict
from conformance.verdict import NOT_OBSERVED
from reports.document import Shown
from reports.summary import ATTENTION

MOST = 40
"""Claims that a group names: an interrupted run leaves hundreds that did not run."""


@dataclass(frozen=True, slots=True)
class Group:
    """Claims of one run that came to one verdict for one reason. link: where to read more; may be empty."""

    run: Shown
    verdict: Verdict
    reason: str
    link: str
    claims: tuple[ClaimResult, ...]

    @property
    def named(self) -> tuple[ClaimResult, ...]:
        """Those that are named."""
        return self.claims[:MOST]


def differing(runs: Sequence[Shown]) -> tuple[Group, ...]:
    """What was observed and is not as documented, the most urgent first. A claim that fails stands alone."""
    verdicts = [verdict for verdict in ATTENTION if verdict not in NOT_OBSERVED]
    return tuple(group for verdict in verdicts for run in runs for group in _groups(run, verdict))


def not_proven(runs: Sequence[Shown]) -> tuple[Group, ...]:
    """What could not be observed, by its reason."""
    verdicts = [verdict for verdict in ATTENTION if verdict in NOT_OBSERVED]
    return tuple(group for verdict in verdicts for run in runs for group in _groups(run, verdict))


def _groups(run: Shown, verdict: Verdict) -> Iterator[Group]:
    found: dict[tuple[str, str], list[ClaimResult]] = {}
    for claim in run.run.claims:
        if claim.verdict is verdict:
            found.setdefault(_reason(claim), []).append(claim)
    for (reason, link), claims in found.items():
        yield Group(run, verdict, reason, link, tuple(claims))


def _reason(claim: ClaimResult) -> tuple[str, str]:
    match claim.verdict:
        case Verdict.FAIL:
            return f"{claim.requirement.sentence} Observed: {claim.observed_text}", ""
        case Verdict.KNOWN_DIFFERENCE | Verdict.STALE_DIFFERENCE if claim.difference is not None:
            gone = "no longer so: " if claim.verdict is Verdict.STALE_DIFFERENCE else ""
            return f"{gone}{claim.difference.reason}", claim.difference.link
        case _:
            return claim.error.strip().partition("\n")[0] or "no reason was given", ""
