"""sessionAffinity ClientIP of many clients, each of which asks for the first time: they are spread evenly.

Hundreds of clients ask once each, from addresses of their own. What one of them is given is kept for it alone, also
where a node chooses among its own endpoints only.

Source: https://kubernetes.io/docs/reference/networking/virtual-ips/#proxy-mode-iptables
"""

from ipaddress import IPv4Address

from conformance.again import After
from conformance.live import Live
from conformance.outcome import Kept, Masqueraded, Outcome, balanced, returned
from conformance.vocabulary import Claim, claims, given, requirement
from lab.model import (
    ClusterIP,
    Flow,
    LoadBalancerIP,
    NodePort,
    Place,
    Protocol,
    Service,
    ServicePort,
    ServiceType,
    TrafficPolicy,
)

A, TWO = Place.WORKER_A, (Place.POD_A3, Place.POD_B3)
THREE, OF_THE_NODE = (Place.POD_A1, Place.POD_B2, Place.POD_C2), (Place.POD_A1, Place.POD_A3)
HTTP, DNS = ServicePort("http", 80), ServicePort("dns", 80, protocol=Protocol.UDP)
OVER_2 = Service(
    name="many-over-two",
    type=ServiceType.NODE_PORT,
    session_affinity_seconds=10800,
    endpoints=TWO,
    ports=(HTTP, DNS),
)
OVER_3 = Service(name="many-over-three", session_affinity_seconds=10800, endpoints=THREE, ports=(HTTP,))
LOCAL = Service(
    name="many-over-local",
    type=ServiceType.LOAD_BALANCER,
    session_affinity_seconds=10800,
    external_traffic_policy=TrafficPolicy.LOCAL,
    load_balancer_ingress=(IPv4Address("203.0.113.53"),),
    endpoints=OF_THE_NODE,
    ports=(HTTP,),
)
BY_BALANCER = Flow(Place.CLIENT, LoadBalancerIP(LOCAL, "http"), via=A, own_addresses=True)

pytestmark = given(OVER_2, OVER_3, LOCAL)


def masqueraded(*endpoints: Place) -> Outcome:
    """Evenly over these, masqueraded by the node that was asked."""
    return balanced(*endpoints, source=Masqueraded(A))


@requirement("aff-spread")
@claims(
    cluster_ip=Claim(
        Flow(Place.CLIENT, ClusterIP(OVER_2, "http"), via=A, own_addresses=True), masqueraded(*TWO)
    ),
    udp_node_port=Claim(
        Flow(Place.CLIENT, NodePort(OVER_2, "dns", A), own_addresses=True), masqueraded(*TWO)
    ),
    over_three=Claim(
        Flow(Place.CLIENT, ClusterIP(OVER_3, "http"), via=A, own_addresses=True), masqueraded(*THREE)
    ),
    load_balancer_ip_with_policy_local=Claim(BY_BALANCER, balanced(*OF_THE_NODE, source=Kept())),
)
def test_even_shares_of_clients(live: Live, flow: Flow, expect: Outcome) -> None:
    """Each endpoint gets its share of many new clients."""
    assert live.observe_spread(flow) == expect


@requirement("aff-stick")
@claims(with_policy_local=Claim(BY_BALANCER, returned(*OF_THE_NODE, source=Kept()), after=After(BY_BALANCER)))
def test_kept_by_the_node(live: Live, flow: Flow, expect: Outcome) -> None:
    """With policy Local, a node that has two endpoints gives each client the one that it had."""
    assert live.observe_again(flow) == expect
