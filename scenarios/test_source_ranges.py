"""loadBalancerSourceRanges: who may use the balancer's address. Other front doors are open to everyone.

Source: https://kubernetes.io/docs/concepts/services-networking/service/#loadbalancer
"""

from ipaddress import IPv4Address, IPv4Network

from conformance.live import Live
from conformance.outcome import Dropped, LocalError, Masqueraded, Outcome, delivered
from conformance.vocabulary import Claim, claims, given, requirement
from lab.model import ClusterIP, Flow, LoadBalancerIP, NodePort, Place, Service, ServicePort, ServiceType

A, C, A1 = Place.WORKER_A, Place.WORKER_C, Place.POD_A1
CLIENT_ONLY = Service(
    name="ranges-client",
    type=ServiceType.LOAD_BALANCER,
    load_balancer_ingress=(IPv4Address("203.0.113.40"),),
    load_balancer_source_ranges=(IPv4Network("172.18.0.100/32"),),
    endpoints=(A1,),
    ports=(ServicePort("http", 80),),
)
PODS_ONLY = Service(
    name="ranges-pods",
    type=ServiceType.LOAD_BALANCER,
    load_balancer_ingress=(IPv4Address("203.0.113.41"),),
    load_balancer_source_ranges=(IPv4Network("10.244.0.0/16"),),
    endpoints=(A1,),
    ports=(ServicePort("http", 80),),
)
FOR_CLIENT, FOR_PODS = LoadBalancerIP(CLIENT_ONLY, "http"), LoadBalancerIP(PODS_ONLY, "http")

pytestmark = given(CLIENT_ONLY, PODS_ONLY)


def served(by: Place) -> Outcome:
    """By the endpoint, masqueraded by the node that translates."""
    return delivered(A1, source=Masqueraded(by))


@requirement("lb-sr")
@claims(
    client_in_range=Claim(Flow(Place.CLIENT, FOR_CLIENT, via=C), served(C)),
    client_in_range_at_the_endpoint=Claim(Flow(Place.CLIENT, FOR_CLIENT, via=A), served(A)),
    client_out_of_range=Claim(Flow(Place.CLIENT, FOR_PODS, via=C), Dropped()),
    pod_in_range=Claim(Flow(Place.POD_C1, FOR_PODS), served(C)),
    pod_out_of_range=Claim(Flow(Place.POD_C1, FOR_CLIENT), Dropped()),
    node_out_of_range=Claim(Flow(C, FOR_CLIENT), LocalError("EPERM")),
    node_port_is_open=Claim(Flow(Place.CLIENT, NodePort(PODS_ONLY, "http", A)), served(A)),
    cluster_ip_is_open=Claim(Flow(C, ClusterIP(CLIENT_ONLY, "http")), served(C)),
)
def test_source_ranges(live: Live, flow: Flow, expect: Outcome) -> None:
    """The balancer's address serves senders of the ranges and drops all others, pods and nodes too."""
    assert live.observe(flow) == expect
