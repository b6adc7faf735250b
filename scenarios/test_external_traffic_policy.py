"""externalTrafficPolicy Local: a node hands outside traffic to its own endpoints only, and keeps the sender's address.

Traffic from inside the cluster is not outside traffic: it reaches every endpoint, on whichever node it starts.

Source: https://kubernetes.io/docs/reference/networking/virtual-ips/#external-traffic-policy
"""

from ipaddress import IPv4Address

from conformance.live import Live
from conformance.outcome import Dropped, Kept, Masqueraded, Outcome, delivered
from conformance.vocabulary import Claim, claims, given, requirement
from lab.model import (
    ExternalIP,
    Flow,
    LoadBalancerIP,
    NodePort,
    Place,
    Service,
    ServicePort,
    ServiceType,
    TrafficPolicy,
)

A, B, A1 = Place.WORKER_A, Place.WORKER_B, Place.POD_A1
LOCAL = Service(
    name="etp-local",
    type=ServiceType.LOAD_BALANCER,
    external_traffic_policy=TrafficPolicy.LOCAL,
    load_balancer_ingress=(IPv4Address("203.0.113.20"),),
    external_ips=(IPv4Address("203.0.113.21"),),
    endpoints=(A1,),
    ports=(ServicePort("http", 80),),
)
AT_A, AT_B = NodePort(LOCAL, "http", A), NodePort(LOCAL, "http", B)
BALANCED, EXTERNAL, POD = LoadBalancerIP(LOCAL, "http"), ExternalIP(LOCAL, "http"), Place.POD_B1
KEPT, MASQUERADED = delivered(A1, source=Kept()), delivered(A1, source=Masqueraded(B))

pytestmark = given(LOCAL)


@requirement("etpl-ext")
@claims(
    node_port=Claim(Flow(Place.CLIENT, AT_A), KEPT),
    node_port_beyond_the_router=Claim(Flow(Place.FAR_CLIENT, AT_A), KEPT),
    load_balancer_ip=Claim(Flow(Place.CLIENT, BALANCED, via=A), KEPT),
    external_ip=Claim(Flow(Place.CLIENT, EXTERNAL, via=A), KEPT),
    pod_of_another_node=Claim(Flow(POD, AT_A), MASQUERADED),
)
def test_node_with_endpoint(live: Live, flow: Flow, expect: Outcome) -> None:
    """A node with an endpoint serves outside clients, and the endpoint sees their own address."""
    assert live.observe(flow) == expect


@requirement("etpl-noloc")
@claims(
    node_port=Claim(Flow(Place.CLIENT, AT_B), Dropped()),
    load_balancer_ip=Claim(Flow(Place.CLIENT, BALANCED, via=B), Dropped()),
    external_ip=Claim(Flow(Place.CLIENT, EXTERNAL, via=B), Dropped()),
)
def test_node_without_endpoint(live: Live, flow: Flow, expect: Outcome) -> None:
    """A node without endpoint drops what outside clients send."""
    assert live.observe(flow) == expect


@requirement("etpl-pod")
@claims(
    pod_to_node_port=Claim(Flow(POD, AT_B), KEPT),
    pod_to_load_balancer_ip=Claim(Flow(POD, BALANCED), KEPT),
    pod_to_external_ip=Claim(Flow(POD, EXTERNAL), KEPT),
    node_to_node_port=Claim(Flow(B, AT_B), MASQUERADED),
    node_to_load_balancer_ip=Claim(Flow(B, BALANCED), MASQUERADED),
    node_to_its_own_endpoint=Claim(Flow(A, BALANCED), delivered(A1, source=Masqueraded(A))),
)
def test_inside_the_cluster(live: Live, flow: Flow, expect: Outcome) -> None:
    """Pods and nodes reach every endpoint, also from a node without one."""
    assert live.observe(flow) == expect
