"""LoadBalancer IPs and external IPs with externalTrafficPolicy Cluster: any node serves them, masqueraded.

Source: https://kubernetes.io/docs/concepts/services-networking/service/#loadbalancer
"""

from ipaddress import IPv4Address

from conformance.live import Live
from conformance.outcome import Masqueraded, Outcome, delivered
from conformance.vocabulary import Claim, claims, given, requirement
from lab.model import ExternalIP, Flow, LoadBalancerIP, Place, Service, ServicePort, ServiceType

A, C = Place.WORKER_A, Place.WORKER_C
ENDPOINTS, HTTP = (Place.POD_A1, Place.POD_B1), (ServicePort("http", 80),)
ECHO = Service(
    name="lb",
    type=ServiceType.LOAD_BALANCER,
    load_balancer_ingress=(IPv4Address("203.0.113.30"),),
    external_ips=(IPv4Address("203.0.113.31"),),
    allocate_load_balancer_node_ports=False,
    endpoints=ENDPOINTS,
    ports=HTTP,
)
BALANCED, EXTERNAL = LoadBalancerIP(ECHO, "http"), ExternalIP(ECHO, "http")

pytestmark = given(ECHO)


def served(by: Place) -> Outcome:
    """By every endpoint, masqueraded by the node that translates."""
    return delivered(*ENDPOINTS, source=Masqueraded(by))


@requirement("lb-cluster")
@claims(
    outside_via_first_node=Claim(Flow(Place.CLIENT, BALANCED, via=A), served(A)),
    outside_via_node_without_endpoint=Claim(Flow(Place.CLIENT, BALANCED, via=C), served(C)),
    pod=Claim(Flow(Place.POD_C1, BALANCED), served(C)),
    node=Claim(Flow(A, BALANCED), served(A)),
)
def test_load_balancer_ip(live: Live, flow: Flow, expect: Outcome) -> None:
    """Every node takes the balancer's address for its own, without node ports too."""
    assert live.observe(flow) == expect


@requirement("ext-cluster")
@claims(
    outside=Claim(Flow(Place.CLIENT, EXTERNAL, via=C), served(C)),
    pod=Claim(Flow(Place.POD_C1, EXTERNAL), served(C)),
    node=Claim(Flow(A, EXTERNAL), served(A)),
)
def test_external_ip(live: Live, flow: Flow, expect: Outcome) -> None:
    """Every node takes an external IP for its own."""
    assert live.observe(flow) == expect
