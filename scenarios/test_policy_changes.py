"""Policies of a Service that are changed while it is in use: new connections follow the new one.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.2/test/e2e/network/service.go
"""

from dataclasses import replace

from conformance.live import Live
from conformance.outcome import Answered, Kept, Masqueraded, Outcome, Refused, Stuck, delivered
from conformance.vocabulary import Claim, claims, given, requirement
from lab.model import (
    ClusterIP,
    Flow,
    HealthCheckPort,
    NodePort,
    Place,
    Refusal,
    Service,
    ServiceIs,
    ServicePort,
    ServiceType,
    TrafficPolicy,
)

A, A1, B1 = Place.WORKER_A, Place.POD_A1, Place.POD_B1
LOCAL = Service(
    name="switched",
    type=ServiceType.LOAD_BALANCER,
    external_traffic_policy=TrafficPolicy.LOCAL,
    health_check_node_port=30061,
    endpoints=(A1, B1),
    ports=(ServicePort("http", 80, node_port=30060),),
)
CLUSTER = replace(LOCAL, external_traffic_policy=TrafficPolicy.CLUSTER, health_check_node_port=0)
STICKY = replace(LOCAL, session_affinity_seconds=10800)
IS_CLUSTER, IS_STICKY = (ServiceIs(LOCAL, CLUSTER),), (ServiceIs(LOCAL, STICKY),)
CHECK = Flow(Place.CLIENT, HealthCheckPort(LOCAL, A))


def outside(service: Service) -> Flow:
    """A client asks the node port."""
    return Flow(Place.CLIENT, NodePort(service, "http", A))


pytestmark = given(LOCAL)


@requirement("etpl-switch")
@claims(
    local=Claim(outside(LOCAL), delivered(A1, source=Kept())),
    health_check_of_local=Claim(CHECK, Answered(200, 1, 1)),
    cluster=Claim(outside(CLUSTER), delivered(A1, B1, source=Masqueraded(A)), when=IS_CLUSTER),
    health_check_of_cluster=Claim(CHECK, Refused(A, Refusal.TCP_RESET), when=IS_CLUSTER),
    local_again=Claim(outside(LOCAL), delivered(A1, source=Kept())),
    health_check_again=Claim(CHECK, Answered(200, 1, 1)),
)
def test_change_of_external_traffic_policy(live: Live, flow: Flow, expect: Outcome) -> None:
    """A node serves from its own endpoints, or from all; the health check port is open with Local only."""
    assert live.observe(flow) == expect


@requirement("aff-switch")
@claims(
    to_client_ip=Claim(Flow(Place.POD_C1, ClusterIP(STICKY, "http")), Stuck(Kept()), when=IS_STICKY),
    to_none=Claim(Flow(Place.POD_C1, ClusterIP(LOCAL, "http")), delivered(A1, B1, source=Kept())),
)
def test_change_of_affinity(live: Live, flow: Flow, expect: Outcome) -> None:
    """SessionAffinity counts for connections that are made after it was changed."""
    assert live.observe(flow) == expect
