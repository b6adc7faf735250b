"""The only endpoint of a Service with policy Local is terminating: while it serves, and when it does no more.

Source: https://github.com/kubernetes/enhancements/tree/master/keps/sig-network/1669-proxy-terminating-endpoints
"""

from ipaddress import IPv4Address

from conformance.live import Live
from conformance.outcome import Dropped, Kept, Outcome, Refused, delivered
from conformance.vocabulary import Claim, claims, given, requirement
from lab.model import (
    ClusterIP,
    Flow,
    LoadBalancerIP,
    NodePort,
    Place,
    PodIs,
    PodState,
    Refusal,
    Service,
    ServicePort,
    ServiceType,
    TrafficPolicy,
)

A, C, A2, C1, CLIENT = Place.WORKER_A, Place.WORKER_C, Place.POD_A2, Place.POD_C1, Place.CLIENT
LAST = Service(
    name="last-local",
    type=ServiceType.LOAD_BALANCER,
    external_traffic_policy=TrafficPolicy.LOCAL,
    load_balancer_ingress=(IPv4Address("203.0.113.13"),),
    endpoints=(A2,),
    ports=(ServicePort("http", 80),),
)
INSIDE, BALANCER = ClusterIP(LAST, "http"), LoadBalancerIP(LAST, "http")
AT_A, AT_C = NodePort(LAST, "http", A), NodePort(LAST, "http", C)
SERVES, SERVES_NOT = (PodIs(A2, PodState.TERMINATING),), (PodIs(A2, PodState.DYING),)
SERVED, NONE_LEFT = delivered(A2, source=Kept()), Refused(C, Refusal.PORT_UNREACHABLE)

pytestmark = given(LAST)


@requirement("term-remote-only")
@claims(
    node_port=Claim(Flow(CLIENT, AT_C), Dropped(), SERVES),
    load_balancer_ip=Claim(Flow(CLIENT, BALANCER, via=C), Dropped(), SERVES),
    pod_to_cluster_ip=Claim(Flow(C1, INSIDE), SERVED, SERVES),
    pod_to_node_port=Claim(Flow(C1, AT_C), SERVED, SERVES),
    its_own_node=Claim(Flow(CLIENT, AT_A), SERVED, SERVES),
)
def test_terminating_on_another_node(live: Live, flow: Flow, expect: Outcome) -> None:
    """A node without endpoint drops outside traffic, and what comes from inside is served on the other node."""
    assert live.observe(flow) == expect


@requirement("term-none")
@claims(
    cluster_ip=Claim(Flow(C1, INSIDE), NONE_LEFT, SERVES_NOT),
    node_port=Claim(Flow(CLIENT, AT_C), NONE_LEFT, SERVES_NOT),
    load_balancer_ip=Claim(Flow(CLIENT, BALANCER, via=C), NONE_LEFT, SERVES_NOT),
)
def test_none_serves(live: Live, flow: Flow, expect: Outcome) -> None:
    """With policy Local, too, a Service that has no usable endpoint anywhere refuses."""
    assert live.observe(flow) == expect
