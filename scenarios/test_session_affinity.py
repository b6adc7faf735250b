"""sessionAffinity ClientIP: all connections of one client go to one endpoint, as long as it can serve.

Source: https://kubernetes.io/docs/reference/networking/virtual-ips/#session-affinity
"""

from conformance.live import Live
from conformance.outcome import Kept, Masqueraded, Outcome, Stuck, delivered
from conformance.vocabulary import Claim, claims, given, requirement
from lab.model import ClusterIP, Flow, NodePort, Place, PodIs, PodState, Service, ServicePort, ServiceType

A3, B3, C = Place.POD_A3, Place.POD_B3, Place.WORKER_C
STICKY = Service(
    name="sticky",
    type=ServiceType.NODE_PORT,
    session_affinity_seconds=10800,
    endpoints=(A3, B3),
    ports=(ServicePort("http", 80),),
)
HTTP = ClusterIP(STICKY, "http")

pytestmark = given(STICKY)


@requirement("aff-stick")
@claims(
    pod=Claim(Flow(Place.POD_C1, HTTP), Stuck(Kept())),
    node=Claim(Flow(C, HTTP), Stuck(Masqueraded(C))),
    outside=Claim(Flow(Place.CLIENT, NodePort(STICKY, "http", C)), Stuck(Masqueraded(C))),
    beyond_the_router=Claim(Flow(Place.FAR_CLIENT, NodePort(STICKY, "http", C)), Stuck(Masqueraded(C))),
)
def test_sticks(live: Live, flow: Flow, expect: Outcome) -> None:
    """Every connection of a client goes to the same endpoint; it is chosen before the address is masqueraded."""
    assert live.observe(flow) == expect


@requirement("aff-epgone")
@claims(
    first_gone=Claim(
        Flow(Place.POD_C1, HTTP), delivered(B3, source=Kept()), when=(PodIs(A3, PodState.NOT_READY),)
    ),
    second_gone=Claim(
        Flow(Place.POD_C1, HTTP), delivered(A3, source=Kept()), when=(PodIs(B3, PodState.NOT_READY),)
    ),
)
def test_endpoint_gone(live: Live, flow: Flow, expect: Outcome) -> None:
    """A client whose endpoint stops being ready is kept at the other from then on."""
    assert live.observe(flow) == expect
