"""TCP connections that are open while endpoints change: each stays at its endpoint, new ones go elsewhere.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.2/pkg/proxy/conntrack/cleanup.go
"""

from dataclasses import replace

from conformance.live import Live
from conformance.outcome import Kept, Masqueraded, Outcome, delivered
from conformance.vocabulary import Claim, claims, given, requirement
from lab.model import ClusterIP, Flow, LoadBalancerIP, NodePort, Place, PodIs, PodState
from scenarios.services import PAIR

A1, B1, C = Place.POD_A1, Place.POD_B1, Place.WORKER_C
POD = Flow(Place.POD_C1, ClusterIP(PAIR, "http"))
NODE_PORT = Flow(Place.CLIENT, NodePort(PAIR, "http", C))
BALANCER = Flow(Place.CLIENT, LoadBalancerIP(PAIR, "http"), via=C)
FIRST, SECOND = (delivered(pod, source=Kept()) for pod in (A1, B1))
FIRST_BY_C, SECOND_BY_C = (delivered(pod, source=Masqueraded(C)) for pod in (A1, B1))

AT_FIRST = (PodIs(B1, PodState.NOT_READY),)
UNREADY = (PodIs(A1, PodState.NOT_READY),)
TERMINATING = (PodIs(A1, PodState.TERMINATING),)

pytestmark = given(PAIR)


@requirement("ct-tcp")
@claims(
    unready_cluster_ip=Claim(replace(POD, source_port=61010), FIRST, UNREADY, AT_FIRST),
    unready_node_port=Claim(replace(NODE_PORT, source_port=61011), FIRST_BY_C, UNREADY, AT_FIRST),
    unready_load_balancer_ip=Claim(replace(BALANCER, source_port=61012), FIRST_BY_C, UNREADY, AT_FIRST),
    terminating=Claim(replace(POD, source_port=61013), FIRST, TERMINATING, AT_FIRST),
)
def test_open_connection(live: Live, flow: Flow, expect: Outcome) -> None:
    """An open connection goes on at its endpoint, whatever becomes of that, while the pod lives."""
    assert live.observe(flow) == expect


@requirement("ct-tcp-new")
@claims(
    unready_cluster_ip=Claim(POD, SECOND, UNREADY),
    unready_node_port=Claim(NODE_PORT, SECOND_BY_C, UNREADY),
    unready_load_balancer_ip=Claim(BALANCER, SECOND_BY_C, UNREADY),
    terminating=Claim(POD, SECOND, TERMINATING),
)
def test_new_connection(live: Live, flow: Flow, expect: Outcome) -> None:
    """A new connection avoids the endpoint at which open ones go on."""
    assert live.observe(flow) == expect
