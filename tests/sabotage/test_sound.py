"""Behind the faults of a round: whether those that noticed are as before; and what packets can say of a survivor."""

from conformance.arranged import Arranged
from conformance.outcome import Dropped, Lost, Refused
from lab.model import Place, Refusal
from svcproof.sabotage.arrangement import Arrangement
from svcproof.sabotage.equivalence import Proof
from svcproof.sabotage.judges import Judges
from svcproof.sabotage.order import SabotageOrder
from svcproof.sabotage.trial import Trial
from tests.sabotage.fake_bench import ECHO, OTHER, FakeBench, Faulty, SabotagedCluster, a_claim, a_fault

WHOLE = SabotageOrder(seed=1, budget=None, kinds=(), full=False, listed=False)
NOTICED, QUIET = a_claim(), a_claim(OTHER)
LOST = Lost(Dropped())
REFUSED = Refused(Place.WORKER_C, Refusal.PORT_UNREACHABLE)


def an_arrangement(cluster: SabotagedCluster) -> Arrangement:
    """An arrangement of this cluster."""
    return Arrangement(cluster, Arranged(cluster), WHOLE)  # type: ignore[arg-type]  # it is asked to send only


def a_trial(cluster: SabotagedCluster) -> Trial:
    """A trial of two claims, of which one noticed a fault."""
    bench = FakeBench(cluster, Faulty({a_fault(ECHO).name: {"echo": REFUSED}}))
    trial = Trial(bench, Judges([NOTICED, QUIET]), Proof(bench, (ECHO,), ()), full=False, when="")
    trial.rules(a_fault(ECHO))
    cluster.asked.clear()
    return trial


def test_who_noticed_and_is_as_before_is_sound() -> None:
    """It is asked once; nothing is noted."""
    cluster = SabotagedCluster()
    arrangement, trial = an_arrangement(cluster), a_trial(cluster)
    arrangement.check_sound(trial)
    assert (arrangement.baseline, arrangement.behind) == ({}, {})
    assert cluster.asked == ["send 10"]


def test_who_noticed_and_is_not_as_before_is_in_doubt() -> None:
    """What is seen stands beside its name, apart from those that were not asked at all."""
    cluster = SabotagedCluster()
    arrangement, trial = an_arrangement(cluster), a_trial(cluster)
    cluster.become({"echo": Dropped(), "other": Dropped()})
    arrangement.check_sound(trial)
    assert arrangement.baseline == {}
    assert arrangement.behind == {NOTICED.id: str(Dropped())}


def test_nobody_is_asked_where_nobody_noticed() -> None:
    """That claims were as expected with the last fault shows that they are."""
    cluster = SabotagedCluster()
    arrangement = an_arrangement(cluster)
    bench = FakeBench(cluster, Faulty())
    trial = Trial(bench, Judges([NOTICED]), Proof(bench, (ECHO,), ()), full=False, when="")
    cluster.become({"echo": Dropped()})
    cluster.asked.clear()
    arrangement.check_sound(trial)
    assert (arrangement.behind, cluster.asked) == ({}, [])


def a_proof(cluster: SabotagedCluster) -> Proof:
    """A proof by one Service."""
    return Proof(FakeBench(cluster, Faulty()), (ECHO,), ())


def test_a_flow_that_is_lost_without_a_fault_proves_nothing() -> None:
    """Lost both times is not the same both times: nobody could tell."""
    cluster = SabotagedCluster()
    proof = a_proof(cluster)
    cluster.become({"echo": LOST})
    with_fault = proof.outcomes([NOTICED.flow])
    compared = proof.compared(with_fault)
    assert (compared.flows, compared.differences) == (0, ())


def test_a_flow_that_was_lost_once_is_asked_again_about_the_next_fault() -> None:
    """A machine that was held up for a moment hides no other fault of the round."""
    cluster = SabotagedCluster()
    proof = a_proof(cluster)
    with_fault = proof.outcomes([NOTICED.flow])
    cluster.become({"echo": LOST})
    assert proof.compared(with_fault).flows == 0
    cluster.become({})
    assert proof.compared(with_fault).flows == 1


def test_a_flow_that_is_lost_with_a_fault_alone_differs() -> None:
    """Also where it was sent without a fault before: it is sent once more, because it may be lost at this time."""
    cluster = SabotagedCluster()
    proof = a_proof(cluster)
    proof.compared(proof.outcomes([NOTICED.flow]))
    cluster.become({"echo": LOST})
    with_fault = proof.outcomes([NOTICED.flow])
    assert proof.compared(with_fault).flows == 0
    cluster.become({})
    compared = proof.compared(with_fault)
    assert (compared.flows, len(compared.differences)) == (1, 1)
