"""New connections are spread evenly over the endpoints: each one is as likely as any other, every time.

Source: https://kubernetes.io/docs/reference/networking/virtual-ips/#proxy-mode-iptables
"""

from conformance.live import Live
from conformance.outcome import Kept, Masqueraded, Outcome, balanced
from conformance.vocabulary import Claim, claims, given, requirement
from lab.model import PODS, ClusterIP, Flow, NodePort, Place, Service, ServicePort, ServiceType

TWO, THREE, FIVE = PODS[:2], PODS[1:4], PODS[2:7]


def over(name: str, endpoints: tuple[Place, ...]) -> Service:
    """A Service over these endpoints."""
    return Service(
        name=name, type=ServiceType.NODE_PORT, endpoints=endpoints, ports=(ServicePort("http", 80),)
    )


OVER_2, OVER_3, OVER_5, OVER_10 = (
    over("two", TWO),
    over("three", THREE),
    over("five", FIVE),
    over("ten", PODS),
)
SENDER = Place.POD_C3

pytestmark = given(OVER_2, OVER_3, OVER_5, OVER_10)


@requirement("dist-random")
@claims(
    two=Claim(Flow(SENDER, ClusterIP(OVER_2, "http")), balanced(*TWO, source=Kept())),
    three=Claim(Flow(SENDER, ClusterIP(OVER_3, "http")), balanced(*THREE, source=Kept())),
    five=Claim(Flow(SENDER, ClusterIP(OVER_5, "http")), balanced(*FIVE, source=Kept())),
    ten=Claim(
        Flow(Place.CLIENT, NodePort(OVER_10, "http", Place.WORKER_B)),
        balanced(*PODS, source=Masqueraded(Place.WORKER_B)),
    ),
)
def test_even_shares(live: Live, flow: Flow, expect: Outcome) -> None:
    """Each endpoint gets its share of many connections."""
    assert live.observe_spread(flow) == expect
