"""Which claims are asked about a fault."""

from conformance.again import After
from conformance.outcome import Dropped
from lab.model import ClusterIP, Flow, Place, Service, ServicePort
from lab.profiles import ProxyMode
from svcproof.sabotage.claims import Claim
from svcproof.sabotage.fault import Kind
from svcproof.sabotage.judges import Judges
from tests.sabotage.recorded_rules import chosen


def scenario() -> None:
    """What would observe a claim; nobody does here."""


def claim(name: str, service: str, idle_seconds: float | None = None) -> Claim:
    """A claim about a Service, asked after a silence."""
    asked = Flow(Place.POD_C1, ClusterIP(Service(name=service, ports=(ServicePort("http", 80),)), "http"))
    after = None if idle_seconds is None else After(asked, idle_seconds)
    return Claim(name, asked, Dropped(), Dropped(), scenario, after=after)


FRESH, AGAIN, LATER = claim("fresh", "web"), claim("again", "web", 0.0), claim("later", "web", 2.0)
OTHER = claim("other", "cip")
JUDGES = Judges([FRESH, AGAIN, LATER, OTHER])


def test_claims_that_take_time() -> None:
    """They are asked about how long clients are remembered, and about nothing else."""
    for mode in ProxyMode:
        [second, *_] = chosen(mode, Kind.TIME_OUT, "for a second")
        [delete, *_] = chosen(mode, Kind.DELETE, "web")
        assert JUDGES.asked(second) == [LATER]
        assert JUDGES.asked(delete) == [FRESH, AGAIN]
    assert JUDGES.asked(None) == [FRESH, AGAIN, OTHER]


def test_who_noticed_is_remembered() -> None:
    """Each once, and asked first from then on."""
    judges = Judges([FRESH, AGAIN, OTHER])
    for claim_ in (OTHER, AGAIN, OTHER):
        judges.noticed(claim_)
    assert set(judges.witnesses) == {OTHER, AGAIN}
    assert judges.asked(None) == [OTHER, AGAIN, FRESH]
