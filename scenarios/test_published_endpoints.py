"""publishNotReadyAddresses: endpoints are used whether they are ready or not, also while they terminate.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.2/test/e2e/network/service.go
"""

from conformance.live import Live
from conformance.outcome import Kept, Outcome, Refused, delivered
from conformance.vocabulary import Claim, claims, given, requirement
from lab.model import ClusterIP, Flow, Place, PodIs, PodState, Refusal, Service, ServicePort

A2, B2 = Place.POD_A2, Place.POD_B2
ANYWAY = Service(
    name="published-anyway",
    endpoints=(A2, B2),
    ports=(ServicePort("http", 80),),
    publish_not_ready_addresses=True,
)
FLOW = Flow(Place.POD_C1, ClusterIP(ANYWAY, "http"))
BOTH = delivered(A2, B2, source=Kept())
NOT_READY, DYING, GONE = PodState.NOT_READY, PodState.DYING, PodState.GONE

pytestmark = given(ANYWAY)


@requirement("ep-pnra")
@claims(
    none_ready=Claim(FLOW, BOTH, (PodIs(A2, NOT_READY), PodIs(B2, NOT_READY))),
    one_terminating=Claim(FLOW, BOTH, (PodIs(A2, PodState.TERMINATING),)),
    one_dying=Claim(FLOW, BOTH, (PodIs(A2, DYING),)),
    last_one_dying=Claim(FLOW, delivered(B2, source=Kept()), (PodIs(A2, GONE), PodIs(B2, DYING))),
    all_gone=Claim(
        FLOW, Refused(Place.WORKER_C, Refusal.PORT_UNREACHABLE), (PodIs(A2, GONE), PodIs(B2, GONE))
    ),
)
def test_published_endpoints(live: Live, flow: Flow, expect: Outcome) -> None:
    """Every endpoint that exists is used, as if it were ready."""
    assert live.observe(flow) == expect
