"""A sample tries the missing twins of its survivors while their round is there."""

import pytest

from conformance.outcome import Dropped
from svcproof.sabotage.equivalence import Proof
from svcproof.sabotage.fault import Fault
from svcproof.sabotage.judges import Judges
from svcproof.sabotage.order import SabotageOrder
from svcproof.sabotage.results import Fate
from svcproof.sabotage.rounds import Round, Rounds
from svcproof.sabotage.session import Session
from svcproof.sabotage.trial import Trial
from tests.sabotage.fake_bench import ECHO, OTHER, FakeBench, Faulty, SabotagedCluster, a_claim, a_fault

SAMPLE = SabotageOrder(seed=1, budget=60.0, kinds=(), full=False, listed=False)
ROUND = Round((ECHO, OTHER), (), (a_claim(), a_claim(OTHER)))
SURVIVOR, TWIN = a_fault(ECHO), a_fault(OTHER)
STRANGER = a_fault(OTHER, "what it has nothing in common with")
IN_TIME, LATE = None, 0.0


class Sample:
    """A session in which one fault survived. noticed: those that a claim notices."""

    def __init__(self, *noticed: Fault) -> None:
        cluster = SabotagedCluster()
        self.faulty = Faulty({each.name: {each.service: Dropped()} for each in noticed})
        bench = FakeBench(cluster, self.faulty)
        self.trial = Trial(bench, Judges(ROUND.claims), Proof(bench, (ECHO,), ()), full=False, when="")
        self.session = Session(cluster, Rounds([ROUND]), SAMPLE, str)  # type: ignore[arg-type]  # as the bench
        self.candidates = {each.name: each for each in (SURVIVOR, TWIN, STRANGER)}
        self.session._ledger.enter(self.candidates.keys(), ROUND)
        self.session._note(self.trial.rules(SURVIVOR), ROUND)
        self.faulty.made.clear()

    def tried(self, until: float | None = IN_TIME) -> list[str]:
        """The faults that were made."""
        self.session._try_twins(self.trial, ROUND, self.candidates, until)
        return self.faulty.made


def test_the_twin_of_a_survivor_is_tried() -> None:
    """And nothing else; once it is noticed, the survivor is settled."""
    sample = Sample(TWIN)
    assert sample.tried() == [TWIN.name]
    assert sample.session._ledger.results[TWIN.name].fate is Fate.NOTICED
    assert sample.session._ledger.has_twin(SURVIVOR.name)


def test_nothing_is_tried_for_what_was_noticed() -> None:
    """Only survivors miss twins."""
    assert Sample(SURVIVOR).tried() == []


def test_no_twin_is_tried_when_the_round_is_over() -> None:
    """The survivor stays open: whether its twin would be noticed is not known."""
    sample = Sample(TWIN)
    assert sample.tried(until=LATE) == []
    assert [each.name for each in sample.session._ledger.open()] == [SURVIVOR.name]


@pytest.mark.parametrize("noticed", [True, False])
def test_one_twin_is_enough_where_it_is_noticed(*, noticed: bool) -> None:
    """A second one is tried only where the first survived, too."""
    second = a_fault(OTHER)
    third = a_fault(ECHO.__class__(name="third", endpoints=ECHO.endpoints, ports=ECHO.ports))
    sample = Sample(*([second] if noticed else []))
    sample.candidates[third.name] = third
    sample.session._ledger.enter([third.name], ROUND)
    assert sample.tried() == ([second.name] if noticed else [second.name, third.name])


def test_a_twin_that_this_round_does_not_have_is_left_to_others() -> None:
    """It stays missing."""
    sample = Sample(TWIN)
    del sample.candidates[TWIN.name]
    assert sample.tried() == []
    assert sample.session._ledger.missing_twins() == [TWIN.name]
