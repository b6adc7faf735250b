"""What claims say of a fault with which the lab cannot tell everything."""

from collections.abc import Callable, Sequence

from conformance.live import Live, Observation
from conformance.outcome import Dropped, Kept, Lost, Outcome, delivered
from lab.errors import LabError
from lab.model import ClusterIP, Flow, Place, Service, ServicePort
from svcproof.sabotage.bench import Bench
from svcproof.sabotage.claims import Claim
from svcproof.sabotage.judges import Judges, ask
from tests.svcproof.fake_lab import FakeCluster, a_cluster

SERVED, SILENT = (
    Service(name=name, endpoints=(Place.POD_A1,), ports=(ServicePort("http", 80),))
    for name in ("served", "silent")
)
DELIVERED = delivered(Place.POD_A1, source=Kept())


class FakeBench(Bench):
    """A bench over a cluster that sends nothing."""

    def __init__(self, cluster: FakeCluster) -> None:
        self.cluster = cluster  # type: ignore[assignment]  # of what a bench asks of it, it has what is asked here

    def count(self, observations: Sequence[Observation]) -> None:
        """No ports are used."""


def observed(live: Live, flow: Flow, expect: Outcome) -> None:
    """A scenario's test."""
    assert live.observe(flow) == expect


def broken(**_: object) -> None:
    """A scenario's test in a lab that does not answer itself."""
    raise LabError("nobody is at home")


def a_claim(
    name: str, service: Service, sender: Place = Place.POD_C1, scenario: Callable[..., None] = observed
) -> Claim:
    """A claim about a Service that is served, or is silent."""
    expect = DELIVERED if service is SERVED else Dropped()
    return Claim(name, Flow(sender, ClusterIP(service, "http")), expect, expect, scenario)


def said(*claims: Claim, every: bool = False) -> list[tuple[str, bool, bool]]:
    """Of each claim that was asked: its name, whether it has something to say, and whether it could be told."""
    gone = a_cluster(served=Lost(Dropped()), silent=Lost(Dropped()))
    gone.set_services([SERVED, SILENT])
    answers = ask(FakeBench(gone), claims, shares=False, every=every)
    return [(claim.id, notice is not None, told) for claim, notice, told in answers]


def test_where_sentinels_are_lost_a_claim_of_delivery_notices() -> None:
    """It was told, and differs."""
    assert said(a_claim("one", SERVED)) == [("one", True, True)]


def test_a_claim_of_silence_does_not_keep_others_from_noticing() -> None:
    """What cannot be told is not asked again of the same sender's silence; all else is."""
    claims = [
        a_claim("silence", SILENT),
        a_claim("silence again", SILENT),
        a_claim("silence elsewhere", SILENT, Place.POD_C2),
        a_claim("delivery", SERVED),
    ]
    assert said(*claims) == [
        ("silence", True, False),
        ("silence elsewhere", True, False),
        ("delivery", True, True),
    ]


def test_a_lab_that_is_not_at_work_is_not_asked_for_long() -> None:
    """Nothing more of that sender, and nothing more at all after a second one."""
    claims = [
        a_claim("first", SERVED, scenario=broken),
        a_claim("same sender", SERVED),
        a_claim("second", SERVED, Place.POD_C2, scenario=broken),
        a_claim("third", SERVED, Place.POD_C3),
    ]
    assert said(*claims) == [("first", True, False), ("second", True, False)]


def test_where_every_claim_is_to_be_asked_none_is_left_out() -> None:
    """Whoever else could not tell: each that could notice does, and each that could not tell says so."""
    claims = [
        a_claim("silence", SILENT),
        a_claim("silence again", SILENT),
        a_claim("first", SERVED, scenario=broken),
        a_claim("second", SERVED, Place.POD_C2, scenario=broken),
        a_claim("same sender", SERVED),
        a_claim("third", SERVED, Place.POD_C3),
    ]
    assert said(*claims, every=True) == [
        ("silence", True, False),
        ("silence again", True, False),
        ("first", True, False),
        ("second", True, False),
        ("same sender", True, True),
        ("third", True, True),
    ]


def test_the_other_claims_are_those_that_were_not_asked() -> None:
    """Those of other Services first, then the network's."""
    own, other, network = a_claim("own", SILENT), a_claim("other", SERVED), a_claim("network", SERVED)
    assert Judges([own, other], [network]).but([own]) == [other, network]


def test_what_noticed_is_asked_first() -> None:
    """A claim of the network that has noticed is one of the round's from then on, also behind its faults."""
    own, network = a_claim("own", SILENT), a_claim("network", SERVED)
    judges = Judges([own], [network])
    assert judges.asked(None) == [own]
    judges.noticed(network)
    assert judges.asked(None) == [network, own]
    assert judges.witnesses == (network,)
    assert judges.but([own, network]) == []
