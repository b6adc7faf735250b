"""What a sabotage keeps of each fault: results, where it can be made, twins, and what there was no time for."""

from dataclasses import replace
from itertools import permutations

import pytest

from svcproof.sabotage.fault import Kind
from svcproof.sabotage.ledger import Ledger
from svcproof.sabotage.results import Fate, FaultResult, Notice
from svcproof.sabotage.rounds import Round
from svcproof.sabotage.score import exit_code, score
from tests.sabotage.results_of import sabotage

HERE, THERE = Round((), (), ()), Round((), (), ())
WHY = "there was no time"


def result(service: str, fate: Fate = Fate.SURVIVED, *, recorded: str = "") -> FaultResult:
    """A fault in the rule of a Service, the same for each."""
    name = f"delete: map service-ips: cluster-ip({service}) . tcp . 80 : goto service-default/{service} -> nothing"
    return FaultResult(
        name=name,
        kind=Kind.DELETE,
        fate=fate,
        service=service,
        where="service-ips",
        recorded=recorded,
        seconds=1.0,
    )


SURVIVOR, TWIN = result("one"), result("two")


@pytest.fixture
def ledger() -> Ledger:
    """A ledger in which one fault survived, and its twin was not tried."""
    made = Ledger()
    made.enter([SURVIVOR.name, TWIN.name], HERE)
    made.note(SURVIVOR, HERE)
    return made


def test_packets_that_captures_lost_add_up(ledger: Ledger) -> None:
    """However often a fault is tried, and whatever comes of it."""
    lossy = replace(SURVIVOR, uncaptured=2)
    for fate in (Fate.NOT_TESTABLE, Fate.SURVIVED, Fate.NOTICED):
        ledger.note(replace(lossy, fate=fate), THERE)
    assert ledger.results[SURVIVOR.name].uncaptured == 6
    ledger.gather(lossy, THERE)
    assert ledger.results[SURVIVOR.name].uncaptured == 8


def test_a_fault_is_fresh_once(ledger: Ledger) -> None:
    """Its homes are all rounds that can have it."""
    assert ledger.enter([SURVIVOR.name, "another"], THERE) == ["another"]
    assert ledger.homes[SURVIVOR.name] == [HERE, THERE]


def test_a_twin_that_was_noticed_settles_a_survivor(ledger: Ledger) -> None:
    """It is missing until it is tried; then the survivor names it, and is not open any more."""
    assert ledger.missing_twins() == [TWIN.name]
    ledger.note(result("two", Fate.NOTICED), HERE)
    ledger.name_twins()
    assert ledger.missing_twins() == []
    assert ledger.open() == []
    assert ledger.results[SURVIVOR.name].twin == TWIN.name


def test_what_there_was_no_time_for_is_said(ledger: Ledger) -> None:
    """A survivor that is not settled is no more noticed than before: it is open, and nobody can tell what it is."""
    ledger.leave_unsettled(SURVIVOR.name, WHY)
    [left] = ledger.open()
    assert left.unsettled == WHY
    counts = score([left])
    assert (counts.open, counts.unsettled, counts.percent) == (1, 1, 0.0)
    assert exit_code(sabotage([left])) == 3


def test_the_first_thing_that_was_left_undone_is_kept(ledger: Ledger) -> None:
    """What follows from it says less."""
    ledger.leave_unsettled(SURVIVOR.name, WHY)
    ledger.leave_unsettled(SURVIVOR.name, "nor for this")
    ledger.note(SURVIVOR, THERE)
    assert ledger.results[SURVIVOR.name].unsettled == WHY


def test_what_is_settled_needs_no_time(ledger: Ledger) -> None:
    """Of a fault that was noticed, or is on record, nothing is said to be missing."""
    for settled in (result("one", Fate.NOTICED), result("two", recorded="The same for everyone.")):
        ledger.note(settled, HERE)
        ledger.leave_unsettled(settled.name, WHY)
        assert ledger.results[settled.name].unsettled == ""


def test_times_add_up(ledger: Ledger) -> None:
    """A fault that is tried again took both times together."""
    ledger.note(replace(SURVIVOR, fate=Fate.NOTICED), THERE)
    assert ledger.results[SURVIVOR.name].seconds == pytest.approx(2.0)
    assert not ledger.may_be_noticed_yet(SURVIVOR.name, recorded_too=True, at_home=True)
    assert ledger.last[SURVIVOR.name] is THERE


