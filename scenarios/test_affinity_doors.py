"""sessionAffinity ClientIP of clients that come again by another front door of the Service, or at another port.

Fifty-one clients ask, and ask again: that all of them are given the endpoint that they had is no matter of luck.

Source: https://kubernetes.io/docs/reference/networking/virtual-ips/#session-affinity
"""

from ipaddress import IPv4Address

from conformance.again import After
from conformance.live import Live
from conformance.outcome import Masqueraded, Outcome, chosen_anew, returned
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
    ServiceTarget,
    ServiceType,
)

A, ENDPOINTS = Place.WORKER_A, (Place.POD_A3, Place.POD_B3)
AFFINE = Service(
    name="affine",
    type=ServiceType.LOAD_BALANCER,
    session_affinity_seconds=10800,
    load_balancer_ingress=(IPv4Address("203.0.113.50"),),
    external_ips=(IPv4Address("203.0.113.51"),),
    endpoints=ENDPOINTS,
    ports=(ServicePort("http", 80), ServicePort("admin", 81), ServicePort("dns", 80, protocol=Protocol.UDP)),
)
BACK, ANEW = returned(*ENDPOINTS, source=Masqueraded(A)), chosen_anew(*ENDPOINTS, source=Masqueraded(A))

pytestmark = given(AFFINE)


def clients(target: ServiceTarget) -> Flow:
    """Many clients, all of which ask at worker-a."""
    return Flow(Place.CLIENT, target, None if isinstance(target, NodePort) else A, own_addresses=True)


HTTP, HTTP_PORT = clients(ClusterIP(AFFINE, "http")), clients(NodePort(AFFINE, "http", A))
BALANCER, EXTERNAL = clients(LoadBalancerIP(AFFINE, "http")), clients(ExternalIP(AFFINE, "http"))
DNS, DNS_PORT = clients(ClusterIP(AFFINE, "dns")), clients(NodePort(AFFINE, "dns", A))


@requirement("aff-shared")
@claims(
    same_door=Claim(HTTP, BACK, after=After(HTTP)),
    cluster_ip_then_node_port=Claim(HTTP_PORT, BACK, after=After(HTTP)),
    node_port_then_load_balancer_ip=Claim(BALANCER, BACK, after=After(HTTP_PORT)),
    load_balancer_ip_then_external_ip=Claim(EXTERNAL, BACK, after=After(BALANCER)),
    udp_cluster_ip_then_node_port=Claim(DNS_PORT, BACK, after=After(DNS)),
)
def test_by_another_front_door(live: Live, flow: Flow, expect: Outcome) -> None:
    """A client keeps its endpoint by whichever door of the Service it asks a node."""
    assert live.observe_again(flow) == expect


@requirement("aff-ports")
@claims(
    other_port=Claim(clients(ClusterIP(AFFINE, "admin")), ANEW, after=After(HTTP)),
    other_protocol=Claim(DNS, ANEW, after=After(HTTP)),
)
def test_at_another_port(live: Live, flow: Flow, expect: Outcome) -> None:
    """What a client is given at one port says nothing about another port of the Service."""
    assert live.observe_again(flow) == expect
