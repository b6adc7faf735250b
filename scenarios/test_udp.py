"""UDP at every front door is served as TCP is: the same endpoints, and the same addresses are seen.

Source: https://kubernetes.io/docs/reference/networking/service-protocols/#udp
"""

from ipaddress import IPv4Address

from conformance.live import Live
from conformance.outcome import Arrival, Delivered, Kept, Masqueraded, Outcome, balanced, delivered
from conformance.vocabulary import Claim, claims, given, requirement
from lab.model import (
    ClusterIP,
    ExternalIP,
    Flow,
    LoadBalancerIP,
    NodePort,
    Place,
    Protocol,
    Service,
    ServicePort,
    ServiceType,
)

A, C, A1, B1 = Place.WORKER_A, Place.WORKER_C, Place.POD_A1, Place.POD_B1
ECHO = Service(
    name="udp",
    type=ServiceType.LOAD_BALANCER,
    load_balancer_ingress=(IPv4Address("203.0.113.80"),),
    external_ips=(IPv4Address("203.0.113.81"),),
    endpoints=(A1, B1),
    ports=(ServicePort("dns", 53, 8081, protocol=Protocol.UDP),),
)
CLUSTER_IP, NODE_PORT = ClusterIP(ECHO, "dns"), NodePort(ECHO, "dns", C)

pytestmark = given(ECHO)


def masqueraded(flow: Flow, by: Place) -> Claim:
    """Served by every endpoint, which sees an address of the node that translates."""
    return Claim(flow, delivered(A1, B1, source=Masqueraded(by), port=8081))


@requirement("udp-doors")
@claims(
    cluster_ip_from_pod=Claim(Flow(Place.POD_C1, CLUSTER_IP), delivered(A1, B1, source=Kept(), port=8081)),
    cluster_ip_from_node=masqueraded(Flow(C, CLUSTER_IP), C),
    cluster_ip_from_outside=masqueraded(Flow(Place.CLIENT, CLUSTER_IP, via=A), A),
    node_port_from_outside=masqueraded(Flow(Place.CLIENT, NODE_PORT), C),
    node_port_from_pod=masqueraded(Flow(Place.POD_C1, NODE_PORT), C),
    node_port_from_node=masqueraded(Flow(C, NODE_PORT), C),
    load_balancer_ip_from_outside=masqueraded(Flow(Place.CLIENT, LoadBalancerIP(ECHO, "dns"), via=C), C),
    load_balancer_ip_from_pod=masqueraded(Flow(Place.POD_C1, LoadBalancerIP(ECHO, "dns")), C),
    external_ip_from_outside=masqueraded(Flow(Place.CLIENT, ExternalIP(ECHO, "dns"), via=C), C),
    external_ip_from_node=masqueraded(Flow(C, ExternalIP(ECHO, "dns")), C),
)
def test_every_door(live: Live, flow: Flow, expect: Outcome) -> None:
    """Every front door serves UDP, for senders inside and outside."""
    assert live.observe(flow) == expect


@requirement("cip-hairpin")
@claims(
    udp=Claim(
        Flow(A1, CLUSTER_IP),
        Delivered(frozenset({Arrival(A1, 8081, Masqueraded(A)), Arrival(B1, 8081, Kept())})),
    )
)
def test_hairpin(live: Live, flow: Flow, expect: Outcome) -> None:
    """A pod reaches itself over UDP too."""
    assert live.observe(flow) == expect


@requirement("dist-random")
@claims(udp=Claim(Flow(Place.POD_C1, CLUSTER_IP), balanced(A1, B1, source=Kept(), port=8081)))
def test_even_shares(live: Live, flow: Flow, expect: Outcome) -> None:
    """UDP flows are spread as evenly."""
    assert live.observe_spread(flow) == expect
