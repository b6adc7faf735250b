"""sessionAffinity ClientIP ends for a client that opens no connection for timeoutSeconds, and not before.

Fifty-one clients ask, are silent, and ask again; one claim has them be silent twice. If all of them come back to
the endpoint that they had, that is affinity; if each chooses anew, some change by chance alone.

Source: https://kubernetes.io/docs/reference/networking/virtual-ips/#session-stickiness-timeout
"""

from dataclasses import replace

from conformance.again import After
from conformance.live import Live
from conformance.outcome import Kept, Masqueraded, Outcome, chosen_anew, returned
from conformance.vocabulary import Claim, claims, given, requirement
from lab.model import (
    ClusterIP,
    Flow,
    NodePort,
    Place,
    Protocol,
    Service,
    ServicePort,
    ServiceType,
    TrafficPolicy,
)

A, ENDPOINTS = Place.WORKER_A, (Place.POD_A3, Place.POD_B3)
BRIEF = Service(
    name="affine-briefly",
    type=ServiceType.NODE_PORT,
    session_affinity_seconds=1,
    endpoints=ENDPOINTS,
    ports=(ServicePort("http", 80), ServicePort("dns", 80, protocol=Protocol.UDP)),
)
LONG = replace(BRIEF, name="affine-for-long", session_affinity_seconds=10800, ports=BRIEF.ports[:1])
RENEWED = replace(LONG, name="affine-while-asked", session_affinity_seconds=2)
BACK, ANEW = returned(*ENDPOINTS, source=Masqueraded(A)), chosen_anew(*ENDPOINTS, source=Masqueraded(A))
LOCAL_LONG = replace(
    LONG,
    name="affine-for-long-local",
    external_traffic_policy=TrafficPolicy.LOCAL,
    endpoints=(Place.POD_A1, Place.POD_A3),
)
LOCAL = replace(LOCAL_LONG, name="affine-briefly-local", session_affinity_seconds=1)
BACK_LOCAL, ANEW_LOCAL = (made(*LOCAL.endpoints, source=Kept()) for made in (returned, chosen_anew))
PAST_ONE_SECOND, MORE_THAN_HALF = 1.1, 1.1

pytestmark = given(BRIEF, LONG, RENEWED, LOCAL, LOCAL_LONG)

BY_CLUSTER_IP = Flow(Place.CLIENT, ClusterIP(BRIEF, "http"), via=A, own_addresses=True)
BY_NODE_PORT = Flow(Place.CLIENT, NodePort(BRIEF, "dns", A), own_addresses=True)
FOR_LONG = Flow(Place.CLIENT, ClusterIP(LONG, "http"), via=A, own_addresses=True)
BY_LOCAL, BY_LOCAL_FOR_LONG = (
    Flow(Place.CLIENT, NodePort(service, "http", A), own_addresses=True) for service in (LOCAL, LOCAL_LONG)
)
WHILE_ASKED = Flow(Place.CLIENT, NodePort(RENEWED, "http", A), own_addresses=True)


@requirement("aff-timeout")
@claims(
    tcp_by_cluster_ip=Claim(BY_CLUSTER_IP, ANEW, after=After(BY_CLUSTER_IP, PAST_ONE_SECOND)),
    udp_by_node_port=Claim(BY_NODE_PORT, ANEW, after=After(BY_NODE_PORT, PAST_ONE_SECOND)),
    not_yet=Claim(FOR_LONG, BACK, after=After(FOR_LONG, PAST_ONE_SECOND)),
    policy_local=Claim(BY_LOCAL, ANEW_LOCAL, after=After(BY_LOCAL, PAST_ONE_SECOND)),
    policy_local_not_yet=Claim(
        BY_LOCAL_FOR_LONG, BACK_LOCAL, after=After(BY_LOCAL_FOR_LONG, PAST_ONE_SECOND)
    ),
    counted_from_the_last_connection=Claim(
        WHILE_ASKED, BACK, after=After(WHILE_ASKED, MORE_THAN_HALF, times=2)
    ),
)
def test_after_a_silence(live: Live, flow: Flow, expect: Outcome) -> None:
    """A client that was silent for longer than the time-out is given any endpoint; before that, its own.

    Each connection begins the time anew: who asks again after half of the time-out keeps its endpoint past it.
    """
    assert live.observe_again(flow) == expect
