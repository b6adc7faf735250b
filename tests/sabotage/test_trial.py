"""One fault: made, asked about, mended. What was only lost is asked once more without it, before it counts."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from conformance.outcome import Dropped, Lost, Outcome, Refused
from lab.model import Place, Refusal
from svcproof.sabotage.beside import Beside
from svcproof.sabotage.claims import Claim
from svcproof.sabotage.equivalence import Proof
from svcproof.sabotage.judges import Judges
from svcproof.sabotage.results import Fate, FaultResult
from svcproof.sabotage.trial import Trial
from tests.sabotage.fake_bench import (
    ECHO,
    OTHER,
    FakeBench,
    Faulty,
    SabotagedCluster,
    a_claim,
    a_fault,
)

FAULT = a_fault(ECHO)
REFUSED = Refused(Place.WORKER_C, Refusal.PORT_UNREACHABLE)


class Tried:
    """A trial of one fault that does this, behind which it is so."""

    def __init__(
        self,
        does: Mapping[str, Outcome],
        behind: Mapping[str, Outcome] | None = None,
        *,
        claim: Claim | None = None,
    ) -> None:
        self.cluster = SabotagedCluster()
        bench = FakeBench(self.cluster, Faulty({FAULT.name: does}, behind or {}))
        judges = Judges([claim or a_claim()], [a_claim(OTHER, "network")])
        self.trial = Trial(bench, judges, Proof(bench, (ECHO,), ()), full=False, when="")

    def result(self) -> FaultResult:
        """What became of it."""
        self.cluster.asked.clear()
        return self.trial.rules(FAULT)


def test_what_observes_something_else_has_noticed() -> None:
    """At once: it is not asked again."""
    tried = Tried({"echo": REFUSED}, {"echo": REFUSED})
    result = tried.result()
    assert result.fate is Fate.NOTICED
    assert tried.cluster.asked == ["send 10"]


def test_what_is_lost_with_a_fault_and_not_without_it_is_noticed() -> None:
    """The claim is asked once more when the fault is mended: then it is as expected."""
    tried = Tried({"echo": Lost(Dropped())})
    result = tried.result()
    assert result.fate is Fate.NOTICED
    assert [(notice.lost, notice.again) for notice in result.notices] == [(True, "")]
    assert tried.cluster.asked == ["send 10", "send 10"]


@pytest.mark.parametrize("behind", [Lost(Dropped()), Dropped()])
def test_what_is_lost_with_a_fault_and_misses_without_it_has_noticed_nothing(behind: Outcome) -> None:
    """A machine that has too much to do loses sentinels, too: that is no score for a claim."""
    result = Tried({"echo": Lost(Dropped())}, {"echo": behind}).result()
    assert result.fate is Fate.NOT_TESTABLE
    [notice] = result.notices
    assert (notice.claim, notice.again) == ("claim.echo", str(behind))


def test_behind_one_that_has_noticed_nothing_the_others_are_asked() -> None:
    """The first misses the same without the fault, which is made again for those that were not asked about it."""
    other = a_claim(OTHER, "second")
    faulty = Faulty({FAULT.name: {"echo": Lost(Dropped()), "other": REFUSED}}, {"echo": Lost(Dropped())})
    trial = a_trial_of(faulty, [a_claim(), other])
    result = trial.beside(Beside(FAULT.kind, "everywhere", lambda bench: bench.broken(FAULT)))
    assert (result.fate, [notice.claim for notice in result.notices]) == (Fate.NOTICED, [other.id])
    assert (result.judged, faulty.made) == (2, [FAULT.name] * 2)


def test_open_flows_are_not_asked_about_a_fault_that_is_made_again() -> None:
    """It may have ended them before; a fresh flow is asked, in whatever order."""
    opened = a_claim(OTHER, "open", past=((),))
    silent = a_claim(ECHO, "silent", expect=Dropped())
    faulty = Faulty({FAULT.name: {"echo": Lost(Dropped()), "other": REFUSED}}, {"echo": Lost(Dropped())})
    for claims, made in (([a_claim(), opened], 1), ([a_claim(), opened, silent], 2)):
        faulty.made.clear()
        trial = a_trial_of(faulty, claims)
        result = trial.beside(Beside(FAULT.kind, "everywhere", lambda bench: bench.broken(FAULT)))
        assert (result.fate, len(faulty.made)) == (Fate.NOT_TESTABLE, made)


def test_what_captures_lost_is_said_of_the_fault_that_lasted() -> None:
    """Each time that it was made, and of no other."""
    faulty = Faulty({FAULT.name: {"echo": REFUSED}}, uncaptured={FAULT.name: 3})
    trial = a_trial_of(faulty, [a_claim()])
    assert [trial.rules(FAULT).uncaptured for _ in range(2)] == [3, 3]
    assert trial.rules(a_fault(OTHER)).uncaptured == 0


def test_of_what_is_lost_the_sentinels_are_kept() -> None:
    """In words, once each, with the claim that missed it; of what is noticed otherwise there are none."""
    [notice] = Tried({"echo": Lost(Dropped())}, {"echo": Dropped()}).result().notices
    assert len(notice.sentinels) == 10
    assert all(sentinel.endswith(": never seen") for sentinel in notice.sentinels)
    [notice] = Tried({"echo": REFUSED}).result().notices
    assert notice.sentinels == ()


def test_a_claim_is_counted_once_for_each_fault() -> None:
    """However often the fault was made for it; as one that could not tell where it noticed nothing after all."""
    other = a_claim(OTHER, "second")
    faulty = Faulty({FAULT.name: {"echo": Lost(Dropped()), "other": REFUSED}}, {"echo": Lost(Dropped())})
    trial = a_trial_of(faulty, [a_claim(), other])
    trial.beside(Beside(FAULT.kind, "everywhere", lambda bench: bench.broken(FAULT)))
    assert (trial.asked, trial.could_not_tell) == ({other.id: 1}, {a_claim().id: 1})
    sticking = replace(FAULT, entry="ip saddr @affinity-echo")
    survived = a_trial_of(Faulty(), [a_claim()])
    assert survived.rules(sticking).judged > 1
    assert survived.asked == {a_claim().id: 1}


def a_trial_of(faulty: Faulty, claims: list[Claim]) -> Trial:
    """A trial in which these claims are asked, in this order."""
    bench = FakeBench(SabotagedCluster(), faulty)
    return Trial(bench, Judges(claims), Proof(bench, (ECHO,), ()), full=False, when="")


def test_an_open_flow_is_not_asked_again() -> None:
    """The fault may have ended it."""
    tried = Tried({"echo": Lost(Dropped())}, {"echo": Dropped()}, claim=a_claim(past=((),)))
    assert tried.result().fate is Fate.NOTICED
    assert tried.cluster.asked == ["send 10"]


def test_a_claim_of_the_network_is_asked_again_too() -> None:
    """It is asked where those of the Service cannot tell; what it lost counts as of any."""
    silence = a_claim(expect=Dropped())
    lost = {"echo": Lost(Dropped()), "other": Lost(Dropped())}
    assert Tried(lost, claim=silence).result().fate is Fate.NOTICED
    assert Tried(lost, lost, claim=silence).result().fate is Fate.NOT_TESTABLE


def test_lost_marks_are_forgotten_on_both_sides_of_a_fault() -> None:
    """What was lost with it gets its whole time without it."""
    tried = Tried({"echo": Lost(Dropped())})
    tried.result()
    assert tried.cluster.exchange.forgotten == 2
    assert tried.cluster.exchange.sources_forgotten == 2
