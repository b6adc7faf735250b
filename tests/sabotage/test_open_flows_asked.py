"""Which faults the claims about open flows are asked about, and what a sabotage of one kind leaves out."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from conformance.outcome import Dropped
from svcproof.sabotage import arrangement, of_conntrack, of_network, opposites
from svcproof.sabotage.arrangement import Arrangement
from svcproof.sabotage.bench import Bench
from svcproof.sabotage.beside import Beside
from svcproof.sabotage.fault import OPPOSITES, Kind
from svcproof.sabotage.order import SabotageOrder
from svcproof.sabotage.results import Fate
from svcproof.sabotage.rounds import Round, Rounds
from svcproof.sabotage.session import Session
from svcproof.sabotage.trial import Trial
from tests.sabotage.fake_bench import ECHO, OTHER, NotingBench, SabotagedCluster, a_claim

FRESH, NETWORK = a_claim(), replace(a_claim(name="network"), given=())
OPEN = replace(a_claim(name="open", past=((),)), flow=replace(FRESH.flow, source_port=61_000))
AGAIN = replace(OPEN, id="again.other", flow=replace(a_claim(OTHER).flow, source_port=61_001))
STRAY = replace(OPEN, id="stray.echo", flow=replace(OPEN.flow, stray_of=OPEN.flow))
ROUNDS = Rounds(
    [Round((), (), (NETWORK,)), Round((ECHO,), (), (FRESH,))],
    [Round((ECHO,), (), (OPEN, STRAY)), Round((OTHER,), (), (AGAIN,))],
)
LIBERAL = SabotageOrder(seed=1, budget=None, kinds=(Kind.CONNTRACK_LIBERAL,), full=False, listed=False)


def session(order: SabotageOrder) -> Session:
    """A session in which nothing was done yet."""
    return Session(SabotagedCluster(), ROUNDS, order, str)  # type: ignore[arg-type]  # as a bench's


@pytest.fixture
def noting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Benches note, and every fault that claims about open flows are asked about drops what is sent to one Service."""

    @contextmanager
    def dropping(bench: Bench) -> Iterator[None]:
        assert isinstance(bench, NotingBench)
        bench.become({"echo": Dropped()})
        yield
        bench.become({})

    made = tuple(Beside(kind, "here", dropping, asks_all=True) for kind in OPPOSITES)
    monkeypatch.setattr(arrangement, "Bench", NotingBench)
    monkeypatch.setattr(of_conntrack, "_liberal", dropping)
    monkeypatch.setattr(opposites, "faults", lambda: made)
    monkeypatch.setattr(of_network, "faults", lambda _: ())
    monkeypatch.setattr(Arrangement, "candidates", lambda *_: {})


def test_a_fault_of_conntrack_is_for_claims_about_invalid_segments() -> None:
    """Others of their round are asked, too: a connection that such segments hit."""
    assert of_conntrack.faults([OPEN, AGAIN]) == ()
    [fault] = of_conntrack.faults([OPEN, STRAY])
    assert (fault.kind, fault.asks_all, fault.harmless) == (Kind.CONNTRACK_LIBERAL, True, False)


@pytest.mark.parametrize(
    ("kinds", "rounds"),
    [
        ((), 2),
        ((Kind.CONNTRACK_LIBERAL,), 1),
        ((Kind.CONNTRACK_LIBERAL, Kind.POD_NETWORK), 1),
        ((Kind.CONNTRACK_LIBERAL, Kind.RULES_GONE), 2),
    ],
)
def test_fresh_flows_to_services_are_left_out_where_nothing_concerns_them(
    kinds: tuple[Kind, ...], rounds: int
) -> None:
    """The pod network comes first in any case."""
    assert session(replace(LIBERAL, kinds=kinds))._rounds_wanted() == ROUNDS.fresh[:rounds]


@pytest.mark.usefixtures("noting")
def test_every_claim_of_the_round_says_what_it_saw() -> None:
    """Each of its round is asked; those of other rounds are not."""
    made = session(LIBERAL)
    made.run()
    [result] = made.results
    assert (result.fate, [notice.claim for notice in result.notices]) == (Fate.NOTICED, [OPEN.id, STRAY.id])
    assert made.asked == {OPEN.id: 1, STRAY.id: 1}
    assert (made.baseline, made.behind) == ({}, {})


@pytest.mark.usefixtures("noting")
def test_opposites_are_for_all_rounds_of_open_flows() -> None:
    """What the claims of one noticed does not hide that those of another noticed nothing."""
    made = session(replace(LIBERAL, kinds=tuple(OPPOSITES)))
    made.run()
    for result in made.results:
        assert {notice.claim for notice in result.notices} == {FRESH.id, OPEN.id, STRAY.id}
        assert result.quiet == (AGAIN.id,)


@pytest.mark.usefixtures("noting")
def test_behind_each_opposite_those_that_noticed_are_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever comes after it might mend what it has left."""
    checked: list[tuple[str, ...]] = []

    def check(_: Arrangement, trial: Trial) -> None:
        checked.append(tuple(claim.id for claim in trial.judges.witnesses))

    monkeypatch.setattr(Arrangement, "check_sound", check)
    made = session(replace(LIBERAL, kinds=tuple(OPPOSITES)))
    made.rounds = Rounds([ROUNDS.fresh[1]])
    made.run()
    assert checked == [(), (FRESH.id,), (FRESH.id,)]
