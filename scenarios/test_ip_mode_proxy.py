"""A load balancer IP of ipMode Proxy: packets to it go to the balancer, also from inside, and come back to a node port.

Whatever the policy, the address is none of kube-proxy's; the node port is, as ever.

Source: https://github.com/kubernetes/enhancements/tree/master/keps/sig-network/1860-kube-proxy-IP-node-binding
"""

from dataclasses import replace
from ipaddress import IPv4Address

from conformance.live import Live
from conformance.outcome import Dropped, Forwarded, Kept, Masqueraded, Outcome, delivered
from conformance.vocabulary import Claim, claims, given, requirement
from lab.model import (
    Flow,
    IPMode,
    LoadBalancerIP,
    NodePort,
    Place,
    Service,
    ServiceIs,
    ServicePort,
    ServiceType,
    TrafficPolicy,
)

A, C, A1, B1 = Place.WORKER_A, Place.WORKER_C, Place.POD_A1, Place.POD_B1
PROXIED = Service(
    name="balanced-elsewhere",
    type=ServiceType.LOAD_BALANCER,
    load_balancer_ingress=(IPv4Address("203.0.113.80"),),
    load_balancer_ip_mode=IPMode.PROXY,
    endpoints=(A1, B1),
    ports=(ServicePort("http", 80),),
)
LOCAL = replace(
    PROXIED,
    name="balanced-elsewhere-local",
    load_balancer_ingress=(IPv4Address("203.0.113.81"),),
    external_traffic_policy=TrafficPolicy.LOCAL,
)
VIP = replace(PROXIED, load_balancer_ip_mode=IPMode.VIP)
BALANCER, LOCAL_BALANCER = LoadBalancerIP(PROXIED, "http"), LoadBalancerIP(LOCAL, "http")
LEFT = Forwarded(Place.ROUTER)

pytestmark = given(PROXIED, LOCAL)


@requirement("lb-ipmode")
@claims(
    pod_with_policy_local=Claim(Flow(A1, LOCAL_BALANCER), LEFT),
    node_with_policy_local=Claim(Flow(A, LOCAL_BALANCER), LEFT),
    outside_with_policy_local=Claim(Flow(Place.CLIENT, LOCAL_BALANCER, via=A), LEFT),
    turned_to_vip=Claim(
        Flow(Place.CLIENT, LoadBalancerIP(VIP, "http"), via=C),
        delivered(A1, B1, source=Masqueraded(C)),
        when=(ServiceIs(PROXIED, VIP),),
    ),
    turned_back=Claim(Flow(Place.CLIENT, BALANCER, via=C), LEFT),
    node_port=Claim(
        Flow(Place.CLIENT, NodePort(PROXIED, "http", C)), delivered(A1, B1, source=Masqueraded(C))
    ),
    node_port_with_policy_local=Claim(
        Flow(Place.CLIENT, NodePort(LOCAL, "http", A)), delivered(A1, source=Kept())
    ),
    node_port_without_local_endpoint=Claim(Flow(Place.CLIENT, NodePort(LOCAL, "http", C)), Dropped()),
)
def test_left_to_the_balancer(live: Live, flow: Flow, expect: Outcome) -> None:
    """Nodes let packets to the address go, whoever sends them, and serve the node port that the balancer uses."""
    assert live.observe(flow) == expect