@pytest.mark.parametrize(
    ("before", "now", "comes_to"),
    [
        (Fate.SURVIVED, Fate.NOTICED, Fate.NOTICED),
        (Fate.SURVIVED, Fate.NOT_TESTABLE, Fate.NOT_TESTABLE),
        (Fate.NOT_TESTABLE, Fate.NOTICED, Fate.NOTICED),
        (Fate.NOT_TESTABLE, Fate.SURVIVED, Fate.NOT_TESTABLE),
        (Fate.SURVIVED, Fate.REFUSED, Fate.SURVIVED),
        (Fate.HARMLESS, Fate.ALARMED, Fate.ALARMED),
    ],
)
def test_a_fault_that_is_tried_again(before: Fate, now: Fate, comes_to: Fate) -> None:
    """That no claim of a later round noticed it does not tell what those of the first could not."""
    twice = Ledger()
    for fate in (before, now):
        twice.note(result("one", fate), HERE)
    assert twice.results[SURVIVOR.name].fate is comes_to
    undecided = comes_to in (Fate.SURVIVED, Fate.NOT_TESTABLE)
    assert twice.may_be_noticed_yet(SURVIVOR.name, recorded_too=False, at_home=True) is undecided


@pytest.mark.parametrize("at_home", [True, False])
def test_a_survivor_whose_twin_was_noticed(ledger: Ledger, *, at_home: bool) -> None:
    """It is tried again in later rounds, for a claim of its own, but not in a sample."""
    ledger.note(replace(result("another"), fate=Fate.NOTICED), HERE)
    assert ledger.has_twin(SURVIVOR.name)
    assert ledger.may_be_noticed_yet(SURVIVOR.name, recorded_too=False, at_home=at_home) is at_home


def said(noticed: str = "", quiet: str = "", untold: str = "") -> FaultResult:
    """What the claims of a round said of a fault that all are asked about: claims by their names, in words."""
    saw, blind = (
        tuple(Notice(claim, "delivered", why) for claim in claims.split())
        for claims, why in ((noticed, "dropped"), (untold, "lost"))
    )
    heard = tuple(quiet.split())
    fate = Fate.NOTICED if saw else Fate.NOT_TESTABLE if blind else Fate.SURVIVED
    told = (*noticed.split(), *heard)
    asked = len(told) + len(blind)
    one = replace(result("all"), kind=Kind.RULES_GONE, where="")
    return replace(one, fate=fate, judged=asked, notices=saw or blind, told=told, quiet=heard, untold=blind)


def gathered(*rounds: FaultResult) -> FaultResult:
    """What is kept of them."""
    ledger = Ledger()
    for each in rounds:
        ledger.gather(each, HERE)
    [kept] = ledger.results.values()
    return kept


ROUNDS = (said(quiet="calm"), said("one", quiet="still", untold="mute"), said(untold="deaf"), said("two"))


@pytest.mark.parametrize("rounds", list(permutations(ROUNDS)))
def test_what_all_claims_are_asked_about_is_gathered(rounds: tuple[FaultResult, ...]) -> None:
    """Each claim stands as what it said, whatever those of other rounds said before and behind it."""
    kept = gathered(*rounds)
    assert kept.fate is Fate.NOTICED
    assert {notice.claim for notice in kept.notices} == {"one", "two"}
    assert set(kept.quiet) == {"calm", "still"}
    assert {notice.claim: notice.observed for notice in kept.untold} == {"mute": "lost", "deaf": "lost"}
    assert set(kept.told) == {"one", "two", "calm", "still"}
    assert (kept.judged, kept.seconds) == (6, 4.0)


@pytest.mark.parametrize("rounds", list(permutations((said(quiet="calm"), said(untold="mute"), said()))))
def test_that_a_round_could_not_tell_is_not_lost_behind_others(rounds: tuple[FaultResult, ...]) -> None:
    """Where nobody noticed, somebody might have."""
    kept = gathered(*rounds)
    assert kept.fate is Fate.NOT_TESTABLE
    assert [notice.claim for notice in kept.notices] == ["mute"]
    assert kept.quiet == ("calm",)


def test_a_refusal_in_one_round_hides_nothing() -> None:
    """It was made in another, and no claim of that noticed it; that one does not hide the refusal either."""
    refused = replace(said(), fate=Fate.REFUSED, error="no such table")
    for rounds in ((refused, said(quiet="calm")), (said(quiet="calm"), refused)):
        kept = gathered(*rounds)
        assert (kept.fate, kept.error, kept.quiet) == (Fate.SURVIVED, "no such table", ("calm",))


@pytest.mark.parametrize("rounds", list(permutations((said("net"), said(quiet="net"), said(untold="net")))))
def test_a_claim_that_is_asked_in_several_rounds_stands_once(rounds: tuple[FaultResult, ...]) -> None:
    """It has noticed where it did in one; else it could tell where it could in one."""
    kept = gathered(*rounds, said("net"))
    assert [notice.claim for notice in kept.notices] == ["net"]
    assert (kept.quiet, kept.untold) == ((), ())
    unnoticed = gathered(*(each for each in rounds if each.fate is not Fate.NOTICED))
    assert (unnoticed.quiet, unnoticed.untold) == (("net",), ())
