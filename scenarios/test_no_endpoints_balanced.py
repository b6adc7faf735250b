"""A Service without endpoints refuses at its load balancer IP and external IP, with ICMP port unreachable.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.2/pkg/proxy/iptables/proxier_test.go
"""

from conformance.live import Live
from conformance.outcome import Outcome
from conformance.vocabulary import claims, given, requirement
from lab.model import ExternalIP, Flow, LoadBalancerIP, Place
from scenarios.services import NONE, refused

A, B, C = Place.WORKER_A, Place.WORKER_B, Place.WORKER_C
LOAD_BALANCER, EXTERNAL = LoadBalancerIP(NONE, "http"), ExternalIP(NONE, "http")

pytestmark = given(NONE)


@requirement("noep-lb")
@claims(
    load_balancer_ip_from_outside=refused(B, Place.CLIENT, LOAD_BALANCER, B),
    load_balancer_ip_from_pod=refused(C, Place.POD_C1, LOAD_BALANCER),
    external_ip_from_outside=refused(B, Place.CLIENT, EXTERNAL, B),
    load_balancer_ip_udp=refused(C, Place.CLIENT, LoadBalancerIP(NONE, "dns"), C),
    external_ip_udp=refused(C, Place.CLIENT, ExternalIP(NONE, "dns"), C),
    external_ip_from_pod=refused(C, Place.POD_C1, EXTERNAL),
)
def test_load_balancer_and_external_ip(live: Live, flow: Flow, expect: Outcome) -> None:
    """The load balancer IP and the external IP refuse on the node that the packet comes to."""
    assert live.observe(flow) == expect


@requirement("noep-lb-node")
@claims(
    load_balancer_ip_from_node=refused(A, A, LOAD_BALANCER),
    external_ip_from_node=refused(A, A, EXTERNAL),
)
def test_from_a_node_itself(live: Live, flow: Flow, expect: Outcome) -> None:
    """The load balancer IP and the external IP refuse a node's own connections."""
    assert live.observe(flow) == expect
