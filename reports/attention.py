"""What a reader must look at first, and what was not proven: claims that did not pass, together by their reason."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from conformance.results import ClaimResult, Verdict
from conformance.verdict import NOT_OBSERVED
from reports.document import Shown
from reports.summary import ATTENTION

MOST = 40
"""Claims that a group names: an interrupted run leaves hundreds that did not run."""
_LONGEST = 320
"""Characters of an outcome that stand here: one that was not stable can name a hundred fates."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why claims came to a verdict. link: where to read more. expected, observed: of claims that fail; may be empty."""

    words: str
    link: str = ""
    expected: str = ""
    observed: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Claims that came to one verdict for one reason, in one run, or the same ones in several."""

    runs: tuple[Shown, ...]
    verdict: Verdict
    reason: Reason
    claims: tuple[ClaimResult, ...]

    @property
    def named(self) -> tuple[ClaimResult, ...]:
        """Those that are named."""
        return self.claims[:MOST]


def differing(runs: Sequence[Shown]) -> tuple[Group, ...]:
    """What was observed and is not as documented, the most urgent first, and what concerns most claims."""
    return _of([verdict for verdict in ATTENTION if verdict not in NOT_OBSERVED], runs)


def not_proven(runs: Sequence[Shown]) -> tuple[Group, ...]:
    """What could not be observed, by its reason."""
    return _of([verdict for verdict in ATTENTION if verdict in NOT_OBSERVED], runs)


def _of(verdicts: Sequence[Verdict], runs: Sequence[Shown]) -> tuple[Group, ...]:
    found = []
    for verdict in verdicts:
        groups = _together(group for run in runs for group in _groups(run, verdict))
        found += sorted(groups, key=lambda group: -len(group.claims))
    return tuple(found)


def _together(groups: Iterator[Group]) -> list[Group]:
    """Those of several runs as one where they name the same claims."""
    found: dict[tuple[Reason, tuple[str, ...]], Group] = {}
    for group in groups:
        key = group.reason, tuple(claim.id for claim in group.claims)
        before = found.get(key)
        found[key] = replace(before, runs=(*before.runs, *group.runs)) if before else group
    return list(found.values())


def _groups(run: Shown, verdict: Verdict) -> Iterator[Group]:
    found: dict[Reason, list[ClaimResult]] = {}
    for claim in sorted(run.run.claims, key=lambda claim: claim.id):
        if claim.verdict is verdict:
            found.setdefault(_reason(claim), []).append(claim)
    for reason, claims in found.items():
        yield Group((run,), verdict, reason, tuple(claims))


def _reason(claim: ClaimResult) -> Reason:
    match claim.verdict:
        case Verdict.FAIL:
            return Reason(
                claim.requirement.sentence,
                expected=_cut(claim.expected_text),
                observed=_cut(claim.observed_text),
            )
        case Verdict.KNOWN_DIFFERENCE | Verdict.STALE_DIFFERENCE if claim.difference is not None:
            gone = "no longer so: " if claim.verdict is Verdict.STALE_DIFFERENCE else ""
            return Reason(f"{gone}{claim.difference.reason}", claim.difference.link)
        case _:
            return Reason(claim.error.strip().partition("\n")[0] or "no reason was given")


def _cut(words: str) -> str:
    return words if len(words) <= _LONGEST else f"{words[:_LONGEST].rsplit(' ', 1)[0]} …"
