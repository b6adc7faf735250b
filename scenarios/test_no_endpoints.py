"""A Service without endpoints refuses at its cluster IP and node ports, at once, with ICMP port unreachable.

ICMP also for TCP, never an RST; sent by the node that the packet comes to first.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.2/test/e2e/network/service.go
"""

from conformance.live import Live
from conformance.outcome import Outcome
from conformance.vocabulary import claims, given, requirement
from lab.model import ClusterIP, Flow, NodeAddress, NodePort, OtherPort, Place, Transport
from scenarios.services import NONE, refused

A, B, C = Place.WORKER_A, Place.WORKER_B, Place.WORKER_C
CLUSTER_IP, UDP = ClusterIP(NONE, "http"), ClusterIP(NONE, "dns")

pytestmark = given(NONE)


@requirement("noep-cip")
@claims(
    from_pod=refused(A, Place.POD_A1, CLUSTER_IP),
    from_pod_udp=refused(C, Place.POD_C1, UDP),
    from_node=refused(B, B, CLUSTER_IP),
    from_node_udp=refused(B, B, UDP),
    from_outside=refused(A, Place.CLIENT, CLUSTER_IP, A),
)
def test_cluster_ip(live: Live, flow: Flow, expect: Outcome) -> None:
    """The cluster IP refuses pods, nodes and routed clients."""
    assert live.observe(flow) == expect


@requirement("cip-badport")
@claims(
    behind_one_that_refuses=refused(C, Place.POD_C1, OtherPort(CLUSTER_IP, Transport.TCP, 1)),
    beside_one_that_refuses=refused(C, Place.POD_C1, OtherPort(UDP, Transport.TCP)),
)
def test_beside_a_port(live: Live, flow: Flow, expect: Outcome) -> None:
    """What is no port of such a Service is refused as at any cluster IP, not by the Service."""
    assert live.observe(flow) == expect


@requirement("noep-np")
@claims(
    from_outside=refused(A, Place.CLIENT, NodePort(NONE, "http", A)),
    from_outside_udp=refused(C, Place.CLIENT, NodePort(NONE, "dns", C)),
    at_secondary_address=refused(C, Place.CLIENT, NodePort(NONE, "http", C, NodeAddress.SECONDARY)),
    from_beyond_the_router=refused(B, Place.FAR_CLIENT, NodePort(NONE, "http", B)),
    from_pod_to_its_node=refused(A, Place.POD_A1, NodePort(NONE, "http", A)),
    from_pod_to_another_node=refused(B, Place.POD_A1, NodePort(NONE, "http", B)),
    from_pod_to_another_node_udp=refused(B, Place.POD_A1, NodePort(NONE, "dns", B)),
    from_node_to_itself=refused(A, A, NodePort(NONE, "http", A)),
    from_node_to_another_node=refused(B, A, NodePort(NONE, "http", B)),
)
def test_node_port(live: Live, flow: Flow, expect: Outcome) -> None:
    """The node port refuses on every node that is asked."""
    assert live.observe(flow) == expect
