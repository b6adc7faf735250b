"""How flows are opened for the claims about open ones, of which each fault has some of its own."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace

import pytest

from conformance.arranged import Arranged
from conformance.outcome import Dropped, Lost, Outcome
from lab.errors import LabError
from lab.model import PODS, Flow, PodState
from svcproof.sabotage import arrangement
from svcproof.sabotage.arrangement import Arrangement
from svcproof.sabotage.bench import Bench
from svcproof.sabotage.beside import Beside
from svcproof.sabotage.fault import Kind
from svcproof.sabotage.order import SabotageOrder
from svcproof.sabotage.results import Fate
from svcproof.sabotage.rounds import Round
from tests.sabotage.fake_bench import ECHO, NotingBench, SabotagedCluster, a_claim

WHOLE = SabotageOrder(seed=1, budget=None, kinds=(), full=False, listed=False)
FRESH = a_claim()
OPEN = replace(FRESH, id="open.echo", flow=replace(FRESH.flow, source_port=61_000), past=((),))
ROUND = Round((ECHO,), (), (OPEN,))


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> SabotagedCluster:
    """A cluster whose benches note."""
    monkeypatch.setattr(arrangement, "Bench", NotingBench)
    return SabotagedCluster()


def asked_of(cluster: SabotagedCluster, round_: Round) -> list[str]:
    """What was asked of it to bring this round about, but for its pods."""
    made = Arrangement(cluster, Arranged(cluster), WHOLE)  # type: ignore[arg-type]  # it has what is asked here
    with made.within(round_):
        states = [f"{pod} {state}" for pod in PODS for state in PodState]
        return [each for each in cluster.asked if each not in states]


def test_flows_of_before_are_forgotten_before_others_are_opened(cluster: SabotagedCluster) -> None:
    """Ended first, while nodes know them; and never again behind that: an open flow would be a new one."""
    asked = asked_of(cluster, Round((ECHO,), (), (OPEN,)))
    first, second = ["disconnect", "forget flows"], ["connect 61000", "send 3"]
    assert asked[asked.index("disconnect") :] == [
        *(*first, "services echo", *second, "send 10"),
        *(*first, *second),
    ]


def test_fresh_flows_meet_nodes_that_have_forgotten(cluster: SabotagedCluster) -> None:
    """Those of the circumstances that were brought about included."""
    asked = asked_of(cluster, Round((ECHO,), (), (FRESH,)))
    assert asked.index("services echo") < asked.index("forget flows")
    assert "disconnect" not in asked


def test_what_was_seen_to_be_sound_is_not_asked_again(cluster: SabotagedCluster) -> None:
    """Being asked may end the flow: for a fault there is one of which nobody has asked yet."""
    made = Arrangement(cluster, Arranged(cluster), WHOLE)  # type: ignore[arg-type]  # as above
    for asked in (1, 0):
        cluster.asked.clear()
        with made.within(ROUND) as trial:
            assert trial.judges.all == [OPEN]
            assert cluster.asked[-1] == "send 3"
        assert cluster.asked.count("send 10") == asked


def test_what_is_not_as_expected_before_any_fault_is_left_out(cluster: SabotagedCluster) -> None:
    """It stays so, and nobody asks it again."""
    made = Arrangement(cluster, Arranged(cluster), WHOLE)  # type: ignore[arg-type]  # as above
    cluster.become({"echo": Dropped()})
    for _ in range(2):
        with made.within(ROUND) as trial:
            assert trial.judges.all == []
    assert made.baseline == {OPEN.id: str(Dropped())}
    assert cluster.asked.count("send 10") == 1


@pytest.mark.parametrize("observed", [Dropped(), Lost(Dropped())])
@pytest.mark.parametrize("is_mended", [True, False])
def test_who_noticed_is_asked_about_a_flow_that_is_opened_anew(
    cluster: SabotagedCluster, observed: Outcome, *, is_mended: bool
) -> None:
    """It goes through its whole story again, without any fault, also where its packets were only lost."""
    made = Arrangement(cluster, Arranged(cluster), WHOLE)  # type: ignore[arg-type]  # as above

    @contextmanager
    def dropping(_bench: Bench) -> Iterator[None]:
        cluster.become({"echo": observed})
        yield
        cluster.become({} if is_mended else {"echo": Dropped()})

    with made.within(ROUND) as trial:
        result = trial.beside(Beside(Kind.RULES_GONE, "here", dropping, asks_all=True))
        assert result.fate is Fate.NOTICED
        cluster.asked.clear()
    assert cluster.asked == ["disconnect", "forget flows", "connect 61000", "send 3", "send 10"]
    assert made.behind == ({} if is_mended else {OPEN.id: str(Dropped())})


def test_who_noticed_is_in_doubt_where_its_flow_cannot_be_opened_any_more(
    cluster: SabotagedCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the fault has left behind says no more than that; the sabotage goes on."""
    made = Arrangement(cluster, Arranged(cluster), WHOLE)  # type: ignore[arg-type]  # as above

    def connect(_flow: Flow) -> None:
        raise LabError("could not open the connection")

    with made.within(ROUND) as trial:
        trial.judges.noticed(OPEN)
        monkeypatch.setattr(cluster, "connect", connect)
    assert made.behind == {OPEN.id: "could not open the connection"}


def test_who_noticed_nothing_is_not_asked_again(cluster: SabotagedCluster) -> None:
    """With the fault it was as it should be."""
    made = Arrangement(cluster, Arranged(cluster), WHOLE)  # type: ignore[arg-type]  # as above
    with made.within(ROUND) as trial:
        result = trial.beside(Beside(Kind.RULES_GONE, "here", lambda _bench: nullcontext(), asks_all=True))
        assert result.fate is Fate.SURVIVED
        cluster.asked.clear()
    assert cluster.asked == []
