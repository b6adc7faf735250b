"""trafficDistribution: endpoints of the sender's zone or node are preferred; others serve where there are none.

Source: https://kubernetes.io/docs/reference/networking/virtual-ips/#traffic-distribution
"""

from dataclasses import replace

from conformance.live import Live
from conformance.outcome import Kept, Masqueraded, Outcome, delivered
from conformance.vocabulary import Claim, claims, given, requirement
from lab.model import ClusterIP, Flow, NodePort, Place, Service, ServicePort, ServiceType, TrafficDistribution

A1, A3, B3, C1 = Place.POD_A1, Place.POD_A3, Place.POD_B3, Place.POD_C1
ZONE = Service(
    name="same-zone",
    type=ServiceType.NODE_PORT,
    endpoints=(A1, B3, C1),
    ports=(ServicePort("http", 80),),
    traffic_distribution=TrafficDistribution.PREFER_SAME_ZONE,
)
NODE = Service(
    name="same-node",
    endpoints=(A1, B3),
    ports=(ServicePort("http", 80),),
    traffic_distribution=TrafficDistribution.PREFER_SAME_NODE,
)
CLOSE = replace(ZONE, name="close", traffic_distribution=TrafficDistribution.PREFER_CLOSE)
ANNOTATED = replace(ZONE, name="annotated", topology_mode="Auto")
BY_ZONE, BY_NODE = ClusterIP(ZONE, "http"), ClusterIP(NODE, "http")

pytestmark = given(ZONE, NODE, CLOSE, ANNOTATED)


@requirement("topo-zone")
@claims(
    zone_of_two_nodes=Claim(Flow(A3, BY_ZONE), delivered(A1, B3, source=Kept())),
    zone_of_one_node=Claim(Flow(Place.POD_C2, BY_ZONE), delivered(C1, source=Kept())),
    node_port=Claim(
        Flow(Place.CLIENT, NodePort(ZONE, "http", Place.WORKER_C)),
        delivered(C1, source=Masqueraded(Place.WORKER_C)),
    ),
)
def test_prefer_same_zone(live: Live, flow: Flow, expect: Outcome) -> None:
    """Endpoints of the zone of the node that translates are used, and no others."""
    assert live.observe(flow) == expect


@requirement("topo-node")
@claims(
    node_with_endpoint=Claim(Flow(A3, BY_NODE), delivered(A1, source=Kept())),
    node_without_endpoint=Claim(Flow(Place.POD_C2, BY_NODE), delivered(A1, B3, source=Kept())),
)
def test_prefer_same_node(live: Live, flow: Flow, expect: Outcome) -> None:
    """Endpoints of the node itself are used where it has any; a zone without endpoints uses all."""
    assert live.observe(flow) == expect


@requirement("topo-values")
@claims(
    prefer_close=Claim(Flow(Place.POD_C2, ClusterIP(CLOSE, "http")), delivered(C1, source=Kept())),
    annotation=Claim(Flow(Place.POD_C2, ClusterIP(ANNOTATED, "http")), delivered(A1, B3, C1, source=Kept())),
)
def test_other_ways_to_say_it(live: Live, flow: Flow, expect: Outcome) -> None:
    """PreferClose means the zone; the annotation, which has no shares of CPUs to go by here, gives no hints."""
    assert live.observe(flow) == expect
