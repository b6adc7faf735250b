"""UDP flows that are open while endpoints come and go: they follow the Service to an endpoint that serves.

A UDP flow has no end that a kernel could see, so what conntrack remembers of it must be cleared by kube-proxy.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.2/test/e2e/network/conntrack.go
"""

from conformance.live import Live
from conformance.outcome import Kept, Masqueraded, Outcome, Refused, delivered
from conformance.vocabulary import Claim, claims, given, requirement
from lab.model import (
    ClusterIP,
    Flow,
    NodePort,
    Place,
    PodIs,
    PodState,
    Protocol,
    Refusal,
    Service,
    ServicePort,
    ServiceType,
)

A, C, A1, B1 = Place.WORKER_A, Place.WORKER_C, Place.POD_A1, Place.POD_B1
DNS = Service(
    name="open",
    type=ServiceType.NODE_PORT,
    endpoints=(A1, B1),
    ports=(ServicePort("dns", 53, 8080, Protocol.UDP),),
)
FIRST_GONE, SECOND_GONE = PodIs(A1, PodState.GONE), PodIs(B1, PodState.GONE)
BOTH_UNREADY = (PodIs(A1, PodState.NOT_READY), PodIs(B1, PodState.NOT_READY))

pytestmark = given(DNS)


def from_pod(source_port: int) -> Flow:
    """One flow of a pod, to the cluster IP."""
    return Flow(Place.POD_C1, ClusterIP(DNS, "dns"), source_port=source_port)


def from_outside(source_port: int) -> Flow:
    """One flow of the outside client, to the node port of a node without endpoint."""
    return Flow(Place.CLIENT, NodePort(DNS, "dns", C), source_port=source_port)


@requirement("ct-udp-del")
@claims(
    cluster_ip=Claim(from_pod(61001), delivered(B1, source=Kept()), (FIRST_GONE,), opened=(SECOND_GONE,)),
    node_port=Claim(
        from_outside(61002), delivered(B1, source=Masqueraded(C)), (FIRST_GONE,), opened=(SECOND_GONE,)
    ),
)
def test_endpoint_removed(live: Live, flow: Flow, expect: Outcome) -> None:
    """A flow whose endpoint is gone goes on at another endpoint."""
    assert live.observe(flow) == expect


@requirement("ct-udp-newep")
@claims(
    cluster_ip=Claim(from_pod(61003), delivered(A1, source=Kept()), (SECOND_GONE,), opened=BOTH_UNREADY),
)
def test_endpoint_appears(live: Live, flow: Flow, expect: Outcome) -> None:
    """A flow that was refused while there was no endpoint is served once there is one."""
    assert live.observe(flow) == expect


@requirement("ct-udp-zero")
@claims(
    cluster_ip=Claim(
        from_pod(61004),
        Refused(C, Refusal.PORT_UNREACHABLE),
        (FIRST_GONE, SECOND_GONE),
        opened=(SECOND_GONE,),
    ),
)
def test_last_endpoint_removed(live: Live, flow: Flow, expect: Outcome) -> None:
    """A flow whose Service has no endpoint left is refused, and goes to no pod that is gone."""
    assert live.observe(flow) == expect
