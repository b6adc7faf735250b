"""`svcproof compare`: in what two runs differ, claim by claim. Pure."""

from collections.abc import Iterator

from conformance.results import ClaimResult, Run
from reports.document import shown
from reports.summary import counted, sentence
from reports.surroundings import facts

_MOVED = frozenset({"Started", "Took", "Seed", "Run", "Command", "Exit code"})
"""Facts that are others in every run."""


def compared(before: Run, after: Run) -> tuple[str, bool]:
    """The comparison in words, and whether every claim of both came to the same."""
    first, second = (each.label for each in shown([before, after]))
    width = max(len(first), len(second))
    lines = [f"{first:{width}}  {sentence(before)}", f"{second:{width}}  {sentence(after)}"]
    lines += list(_facts(before, after))
    changed = list(_changed(before, after))
    if not changed:
        return "\n".join([*lines, "every claim came to the same in both"]), True
    lines.append(f"{counted(len(changed), 'claim')} came to something else:")
    for claim_id, one, other in changed:
        lines += [claim_id, f"  {first:{width}}  {_words(one)}", f"  {second:{width}}  {_words(other)}"]
    return "\n".join(lines), False


def _facts(before: Run, after: Run) -> Iterator[str]:
    for one, other in zip(facts(before), facts(after), strict=True):
        if one.value != other.value and one.name not in _MOVED:
            yield f"{one.name}: {one.value} | {other.value}"


def _changed(before: Run, after: Run) -> Iterator[tuple[str, ClaimResult | None, ClaimResult | None]]:
    of_first, of_second = ({claim.id: claim for claim in run.claims} for run in (before, after))
    for claim_id in dict.fromkeys((*of_first, *of_second)):
        one, other = of_first.get(claim_id), of_second.get(claim_id)
        if one is None or other is None or (one.verdict, one.observed) != (other.verdict, other.observed):
            yield claim_id, one, other


def _words(claim: ClaimResult | None) -> str:
    if claim is None:
        return "not in this run"
    return f"{claim.verdict}: {claim.observed_text or claim.error.partition(chr(10))[0] or 'not observed'}"
