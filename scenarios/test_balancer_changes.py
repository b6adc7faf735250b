"""Services of type LoadBalancer that get node ports, lose them again, or change their type.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.2/test/e2e/network/loadbalancer.go
"""

from dataclasses import replace
from ipaddress import IPv4Address

from conformance.live import Live
from conformance.outcome import Forwarded, Kept, Masqueraded, Outcome, Refused, delivered
from conformance.vocabulary import Claim, claims, given, requirement
from lab.model import (
    ClusterIP,
    Flow,
    LoadBalancerIP,
    NodePort,
    Place,
    Refusal,
    Service,
    ServiceIs,
    ServicePort,
    ServiceType,
)

A, A1, B1 = Place.WORKER_A, Place.POD_A1, Place.POD_B1
BALANCED = Service(
    name="balanced-only",
    type=ServiceType.LOAD_BALANCER,
    allocate_load_balancer_node_ports=False,
    load_balancer_ingress=(IPv4Address("203.0.113.92"),),
    endpoints=(A1, B1),
    ports=(ServicePort("http", 80),),
)
PORTED = replace(
    BALANCED, allocate_load_balancer_node_ports=True, ports=(ServicePort("http", 80, node_port=30090),)
)
NO_MORE = replace(BALANCED, type=ServiceType.CLUSTER_IP, load_balancer_ingress=())
IS_PORTED, IS_NO_MORE = (ServiceIs(BALANCED, PORTED),), (ServiceIs(BALANCED, NO_MORE),)
BALANCER = Flow(Place.CLIENT, LoadBalancerIP(BALANCED, "http"), via=A)
NODE_PORT = Flow(Place.CLIENT, NodePort(PORTED, "http", A))
SERVED = delivered(A1, B1, source=Masqueraded(A))

pytestmark = given(BALANCED)


@requirement("lb-nonp")
@claims(
    node_port_asked_for=Claim(NODE_PORT, SERVED, IS_PORTED),
    node_port_given_up=Claim(NODE_PORT, Refused(A, Refusal.TCP_RESET)),
    load_balancer_ip=Claim(BALANCER, SERVED),
)
def test_without_node_ports(live: Live, flow: Flow, expect: Outcome) -> None:
    """The load balancer IP is served without node ports, and none is left from when there were."""
    assert live.observe(flow) == expect


@requirement("svc-type")
@claims(
    load_balancer_becomes_cluster_ip=Claim(BALANCER, Forwarded(Place.ROUTER), IS_NO_MORE),
    cluster_ip_of_a_former_load_balancer=Claim(
        Flow(Place.POD_C1, ClusterIP(NO_MORE, "http")), delivered(A1, B1, source=Kept()), IS_NO_MORE
    ),
    load_balancer_again=Claim(BALANCER, SERVED),
)
def test_balancer_no_more(live: Live, flow: Flow, expect: Outcome) -> None:
    """A Service that is of type LoadBalancer no more is not served at its former load balancer IP."""
    assert live.observe(flow) == expect
