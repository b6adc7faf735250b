"""Which claims a sabotage has seen to fail, and what it says of the others."""

from dataclasses import replace

import pytest

from svcproof.sabotage.fault import Kind
from svcproof.sabotage.rendering import markdown, shown, summary
from svcproof.sabotage.results import Fate, FaultResult, Notice, Sabotage
from svcproof.sabotage.score import exit_code
from svcproof.sabotage.seen_red import never_red, seen_red
from tests.sabotage.results_of import NOTICED, sabotage

LATER = replace(
    NOTICED,
    name="rules-gone: everything",
    notices=tuple(Notice(claim, "delivered", "dropped") for claim in ("cip-basic.pod", "np-basic.node")),
)
API = {"api.refuses": "what the API answers"}


def found(*faults: FaultResult, **more: object) -> Sabotage:
    """A sabotage of four claims, of which one cannot be asked."""
    asked = {"cip-basic.pod": 2, "np-basic.node": 1, "np-badport.node": 0}
    return replace(sabotage(faults), asked=asked, not_asked=API, **more)  # type: ignore[arg-type]


def test_a_claim_is_red_by_the_first_fault_that_it_noticed() -> None:
    """Whether others had noticed it before, too."""
    red = seen_red(found(NOTICED, LATER))
    assert {claim: fault.name for claim, fault in red.items()} == {
        "cip-basic.pod": NOTICED.name,
        "np-basic.node": LATER.name,
    }


@pytest.mark.parametrize("fate", [fate for fate in Fate if fate is not Fate.NOTICED])
def test_what_did_not_notice_is_not_red(fate: Fate) -> None:
    """A claim that could not tell has a notice, too; and one that noticed what nobody may proves nothing good."""
    assert seen_red(found(replace(LATER, fate=fate))) == {}


def test_a_claim_that_is_not_as_before_behind_its_fault_is_not_red() -> None:
    """It may have failed for any reason."""
    doubtful = found(LATER, behind={"np-basic.node": "dropped"})
    assert set(seen_red(doubtful)) == {"cip-basic.pod"}
    assert "not as expected behind" in never_red(doubtful)["np-basic.node"]


def test_why_a_claim_was_never_red() -> None:
    """It was not asked about any, or about some in vain, or nothing can be asked of it."""
    never = never_red(found(NOTICED))
    assert never["np-basic.node"] == "asked about 1 fault, and noticed none"
    assert never["np-badport.node"].startswith("asked about no fault")
    assert never["api.refuses"] == API["api.refuses"]
    assert "cip-basic.pod" not in never
    unsound = found(NOTICED, baseline={"np-badport.node": "delivered"})
    assert never_red(unsound)["np-badport.node"] == "not asked: without any fault, delivered"


def test_what_could_not_tell_did_not_notice_nothing() -> None:
    """It says nothing of whether the claim can fail: neither that it noticed none, nor that nobody asked it."""
    untold = {"np-basic.node": 3, "np-badport.node": 2}
    table = found(NOTICED, could_not_tell=untold)
    never = never_red(table)
    assert never["np-basic.node"] == "asked about 1 fault, and noticed none; of 3 more it could not tell"
    assert never["np-badport.node"].startswith("could not tell: asked about 2 faults")
    assert summary(table)[-1].startswith(
        "of 4 claims 1 were seen red, 2 were not (of which 1 could not tell)"
    )
    assert "- could not tell: asked about 2 faults, with which the lab" in markdown(table)
    assert shown(table).never_red == never


def opposite(kind: Kind, *told: str, noticed: str = "") -> FaultResult:
    """What one of the opposites found, with the claims that could tell of it."""
    notices = (Notice(noticed, "delivered", "dropped"),) if noticed else ()
    fate = Fate.NOTICED if noticed else Fate.SURVIVED
    return replace(NOTICED, name=f"{kind}: all", kind=kind, fate=fate, notices=notices, told=told, where="")


CLAIM, SEEING = "np-basic.node", "cip-basic.pod"
GONE = opposite(Kind.RULES_GONE, CLAIM, SEEING, noticed=SEEING)
TRANSLATED = opposite(Kind.FOREIGN_TABLE_TRANSLATES, CLAIM, SEEING, noticed=SEEING)


def test_a_claim_that_notices_neither_opposite_ends_a_sabotage_red() -> None:
    """It sees nothing, and the summary names it; so does the list of those that were never red."""
    table = found(GONE, TRANSLATED)
    assert exit_code(table) == 1
    assert summary(table)[-1] == f"noticed neither of two opposite faults, nor any other: {CLAIM}"
    assert never_red(table)[CLAIM].endswith("it cannot fail")


@pytest.mark.parametrize(
    "faults",
    [
        (GONE,),
        (GONE, replace(TRANSLATED, told=(SEEING,))),
        (GONE, opposite(Kind.FOREIGN_TABLE_TRANSLATES, CLAIM, SEEING, noticed=CLAIM)),
        (GONE, TRANSLATED, LATER),
    ],
    ids=["one was not made", "it could not tell of one", "it noticed one", "it noticed another fault"],
)
def test_what_noticed_one_or_could_not_tell_of_one_is_not_blind(faults: tuple[FaultResult, ...]) -> None:
    """Only who was asked about both and noticed nothing at all is."""
    table = found(*faults)
    assert exit_code(table) == 0
    assert "neither" not in summary(table)[-1]


def test_what_is_in_doubt_is_not_blind() -> None:
    """It noticed something, and the sabotage ends with 3 for it."""
    table = found(GONE, TRANSLATED, LATER, behind={CLAIM: "dropped"})
    assert exit_code(table) == 3


def test_the_summary_and_the_table_say_so() -> None:
    """How many were red, by requirement and by claim, and which never were."""
    table = found(NOTICED, LATER)
    assert summary(table)[-1].startswith(
        "of 4 claims 2 were seen red, 1 were not, and 1 are about what no fault"
    )
    text = markdown(table)
    assert "- what the API answers: `api.refuses`" in text
    assert "| 1 | 0 | `np-badport` |" in text
    assert "| 1 | 1 | `np-basic` |" in text
    assert f"| `np-basic.node` | `{LATER.name}` |" in text
    assert set(shown(table).never_red) == {"np-badport.node", "api.refuses"}


def test_results_of_before_say_nothing_of_it() -> None:
    """They did not keep which claims were asked."""
    text = markdown(sabotage([NOTICED]))
    assert "seen red" not in text
