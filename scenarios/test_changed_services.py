"""Services that are deleted and made again, and what becomes of new flows and of open UDP flows.

Sources: https://github.com/kubernetes/kubernetes/blob/v1.36.2/test/e2e/network/service.go ("up and down services"),
https://github.com/kubernetes/kubernetes/pull/141371
"""

from dataclasses import replace

from conformance.live import Live
from conformance.outcome import Dropped, Forwarded, Kept, Outcome, Refused, delivered
from conformance.vocabulary import Claim, claims, given, requirement
from lab.model import ClusterIP, Flow, LoadBalancerIP, NodePort, Place, PodIs, PodState, Refusal, ServiceIs
from scenarios.services import PAIR

A1, B1, C = Place.POD_A1, Place.POD_B1, Place.WORKER_C
HTTP, QUERY = Flow(Place.POD_C1, ClusterIP(PAIR, "http")), Flow(Place.POD_C1, ClusterIP(PAIR, "dns"))
NODE_PORT = Flow(Place.CLIENT, NodePort(PAIR, "http", C))
BALANCER = Flow(Place.CLIENT, LoadBalancerIP(PAIR, "http"), via=C)
QUERIED_BALANCER = Flow(Place.CLIENT, LoadBalancerIP(PAIR, "dns"), via=C)
SECOND = delivered(B1, source=Kept())

AT_FIRST, AT_SECOND = (PodIs(B1, PodState.NOT_READY),), (PodIs(A1, PodState.NOT_READY),)
DELETED = (ServiceIs(PAIR, None),)

pytestmark = given(PAIR)


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
        replace(QUERY, source_port=61021), SECOND, AT_SECOND, AT_FIRST, meanwhile=(*DELETED, *AT_FIRST)
    ),
    new_flow=Claim(HTTP, SECOND, AT_SECOND),
)
def test_recreated(live: Live, flow: Flow, expect: Outcome) -> None:
    """A Service that is made again with its addresses serves there, at the endpoints that it has now."""
    assert live.observe(flow) == expect
