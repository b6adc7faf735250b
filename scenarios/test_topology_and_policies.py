"""Hints of topology beside traffic policies, and nodes that change their zone.

Sources: https://github.com/kubernetes/enhancements/tree/master/keps/sig-network/2086-service-internal-traffic-policy,
https://github.com/kubernetes/kubernetes/blob/v1.36.2/pkg/proxy/topology.go
"""

from dataclasses import replace

from conformance.live import Live
from conformance.outcome import Dropped, Kept, Outcome, delivered
from conformance.vocabulary import Claim, claims, given, requirement
from lab.model import (
    ClusterIP,
    Flow,
    NodeIs,
    NodePort,
    NodeState,
    Place,
    PodIs,
    PodState,
    Service,
    ServicePort,
    ServiceType,
    TrafficDistribution,
    TrafficPolicy,
)

B, A1, B1, C1, LOCAL = Place.WORKER_B, Place.POD_A1, Place.POD_B1, Place.POD_C1, TrafficPolicy.LOCAL
ZONAL = Service(
    name="zonal",
    type=ServiceType.NODE_PORT,
    endpoints=(A1, C1),
    ports=(ServicePort("http", 80),),
    traffic_distribution=TrafficDistribution.PREFER_SAME_ZONE,
)
ZONAL_LOCAL = replace(ZONAL, name="zonal-local", external_traffic_policy=LOCAL, internal_traffic_policy=LOCAL)
INSIDE, INSIDE_LOCAL = (Flow(B1, ClusterIP(each, "http")) for each in (ZONAL, ZONAL_LOCAL))
AT_B, AT_A = (NodePort(ZONAL_LOCAL, "http", node) for node in (B, Place.WORKER_A))
FIRST, SECOND, BOTH = (delivered(*each, source=Kept()) for each in ((A1,), (C1,), (A1, C1)))
TERMINATING = (PodIs(A1, PodState.TERMINATING), PodIs(C1, PodState.TERMINATING))

pytestmark = given(ZONAL, ZONAL_LOCAL)


@requirement("topo-vs-local")
@claims(
    cluster_ip=Claim(INSIDE_LOCAL, Dropped()),
    node_port=Claim(Flow(Place.CLIENT, AT_B), Dropped()),
    node_port_of_a_node_with_endpoint=Claim(Flow(Place.CLIENT, AT_A), FIRST),
    node_port_from_pod=Claim(Flow(B1, AT_B), FIRST),
    only_terminating=Claim(INSIDE, BOTH, TERMINATING),
)
def test_policy_and_topology(live: Live, flow: Flow, expect: Outcome) -> None:
    """Policy Local asks for the node and not for its zone; what it leaves to any endpoint is hinted as ever."""
    assert live.observe(flow) == expect


@requirement("topo-live")
@claims(
    first_zone=Claim(INSIDE, FIRST),
    other_zone=Claim(INSIDE, SECOND, (NodeIs(B, NodeState.IN_OTHER_ZONE),)),
    no_zone=Claim(INSIDE, BOTH, (NodeIs(B, NodeState.IN_NO_ZONE),)),
    first_zone_again=Claim(INSIDE, FIRST),
)
def test_zone_changes(live: Live, flow: Flow, expect: Outcome) -> None:
    """A node follows a change of its zone; without a zone it uses all endpoints."""
    assert live.observe(flow) == expect
