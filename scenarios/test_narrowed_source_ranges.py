"""loadBalancerSourceRanges that are narrowed while flows are open: they are asked of new flows only.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.2/pkg/proxy/nftables/proxier.go, firewall-check, and
.../pkg/proxy/iptables/proxier.go, KUBE-PROXY-FIREWALL: both see packets of state NEW.
"""

from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network

from conformance.live import Live
from conformance.outcome import Dropped, LocalError, Masqueraded, Outcome, Refused, delivered
from conformance.vocabulary import Claim, claims, given, requirement
from lab.model import (
    Flow,
    LoadBalancerIP,
    NodePort,
    OtherPort,
    Place,
    Protocol,
    Refusal,
    Service,
    ServiceIs,
    ServicePort,
    ServiceType,
    Transport,
)

A1, C = Place.POD_A1, Place.WORKER_C
GUARDED = Service(
    name="guarded",
    type=ServiceType.LOAD_BALANCER,
    load_balancer_ingress=(IPv4Address("203.0.113.42"),),
    load_balancer_source_ranges=(IPv4Network("172.18.0.0/16"),),
    endpoints=(A1,),
    ports=(ServicePort("http", 80), ServicePort("dns", 53, 8080, Protocol.UDP)),
)
HTTP, DNS = LoadBalancerIP(GUARDED, "http"), LoadBalancerIP(GUARDED, "dns")
TO_PODS = (ServiceIs(GUARDED, replace(GUARDED, load_balancer_source_ranges=(IPv4Network("10.244.0.0/16"),))),)
BESIDE = OtherPort(NodePort(GUARDED, "dns", C), Transport.UDP, after=1)
SERVED = delivered(A1, source=Masqueraded(C))

pytestmark = given(GUARDED)


@requirement("lb-sr-open")
@claims(
    tcp_from_outside=Claim(Flow(Place.CLIENT, HTTP, via=C, source_port=61030), SERVED, TO_PODS, opened=()),
    udp_from_outside=Claim(Flow(Place.CLIENT, DNS, via=C, source_port=61031), SERVED, TO_PODS, opened=()),
    tcp_from_node=Claim(Flow(C, HTTP, source_port=61032), SERVED, TO_PODS, opened=()),
    udp_from_node=Claim(Flow(C, DNS, source_port=61033), SERVED, TO_PODS, opened=()),
)
def test_open_flow(live: Live, flow: Flow, expect: Outcome) -> None:
    """An open flow goes on when the ranges shut out its sender."""
    assert live.observe(flow) == expect


@requirement("lb-sr")
@claims(
    tcp_once_shut_out=Claim(Flow(Place.CLIENT, HTTP, via=C), Dropped(), TO_PODS),
    udp_once_shut_out=Claim(Flow(Place.CLIENT, DNS, via=C), Dropped(), TO_PODS),
    node_once_shut_out=Claim(Flow(C, HTTP), LocalError("EPERM"), TO_PODS),
)
def test_new_flow(live: Live, flow: Flow, expect: Outcome) -> None:
    """A new flow of the same sender is dropped."""
    assert live.observe(flow) == expect


@requirement("np-badport")
@claims(
    behind_one_with_ranges=Claim(Flow(Place.CLIENT, BESIDE), Refused(C, Refusal.PORT_UNREACHABLE), TO_PODS)
)
def test_beside_its_node_port(live: Live, flow: Flow, expect: Outcome) -> None:
    """The number behind a node port is not served, nor shut out."""
    assert live.observe(flow) == expect
