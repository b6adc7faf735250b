"""TCP connections that are open while their Service changes, is deleted and made again: each stays at its endpoint.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.2/pkg/proxy/conntrack/cleanup.go
"""

from dataclasses import replace

from conformance.live import Live
from conformance.outcome import Kept, Masqueraded, Outcome, delivered
from conformance.vocabulary import Claim, claims, given, requirement
from lab.model import (
    ClusterIP,
    Flow,
    NodePort,
    Place,
    PodIs,
    PodState,
    Service,
    ServiceIs,
    ServicePort,
    ServiceType,
    TrafficPolicy,
)

A1, B1, C = Place.POD_A1, Place.POD_B1, Place.WORKER_C
CALL = Service(name="call", type=ServiceType.NODE_PORT, endpoints=(A1, B1), ports=(ServicePort("http", 80),))
POD = Flow(Place.POD_C1, ClusterIP(CALL, "http"))
NODE_PORT = Flow(Place.CLIENT, NodePort(CALL, "http", C))
FIRST = delivered(A1, source=Kept())

AT_FIRST = (PodIs(B1, PodState.NOT_READY),)
AT_SECOND = (PodIs(A1, PodState.NOT_READY),)
REMOVED = (ServiceIs(CALL, replace(CALL, endpoints=(B1,))),)
DELETED = (ServiceIs(CALL, None),)
LOCAL = (ServiceIs(CALL, replace(CALL, external_traffic_policy=TrafficPolicy.LOCAL)),)

pytestmark = given(CALL)


@requirement("ct-tcp")
@claims(
    removed_from_service=Claim(replace(POD, source_port=61014), FIRST, REMOVED, AT_FIRST),
    service_deleted=Claim(replace(POD, source_port=61015), FIRST, DELETED, AT_FIRST),
    service_recreated=Claim(replace(POD, source_port=61016), FIRST, AT_SECOND, AT_FIRST, meanwhile=DELETED),
    policy_now_local=Claim(
        replace(NODE_PORT, source_port=61017), delivered(A1, source=Masqueraded(C)), LOCAL, AT_FIRST
    ),
)
def test_open_connection(live: Live, flow: Flow, expect: Outcome) -> None:
    """An open connection goes on at its endpoint, whatever becomes of its Service."""
    assert live.observe(flow) == expect


@requirement("ct-tcp-new")
@claims(removed_from_service=Claim(POD, delivered(B1, source=Kept()), REMOVED))
def test_new_connection(live: Live, flow: Flow, expect: Outcome) -> None:
    """A new connection avoids an endpoint that has left the Service."""
    assert live.observe(flow) == expect
