"""How flows are opened for the claims about open ones, of which each fault has some of its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from conformance.arranged import Arranged
from conformance.outcome import Dropped
from lab.model import PODS, PodState
from svcproof.sabotage import arrangement
from svcproof.sabotage.arrangement import Arrangement
from svcproof.sabotage.order import SabotageOrder
from svcproof.sabotage.rounds import Round
from tests.sabotage.fake_bench import ECHO, FakeBench, Faulty, SabotagedCluster, a_claim

WHOLE = SabotageOrder(seed=1, budget=None, kinds=(), full=False, listed=False)
FRESH = a_claim()
OPEN = replace(FRESH, id="open.echo", flow=replace(FRESH.flow, source_port=61_000), past=((),))


class NotingBench(FakeBench):
    """A bench that notes among what the cluster was asked when flows are forgotten."""

    def __init__(self, cluster: SabotagedCluster) -> None:
        super().__init__(cluster, Faulty())

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Nothing moves by itself."""
        yield

    def forget_flows(self) -> None:
        """Notes it."""
        self._fake.asked.append("forget flows")

    def close(self) -> None:
        """No threads."""


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
    at = asked.index("connect 61000")
    assert asked.index("disconnect") < asked.index("forget flows") < at
    assert "forget flows" not in asked[at:]


def test_fresh_flows_meet_nodes_that_have_forgotten(cluster: SabotagedCluster) -> None:
    """Those of the circumstances that were brought about included."""
    asked = asked_of(cluster, Round((ECHO,), (), (FRESH,)))
    assert asked.index("services echo") < asked.index("forget flows")
    assert "disconnect" not in asked


def test_what_was_seen_to_be_sound_is_not_asked_again(cluster: SabotagedCluster) -> None:
    """Being asked may end the flow; a claim that was not as expected is left out."""
    made = Arrangement(cluster, Arranged(cluster), WHOLE)  # type: ignore[arg-type]  # as above
    round_ = Round((ECHO,), (), (OPEN,))
    with made.within(round_, known=True) as trial:
        assert trial.judges.all == [OPEN]
        assert cluster.asked[-1] == "send 3"
    cluster.become({"echo": Dropped()})
    with made.within(round_) as trial:
        assert trial.judges.all == []
    with made.within(round_, known=True) as trial:
        assert trial.judges.all == []
