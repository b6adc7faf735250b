"""UDP flows that are open while the front doors of their Service change, and its endpoints do not.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.2/pkg/proxy/conntrack/cleanup.go
"""

from dataclasses import replace
from ipaddress import IPv4Address

from conformance.live import Live
from conformance.outcome import Masqueraded, Outcome, Refused, delivered
from conformance.vocabulary import Claim, claims, given, requirement
from lab.model import (
    ExternalIP,
    Flow,
    NodePort,
    Place,
    PodIs,
    PodState,
    Protocol,
    Refusal,
    Service,
    ServiceIs,
    ServicePort,
    ServiceType,
)

A1, C = Place.POD_A1, Place.WORKER_C
HOTLINE = Service(
    name="hotline",
    type=ServiceType.NODE_PORT,
    endpoints=(A1,),
    external_ips=(IPv4Address("203.0.113.90"),),
    ports=(ServicePort("dns", 53, 8080, Protocol.UDP, node_port=30080),),
)
MOVED = replace(
    HOTLINE,
    external_ips=(IPv4Address("203.0.113.91"),),
    ports=(ServicePort("dns", 53, 8080, Protocol.UDP, node_port=30081),),
)
IS_MOVED = (ServiceIs(HOTLINE, MOVED),)
WITH_OTHER_ENDPOINTS = (*IS_MOVED, PodIs(A1, PodState.TERMINATING))
NODE_PORT, EXTERNAL = (
    Flow(Place.CLIENT, NodePort(HOTLINE, "dns", C)),
    Flow(Place.CLIENT, ExternalIP(HOTLINE, "dns"), via=C),
)
NEW_EXTERNAL = Flow(Place.CLIENT, ExternalIP(MOVED, "dns"), via=C)
SERVED = delivered(A1, source=Masqueraded(C))

pytestmark = given(HOTLINE)


@requirement("ct-trigger")
@claims(
    former_node_port=Claim(replace(NODE_PORT, source_port=61050), SERVED, IS_MOVED, ()),
    former_external_ip=Claim(replace(EXTERNAL, source_port=61051), SERVED, IS_MOVED, ()),
    new_external_ip=Claim(replace(NEW_EXTERNAL, source_port=61052), SERVED, IS_MOVED, ()),
    new_external_ip_later=Claim(replace(NEW_EXTERNAL, source_port=61053), SERVED, WITH_OTHER_ENDPOINTS, ()),
    new_flow_to_new_external_ip=Claim(NEW_EXTERNAL, SERVED, IS_MOVED),
    new_flow_to_former_node_port=Claim(NODE_PORT, Refused(C, Refusal.PORT_UNREACHABLE), IS_MOVED),
)
def test_doors_change(live: Live, flow: Flow, expect: Outcome) -> None:
    """Open flows stay where they are; one that was not served gets to the Service that has its address now."""
    assert live.observe(flow) == expect
