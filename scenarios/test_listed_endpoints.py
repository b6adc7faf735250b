"""Endpoints in hand-made EndpointSlices: an address listed twice, several addresses, the address of a node.

Sources: https://github.com/kubernetes/kubernetes/blob/v1.36.2/pkg/proxy/endpointslicecache.go,
https://github.com/kubernetes/kubernetes/blob/v1.36.2/test/e2e/network/networking.go ("hostNetwork")
"""

from conformance.live import Live
from conformance.outcome import Kept, Masqueraded, Outcome, Refused, delivered
from conformance.vocabulary import Claim, claims, given, requirement
from lab.model import (
    ClusterIP,
    Flow,
    ListedEndpoint,
    NodePort,
    OtherPort,
    Place,
    Refusal,
    Service,
    ServicePort,
    ServiceType,
    Transport,
)

A, B, C, CLIENT = Place.WORKER_A, Place.WORKER_B, Place.WORKER_C, Place.CLIENT
A1, A2, B1, C1, HTTP = Place.POD_A1, Place.POD_A2, Place.POD_B1, Place.POD_C1, (ServicePort("http", 80),)
RUNS, ENDS, OTHER = ListedEndpoint(A1, A), ListedEndpoint(A1, A, terminating=True), ListedEndpoint(B1, B)
REUSED = Service(name="reused", listed=(RUNS, ENDS, OTHER), ports=HTTP)
TAKEN_OVER = Service(name="taken-over", listed=(ENDS, RUNS, OTHER), ports=HTTP)
SEVERAL = Service(name="several-addresses", listed=(ListedEndpoint(A1, A, further=(B1,)),), ports=HTTP)
HOSTED = Service(name="hosted", type=ServiceType.NODE_PORT, listed=(ListedEndpoint(B, B),), ports=HTTP)
REACHED, BOTH = ClusterIP(HOSTED, "http"), delivered(A1, B1, source=Kept())
ECHO_OF_THE_NODE = OtherPort(REACHED, Transport.TCP, 8080 - 80)

pytestmark = given(REUSED, TAKEN_OVER, SEVERAL, HOSTED)


@requirement("ep-ipreuse")
@claims(
    first_running=Claim(Flow(A2, ClusterIP(REUSED, "http")), BOTH),
    first_terminating=Claim(Flow(A2, ClusterIP(TAKEN_OVER, "http")), BOTH),
)
def test_address_of_two_endpoints(live: Live, flow: Flow, expect: Outcome) -> None:
    """It does not matter which of the two is listed first: one of them runs."""
    assert live.observe(flow) == expect


@requirement("ep-defaults")
@claims(first_address=Claim(Flow(C1, ClusterIP(SEVERAL, "http")), delivered(A1, source=Kept())))
def test_what_a_slice_leaves_open(live: Live, flow: Flow, expect: Outcome) -> None:
    """Without conditions an endpoint is ready, and its first address is that which counts."""
    assert live.observe(flow) == expect


@requirement("cip-hostnet-ep")
@claims(
    pod_of_another_node=Claim(Flow(A2, REACHED), delivered(B, source=Masqueraded(A))),
    pod_of_the_node=Claim(Flow(B1, REACHED), delivered(B, source=Kept())),
    the_node_itself=Claim(Flow(B, REACHED), delivered(B, source=Masqueraded(B))),
    another_node=Claim(Flow(A, REACHED), delivered(B, source=Masqueraded(A))),
    outside_by_another_node=Claim(
        Flow(CLIENT, NodePort(HOSTED, "http", C)), delivered(B, source=Masqueraded(C))
    ),
    outside_by_the_node=Claim(Flow(CLIENT, NodePort(HOSTED, "http", B)), delivered(B, source=Kept())),
)
def test_address_of_a_node(live: Live, flow: Flow, expect: Outcome) -> None:
    """A program of a node is reached as an endpoint, also on its own node."""
    assert live.observe(flow) == expect


@requirement("cip-hostvip")
@claims(
    from_pod=Claim(Flow(B1, ECHO_OF_THE_NODE), Refused(B, Refusal.PORT_UNREACHABLE)),
    from_node=Claim(Flow(B, ECHO_OF_THE_NODE), Refused(B, Refusal.PORT_UNREACHABLE)),
    from_outside=Claim(Flow(CLIENT, ECHO_OF_THE_NODE, via=B), Refused(B, Refusal.PORT_UNREACHABLE)),
)
def test_programs_behind_a_cluster_ip(live: Live, flow: Flow, expect: Outcome) -> None:
    """A port that a program of the node listens on, and the Service does not have, is no port of the cluster IP."""
    assert live.observe(flow) == expect
