"""Services that are deleted and made again, and what becomes of new flows and of open UDP flows.

Sources: https://github.com/kubernetes/kubernetes/blob/v1.36.2/test/e2e/network/service.go ("up and down services"),
https://github.com/kubernetes/kubernetes/pull/141371
"""

from dataclasses import replace
from ipaddress import IPv4Address

from conformance.live import Live
from conformance.outcome import Dropped, Forwarded, Kept, Outcome, Refused, delivered
from conformance.vocabulary import Claim, claims, given, requirement
from lab.model import (
    ClusterIP,
    Flow,
    LoadBalancerIP,
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

A1, B1, C = Place.POD_A1, Place.POD_B1, Place.WORKER_C
NAMES = Service(
    name="names",
    type=ServiceType.LOAD_BALANCER,
    endpoints=(A1, B1),
    load_balancer_ingress=(IPv4Address("203.0.113.61"),),
    ports=(ServicePort("dns", 53, 8080, Protocol.UDP), ServicePort("http", 80)),
)
HTTP, QUERY = Flow(Place.POD_C1, ClusterIP(NAMES, "http")), Flow(Place.POD_C1, ClusterIP(NAMES, "dns"))
NODE_PORT = Flow(Place.CLIENT, NodePort(NAMES, "http", C))
BALANCER = Flow(Place.CLIENT, LoadBalancerIP(NAMES, "http"), via=C)
QUERIED_BALANCER = Flow(Place.CLIENT, LoadBalancerIP(NAMES, "dns"), via=C)
SECOND = delivered(B1, source=Kept())

AT_FIRST, AT_SECOND = (PodIs(B1, PodState.NOT_READY),), (PodIs(A1, PodState.NOT_READY),)
DELETED = (ServiceIs(NAMES, None),)

pytestmark = given(NAMES)


@requirement("svc-delete")
@claims(
    cluster_ip=Claim(HTTP, Dropped(), DELETED),
    node_port=Claim(NODE_PORT, Refused(C, Refusal.TCP_RESET), DELETED),
    load_balancer_ip=Claim(BALANCER, Forwarded(Place.ROUTER), DELETED),
    open_udp_flow=Claim(
        replace(QUERIED_BALANCER, source_port=61020), Forwarded(Place.ROUTER), DELETED, opened=AT_FIRST
    ),
)
def test_deleted(live: Live, flow: Flow, expect: Outcome) -> None:
    """What a Service had is served no more once it is deleted, as if it had never been."""
    assert live.observe(flow) == expect


@requirement("svc-recreate")
@claims(
    open_udp_flow=Claim(
        replace(QUERY, source_port=61021), SECOND, AT_SECOND, AT_FIRST, meanwhile=(*DELETED, *AT_SECOND)
    ),
    new_flow=Claim(HTTP, SECOND, AT_SECOND),
)
def test_recreated(live: Live, flow: Flow, expect: Outcome) -> None:
    """A Service that is made again with its addresses serves there, at the endpoints that it has now."""
    assert live.observe(flow) == expect
