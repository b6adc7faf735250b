"""Which endpoints are used while some are not ready or are going away.

Ready ones, as long as there are any; else those that are terminating and serve still.

Source: https://github.com/kubernetes/enhancements/tree/master/keps/sig-network/1669-proxy-terminating-endpoints
"""

from conformance.live import Live
from conformance.outcome import Dropped, Kept, Outcome, delivered
from conformance.vocabulary import Claim, claims, given, requirement
from lab.model import (
    ClusterIP,
    Flow,
    NodePort,
    Place,
    PodIs,
    PodState,
    Service,
    ServicePort,
    ServiceType,
    TrafficPolicy,
)

A2, B2 = Place.POD_A2, Place.POD_B2
PAIR = Service(name="pair", endpoints=(A2, B2), ports=(ServicePort("http", 80),))
PUBLISHED = Service(
    name="published", endpoints=(A2, B2), ports=(ServicePort("http", 80),), publish_not_ready_addresses=True
)
LOCAL = Service(
    name="pair-local",
    type=ServiceType.NODE_PORT,
    external_traffic_policy=TrafficPolicy.LOCAL,
    endpoints=(A2, B2),
    ports=(ServicePort("http", 80),),
)
POD, ANYWAY = Flow(Place.POD_C1, ClusterIP(PAIR, "http")), Flow(Place.POD_C1, ClusterIP(PUBLISHED, "http"))
OUTSIDE = Flow(Place.CLIENT, NodePort(LOCAL, "http", Place.WORKER_A))
FIRST, SECOND, BOTH = (delivered(*each, source=Kept()) for each in ((A2,), (B2,), (A2, B2)))
A2_NOT_READY, A2_TERMINATING, A2_DYING, B2_TERMINATING = (
    PodIs(A2, PodState.NOT_READY),
    PodIs(A2, PodState.TERMINATING),
    PodIs(A2, PodState.DYING),
    PodIs(B2, PodState.TERMINATING),
)

pytestmark = given(PAIR, PUBLISHED, LOCAL)


@requirement("ep-unready")
@claims(
    one_not_ready=Claim(POD, SECOND, when=(A2_NOT_READY,)),
    one_not_ready_published=Claim(ANYWAY, BOTH, when=(A2_NOT_READY,)),
)
def test_not_ready(live: Live, flow: Flow, expect: Outcome) -> None:
    """An endpoint that is not ready is not used, unless the Service publishes it all the same."""
    assert live.observe(flow) == expect


@requirement("term-cluster")
@claims(
    one_terminating=Claim(POD, SECOND, when=(A2_TERMINATING,)),
    all_terminating=Claim(POD, BOTH, when=(A2_TERMINATING, B2_TERMINATING)),
    only_one_serves=Claim(POD, SECOND, when=(A2_DYING, B2_TERMINATING)),
)
def test_terminating(live: Live, flow: Flow, expect: Outcome) -> None:
    """Terminating endpoints that serve are used once no endpoint is ready."""
    assert live.observe(flow) == expect


@requirement("term-local")
@claims(
    local_terminating=Claim(OUTSIDE, FIRST, when=(A2_TERMINATING,)),
    local_dying=Claim(OUTSIDE, Dropped(), when=(A2_DYING,)),
)
def test_terminating_with_local_policy(live: Live, flow: Flow, expect: Outcome) -> None:
    """With policy Local each node falls back to its own terminating endpoints, whatever other nodes have."""
    assert live.observe(flow) == expect
