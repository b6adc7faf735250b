"""What a run comes to: counts, the one sentence, what a reader must know first, and what needs attention.

Pure. The page, the Markdown and the terminal all say it in these words.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from conformance.outcome import Changed, Lost, Unstable
from conformance.results import ClaimResult, Run, Verdict
from conformance.verdict import NOT_OBSERVED

ATTENTION = (
    Verdict.FAIL,
    Verdict.STALE_DIFFERENCE,
    Verdict.LAB_ERROR,
    Verdict.NOT_SUPPORTED,
    Verdict.NOT_RUN,
    Verdict.KNOWN_DIFFERENCE,
)
"""The verdicts that a reader looks for, the most urgent first."""
URGENCY = (*ATTENTION, Verdict.PASS)
"""All verdicts, in the same order."""

LONGEST = 50
"""Claims of one verdict that a summary lists: an interrupted run leaves hundreds that did not run."""


@dataclass(frozen=True, slots=True)
class Concern:
    """The claims of a run that came to one verdict other than pass."""

    verdict: Verdict
    claims: tuple[ClaimResult, ...]

    @property
    def shown(self) -> tuple[ClaimResult, ...]:
        """Those that a summary lists."""
        return self.claims[:LONGEST]

    @property
    def left(self) -> int:
        """How many more there are."""
        return len(self.claims) - len(self.shown)


def counts(run: Run) -> Mapping[Verdict, int]:
    """How many claims came to each verdict; every verdict is there."""
    found = Counter(claim.verdict for claim in run.claims)
    return {verdict: found[verdict] for verdict in Verdict}


def sentence(run: Run) -> str:
    """The result in one sentence, without a full stop. A claim is a behaviour in one case."""
    if not run.claims:
        return "0 behaviours: nothing was observed"
    by = counts(run)
    parts = [
        f"{by[Verdict.PASS]} as documented",
        counted(by[Verdict.KNOWN_DIFFERENCE], "known difference"),
    ]
    if by[Verdict.STALE_DIFFERENCE]:
        parts.append(counted(by[Verdict.STALE_DIFFERENCE], "stale difference"))
    parts += [_failing(by[Verdict.FAIL]), _unobserved(by)]
    head = counted(len(run.claims), "behaviour") + (" (interrupted)" if run.interrupted else "")
    return f"{head}: {', '.join(parts)}"


def notices(run: Run) -> tuple[str, ...]:
    """What limits the worth of a run, each as a sentence. Empty for a run that went as it should."""
    found = []
    by = counts(run)
    if run.interrupted:
        left = counted(by[Verdict.NOT_RUN], "claim")
        found.append(f"The run was interrupted. What it had seen by then is here; {left} did not run.")
    if _observed(by) == 0:
        found.append(f"Nothing was observed. This run says nothing about {run.profile}.")
    unreached = [claim for claim in run.claims if _is_lost(claim)]
    if unreached:
        found.append(
            f"In {counted(len(unreached), 'claim')} the sentinels behind the probes were lost, too, which ask no "
            "Service: look at the network between nodes, pods and clients first."
        )
    if not run.labs:
        found.append("No lab came up, so nothing is known here of kernel, versions and programs.")
    if run.errors:
        found.append(f"The run itself had {counted(len(run.errors), 'error')}.")
    for lab in run.labs:
        if lab.figures.dropped:
            lost = counted(lab.figures.dropped, "packet")
            found.append(
                f"The capture of {lab.lab} lost {lost}: what was not seen there may have been there."
            )
    return tuple(found)


def _is_lost(claim: ClaimResult) -> bool:
    """Whether probes that should have come were lost as the sentinels behind them were, all or some."""
    match claim.observed:
        case Lost() | Changed(before=Lost()) | Changed(after=Lost()):
            return True
        case Unstable(history=history):
            return any(isinstance(fate.outcome, Lost) for fate in history)
        case _:
            return False


def concerns(run: Run) -> tuple[Concern, ...]:
    """The claims that did not pass, by verdict, the most urgent first, else as the run has them."""
    grouped = (
        Concern(verdict, tuple(claim for claim in run.claims if claim.verdict is verdict))
        for verdict in ATTENTION
    )
    return tuple(concern for concern in grouped if concern.claims)


def observed_words(claim: ClaimResult) -> str:
    """What was observed, to stand beside what was expected."""
    match claim.verdict:
        case Verdict.PASS:
            return "as expected"
        case Verdict.STALE_DIFFERENCE:
            return "as expected: the known difference is gone"
        case Verdict.FAIL | Verdict.KNOWN_DIFFERENCE:
            return claim.observed_text
        case Verdict.NOT_SUPPORTED:
            return f"not supported here: {_first_line(claim) or 'no reason was given'}"
        case Verdict.LAB_ERROR | Verdict.NOT_RUN:
            return f"not observed: {_first_line(claim)}" if _first_line(claim) else "not observed"


def _first_line(claim: ClaimResult) -> str:
    return claim.error.strip().partition("\n")[0]


def counted(number: int, noun: str, plural: str = "") -> str:
    """A number with its noun: `1 claim`, `2 claims`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {plural or f'{noun}s'}"


def _failing(number: int) -> str:
    return "1 fails" if number == 1 else f"{number:,} fail"


def _observed(by: Mapping[Verdict, int]) -> int:
    return sum(by.values()) - sum(by[verdict] for verdict in NOT_OBSERVED)


def _unobserved(by: Mapping[Verdict, int]) -> str:
    lab_errors = by[Verdict.LAB_ERROR]
    why = [counted(lab_errors, "lab error")] if lab_errors else []
    why += [
        f"{by[verdict]:,} {verdict}" for verdict in (Verdict.NOT_SUPPORTED, Verdict.NOT_RUN) if by[verdict]
    ]
    detail = f" ({', '.join(why)})" if why else ""
    return f"{sum(by[verdict] for verdict in NOT_OBSERVED):,} not observed{detail}"
