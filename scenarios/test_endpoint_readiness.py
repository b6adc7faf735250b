"""A Service whose only endpoint stops being ready has none: it refuses, and serves again once it is ready.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.2/test/e2e/network/service.go
"""

from conformance.live import Live
from conformance.outcome import Kept, Outcome, Refused, delivered
from conformance.vocabulary import Claim, claims, given, requirement
from lab.model import ClusterIP, Flow, Place, PodIs, PodState, Refusal, Service, ServicePort

ONLY = Place.POD_C3
LONELY = Service(name="lonely", endpoints=(ONLY,), ports=(ServicePort("http", 80),))
FROM_POD = Flow(Place.POD_A1, ClusterIP(LONELY, "http"))
SERVED = delivered(ONLY, source=Kept())
REFUSED = Refused(Place.WORKER_A, Refusal.PORT_UNREACHABLE)

pytestmark = given(LONELY)


@requirement("noep-recover")
@claims(
    not_ready=Claim(FROM_POD, REFUSED, when=(PodIs(ONLY, PodState.NOT_READY),)),
    ready_again=Claim(FROM_POD, SERVED),
    deleted=Claim(FROM_POD, REFUSED, when=(PodIs(ONLY, PodState.GONE),)),
    made_anew=Claim(FROM_POD, SERVED),
    terminating_and_serving=Claim(FROM_POD, SERVED, when=(PodIs(ONLY, PodState.TERMINATING),)),
    terminating_and_not_serving=Claim(FROM_POD, REFUSED, when=(PodIs(ONLY, PodState.DYING),)),
)
def test_only_endpoint(live: Live, flow: Flow, expect: Outcome) -> None:
    """The Service refuses while its only endpoint cannot serve, and serves whenever it can."""
    assert live.observe(flow) == expect
