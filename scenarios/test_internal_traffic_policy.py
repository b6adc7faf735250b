"""internalTrafficPolicy Local: a cluster IP leads to endpoints of the node that translates, or nowhere.

Source: https://kubernetes.io/docs/concepts/services-networking/service-traffic-policy/
"""

from conformance.live import Live
from conformance.outcome import Dropped, Kept, LocalError, Masqueraded, Outcome, delivered
from conformance.vocabulary import Claim, claims, given, requirement
from lab.model import ClusterIP, Flow, NodePort, Place, Service, ServicePort, ServiceType, TrafficPolicy

A, C, A1, B1 = Place.WORKER_A, Place.WORKER_C, Place.POD_A1, Place.POD_B1
LOCAL = Service(
    name="itp-local",
    type=ServiceType.NODE_PORT,
    internal_traffic_policy=TrafficPolicy.LOCAL,
    endpoints=(A1, B1),
    ports=(ServicePort("http", 80),),
)
HTTP = ClusterIP(LOCAL, "http")

pytestmark = given(LOCAL)


@requirement("itp-local")
@claims(
    pod=Claim(Flow(Place.POD_A2, HTTP), delivered(A1, source=Kept())),
    node=Claim(Flow(A, HTTP), delivered(A1, source=Masqueraded(A))),
    outside=Claim(Flow(Place.CLIENT, HTTP, via=A), delivered(A1, source=Masqueraded(A))),
    node_port_is_not_affected=Claim(
        Flow(Place.CLIENT, NodePort(LOCAL, "http", A)), delivered(A1, B1, source=Masqueraded(A))
    ),
)
def test_node_with_endpoint(live: Live, flow: Flow, expect: Outcome) -> None:
    """On a node with an endpoint, the cluster IP leads there and nowhere else."""
    assert live.observe(flow) == expect


@requirement("itp-noloc")
@claims(
    pod=Claim(Flow(Place.POD_C1, HTTP), Dropped()),
    node=Claim(Flow(C, HTTP), LocalError("EPERM")),
    outside=Claim(Flow(Place.CLIENT, HTTP, via=C), Dropped()),
)
def test_node_without_endpoint(live: Live, flow: Flow, expect: Outcome) -> None:
    """On a node without endpoint, what is sent to the cluster IP is dropped."""
    assert live.observe(flow) == expect
