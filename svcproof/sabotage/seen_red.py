"""Which claims were seen to fail, by which fault, and which never were. Pure."""

from collections import Counter
from collections.abc import Iterator, Mapping

from reports.sabotage import by_reason
from svcproof.sabotage.fault import OPPOSITES
from svcproof.sabotage.results import Fate, FaultResult, Sabotage

_ASKED_NONE = (
    "asked about no fault: none that was made concerns it, others had noticed before its turn, "
    "too much else could not be told, or there was no time"
)
_BLIND = (
    "asked about two faults that are opposites, and noticed neither of them, nor any other: it cannot fail"
)
_IN_DOUBT = "noticed faults, but was not as expected behind them either"


def seen_red(sabotage: Sabotage) -> Mapping[str, FaultResult]:
    """Of each claim that noticed a fault, the first such fault; without claims whose noticing is in doubt."""
    found: dict[str, FaultResult] = {}
    for fault in sabotage.faults:
        if fault.fate is Fate.NOTICED:
            for notice in fault.notices:
                found.setdefault(notice.claim, fault)
    return {claim: fault for claim, fault in found.items() if claim not in sabotage.behind}


def never_red(sabotage: Sabotage) -> Mapping[str, str]:
    """The claims that no fault turned red, with why, as far as that is known."""
    red = seen_red(sabotage)
    asked = {claim: _why(sabotage, claim) for claim in sabotage.asked if claim not in red}
    return {**asked, **dict.fromkeys(blind(sabotage), _BLIND), **sabotage.not_asked}


def _why(sabotage: Sabotage, claim: str) -> str:
    if claim in sabotage.baseline:
        return f"not asked: without any fault, {sabotage.baseline[claim]}"
    if claim in sabotage.behind:
        return _IN_DOUBT
    told, untold = sabotage.asked[claim], sabotage.could_not_tell.get(claim, 0)
    match bool(told), bool(untold):
        case True, True:
            return f"asked about {_faults(told)}, and noticed none; of {untold} more it could not tell"
        case True, False:
            return f"asked about {_faults(told)}, and noticed none"
        case False, True:
            return f"could not tell: asked about {_faults(untold)}, with which the lab could not observe it"
        case _:
            return _ASKED_NONE


def _faults(number: int) -> str:
    return f"{number} fault{'s' if number > 1 else ''}"


def blind(sabotage: Sabotage) -> tuple[str, ...]:
    """The claims that could tell of both opposites, and noticed nothing, ever. What is in doubt is not among them."""
    told = {kind: set[str]() for kind in OPPOSITES}
    for fault in sabotage.faults:
        if fault.kind in OPPOSITES:
            told[fault.kind].update(fault.told)
    return tuple(
        sorted(set.intersection(*told.values()) - seen_red(sabotage).keys() - sabotage.behind.keys())
    )


def of_the_blind(sabotage: Sabotage) -> Iterator[str]:
    """A sentence that names them, if there are any."""
    if claims := blind(sabotage):
        yield f"noticed neither of two opposite faults, nor any other: {', '.join(claims)}"


def could_only_not_tell(sabotage: Sabotage) -> frozenset[str]:
    """The claims that were asked, could not tell any time, and so say nothing of whether they can fail."""
    untold = (claim for claim, number in sabotage.could_not_tell.items() if number)
    return frozenset(claim for claim in untold if not sabotage.asked.get(claim))


def in_words(sabotage: Sabotage) -> str:
    """How many claims were seen to fail."""
    claims, red = len(sabotage.asked) + len(sabotage.not_asked), len(seen_red(sabotage))
    beyond, untold = len(sabotage.not_asked), len(could_only_not_tell(sabotage))
    could_not_tell = f" (of which {untold} could not tell)" if untold else ""
    return (
        f"of {claims} claims {red} were seen red, {claims - red - beyond} were not{could_not_tell}, "
        f"and {beyond} are about what no fault here touches"
    )


def lines(sabotage: Sabotage) -> Iterator[str]:
    """The same by requirement and by claim, in Markdown."""
    if not sabotage.asked:
        return
    red, never = seen_red(sabotage), never_red(sabotage)
    yield from ("## Claims that were never seen red", "")
    for why, claims in by_reason(never).items():
        yield f"- {why}: {', '.join(f'`{claim}`' for claim in claims)}"
    yield from (
        "",
        "## Claims that were seen red",
        "",
        "| claims | seen red | requirement |",
        "|---|---|---|",
    )
    all_, reddened = Counter(map(_requirement, (*red, *never))), Counter(map(_requirement, red))
    yield from (f"| {all_[each]} | {reddened[each]} | `{each}` |" for each in sorted(all_))
    yield from ("", "| claim | a fault that turned it red |", "|---|---|")
    yield from (f"| `{claim}` | {_code(red[claim].name)} |" for claim in sorted(red))
    yield ""


def _requirement(claim: str) -> str:
    return claim.partition(".")[0]


def _code(text: str) -> str:
    return "`" + text.replace("|", "\\|").replace("`", "'") + "`"
