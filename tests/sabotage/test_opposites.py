"""Nothing is translated, and everything is: what these faults make of rules, and that every claim is asked."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace

import pytest

from conformance.outcome import Dropped, Lost
from lab.profiles import ProxyMode
from svcproof.sabotage import of_kube_proxy, opposites
from svcproof.sabotage.bench import Bench
from svcproof.sabotage.beside import Beside
from svcproof.sabotage.equivalence import Proof
from svcproof.sabotage.fault import OPPOSITES, Kind
from svcproof.sabotage.judges import Judges
from svcproof.sabotage.results import Fate
from svcproof.sabotage.trial import Trial
from tests.sabotage.fake_bench import ECHO, OTHER, FakeBench, Faulty, SabotagedCluster, a_claim
from tests.sabotage.recorded_rules import MODES, entries, rules


@pytest.mark.parametrize("mode", MODES)
def test_nothing_leads_to_rules_of_kube_proxy(mode: ProxyMode) -> None:
    """No packet comes to one any more; in iptables mode, rules of others stay where they are."""
    sound, bare = entries(rules(mode)), entries(opposites.without_proxy(rules(mode), mode))
    assert bare.keys() == sound.keys()
    left = [entry for spot, each in bare.items() if spot.form == "chain" for entry in each]
    assert not [entry for entry in left if "jump" in entry or "goto" in entry or "-j KUBE-" in entry]
    if mode is ProxyMode.IPTABLES:
        others = [entry for each in sound.values() for entry in each if "-j KUBE-" not in entry]
        assert left == others
        assert others


@pytest.mark.parametrize(("asks_all", "noticing"), [(False, 1), (True, 2)])
def test_every_claim_is_asked_also_where_one_has_noticed(*, asks_all: bool, noticing: int) -> None:
    """Each is seen to notice, and counted; elsewhere the first is enough."""
    cluster = SabotagedCluster()
    bench, claims = FakeBench(cluster, Faulty()), [a_claim(name=name) for name in ("one", "two")]
    trial = Trial(bench, Judges(claims), Proof(bench, (ECHO,), ()), full=False, when="")

    @contextmanager
    def dropping(_bench: Bench) -> Iterator[None]:
        cluster.become({"echo": Dropped()})
        yield
        cluster.become({})

    result = trial.beside(Beside(Kind.RULES_GONE, "here", dropping, asks_all=asks_all))
    assert [notice.claim for notice in result.notices] == [claim.id for claim in claims[:noticing]]
    assert trial.asked == dict.fromkeys((claim.id for claim in claims[:noticing]), 1)


def test_what_could_not_be_told_is_not_counted_as_asked() -> None:
    """The silence that it expects is not proven with the fault; what noticed beside it is counted as ever."""
    cluster = SabotagedCluster()
    silent = [a_claim(OTHER, name, expect=Dropped()) for name in ("silence", "again")]
    served = a_claim(name="served")
    lost = {each: Lost(Dropped()) for each in ("echo", "other")}
    bench = FakeBench(cluster, Faulty())
    trial = Trial(bench, Judges([*silent, served]), Proof(bench, (ECHO,), ()), full=False, when="")

    @contextmanager
    def losing(_bench: Bench) -> Iterator[None]:
        cluster.become(lost)
        yield
        cluster.become({"other": Dropped()})

    result = trial.beside(Beside(Kind.RULES_GONE, "here", losing, asks_all=True))
    assert (result.fate, result.judged) == (Fate.NOTICED, 3)
    assert result.told == (served.id,)
    assert result.quiet == ()
    assert [notice.claim for notice in result.untold] == [claim.id for claim in silent]
    assert trial.asked == {served.id: 1}
    assert trial.could_not_tell == dict.fromkeys((claim.id for claim in silent), 1)


def test_of_claims_of_the_network_opposites_say_nothing() -> None:
    """They are asked where others cannot tell, and may come to the same with both."""
    network = replace(a_claim(name="network"), given=())
    bench, claims = FakeBench(SabotagedCluster(), Faulty()), [a_claim(), network]
    trial = Trial(bench, Judges(claims), Proof(bench, (ECHO,), ()), full=False, when="")
    for fault, told in ((Kind.RULES_GONE, (a_claim().id,)), (Kind.IP_FORWARD_OFF, ())):
        result = trial.beside(Beside(fault, "here", lambda _bench: nullcontext(), asks_all=True))
        assert (result.judged, result.told) == (2, told)
        assert result.quiet == tuple(claim.id for claim in claims)


def test_the_opposites_are_those_that_claims_are_held_to() -> None:
    """Each has a kind of its own."""
    assert {fault.kind for fault in opposites.faults()} == OPPOSITES


def test_what_must_be_noticed_by_every_claim_is_asked_of_all() -> None:
    """None of them is harmless."""
    for fault in (*opposites.faults(), *of_kube_proxy.faults()):
        assert fault.asks_all
        assert not fault.harmless
