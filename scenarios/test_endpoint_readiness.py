"""A Service whose only endpoint stops being ready has none: it refuses, and serves again once it is ready.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.2/test/e2e/network/service.go
"""

from conformance.live import Live
from conformance.outcome import Kept, Outcome, Refused, delivered
from conformance.vocabulary import Claim, claims, given, requirement
from lab.model import ClusterIP, Flow, Place, Refusal, Service, ServicePort

ONLY = Place.POD_C3
LONELY = Service(name="lonely", endpoints=(ONLY,), ports=(ServicePort("http", 80),))
FROM_POD = Flow(Place.POD_A1, ClusterIP(LONELY, "http"))

pytestmark = given(LONELY)


@requirement("noep-recover")
@claims(not_ready=Claim(FROM_POD, Refused(Place.WORKER_A, Refusal.PORT_UNREACHABLE)))
def test_only_endpoint_not_ready(live: Live, flow: Flow, expect: Outcome) -> None:
    """While its only endpoint is not ready, the Service refuses."""
    with live.not_ready(ONLY):
        assert live.observe(flow) == expect


@requirement("noep-recover")
@claims(ready_again=Claim(FROM_POD, delivered(ONLY, source=Kept())))
def test_endpoint_ready_again(live: Live, flow: Flow, expect: Outcome) -> None:
    """Once its endpoint is ready again, the Service serves."""
    with live.not_ready(ONLY):
        pass
    assert live.observe(flow) == expect


@requirement("noep-recover")
@claims(deleted=Claim(FROM_POD, Refused(Place.WORKER_A, Refusal.PORT_UNREACHABLE)))
def test_only_endpoint_deleted(live: Live, flow: Flow, expect: Outcome) -> None:
    """Once its only pod is deleted, the Service refuses."""
    with live.removed(ONLY):
        assert live.observe(flow) == expect


@requirement("noep-recover")
@claims(terminating=Claim(FROM_POD, delivered(ONLY, source=Kept())))
def test_only_endpoint_terminating(live: Live, flow: Flow, expect: Outcome) -> None:
    """A pod that is terminating and serves still is used while there is no other."""
    with live.terminating(ONLY):
        assert live.observe(flow) == expect
