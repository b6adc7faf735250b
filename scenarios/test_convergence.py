"""How the data plane follows a change: on every node in time, and at no moment other than before or after.

Pods of every node send new connections all the while. The bound is that of Kubernetes' own scale tests. That a Service
gets its first endpoint is not claimed: what iptables mode does for a moment then, docs/findings.md says.

Source: https://github.com/kubernetes/community/blob/master/sig-scalability/slos/network_programming_latency.md
"""

from conformance.live import Live
from conformance.outcome import Changed, Dropped, Kept, Outcome, Refused, delivered
from conformance.vocabulary import Claim, claims, given, requirement
from lab.model import ClusterIP, Flow, Place, PodIs, PodState, Refusal, Service, ServiceIs, ServicePort

A1, B1 = Place.POD_A1, Place.POD_B1
QUEUE = Service(name="queue", endpoints=(A1, B1), ports=(ServicePort("http", 80),))
HTTP = Flow(Place.POD_C3, ClusterIP(QUEUE, "http"))
FIRST, BOTH = delivered(A1, source=Kept()), delivered(A1, B1, source=Kept())
REFUSED = Refused(Place.WORKER_C, Refusal.PORT_UNREACHABLE)

ONLY_FIRST = (PodIs(B1, PodState.NOT_READY),)
NONE = (*ONLY_FIRST, PodIs(A1, PodState.NOT_READY))
DELETED = (ServiceIs(QUEUE, None),)

pytestmark = given(QUEUE)


@requirement("conv-endpoints")
@claims(
    one_more=Claim(HTTP, Changed(FIRST, BOTH), (), before=ONLY_FIRST),
    one_less=Claim(HTTP, Changed(BOTH, FIRST), ONLY_FIRST, before=()),
    last_one_gone=Claim(HTTP, Changed(FIRST, REFUSED), NONE, before=ONLY_FIRST),
)
def test_endpoints_change(live: Live, flow: Flow, expect: Outcome) -> None:
    """Every node follows a change of endpoints in time; until then it does as before, and never anything else."""
    assert live.observe_change(flow) == expect


@requirement("conv-service")
@claims(
    created=Claim(HTTP, Changed(Dropped(), BOTH), (), before=DELETED),
    deleted=Claim(HTTP, Changed(BOTH, Dropped()), DELETED, before=()),
)
def test_service_comes_or_goes(live: Live, flow: Flow, expect: Outcome) -> None:
    """Every node serves a new Service in time, and a deleted one no more; a new one without endpoints yet refuses."""
    assert live.observe_change(flow, passing=[REFUSED]) == expect
