"""ClusterIP: from pods, nodes, an endpoint itself, and from outside by route.

A cluster IP leads to any ready endpoint. A pod's address is kept; senders that are not pods are masqueraded
by the node that translates.

Source: https://kubernetes.io/docs/reference/networking/virtual-ips/
"""

from conformance.live import Live
from conformance.outcome import Arrival, Delivered, Kept, Masqueraded, Outcome, delivered
from conformance.vocabulary import Claim, claims, given, requirement
from lab.model import ClusterIP, Flow, Place, Service, ServicePort

A1, B1 = Place.POD_A1, Place.POD_B1
ECHO = Service(name="cip", endpoints=(A1, B1), ports=(ServicePort("http", 80),))
HTTP = ClusterIP(ECHO, "http")
ITSELF = Arrival(A1, 8080, Masqueraded(Place.WORKER_A))

pytestmark = given(ECHO)


@requirement("cip-basic")
@claims(
    pod_beside_an_endpoint=Claim(Flow(Place.POD_A2, HTTP), delivered(A1, B1, source=Kept())),
    pod_on_another_node=Claim(Flow(Place.POD_C1, HTTP), delivered(A1, B1, source=Kept())),
)
def test_from_a_pod(live: Live, flow: Flow, expect: Outcome) -> None:
    """A pod reaches every endpoint, wherever it is, and keeps its address."""
    assert live.observe(flow) == expect


@requirement("cip-node")
@claims(
    node_of_an_endpoint=Claim(
        Flow(Place.WORKER_A, HTTP), delivered(A1, B1, source=Masqueraded(Place.WORKER_A))
    ),
    node_without_endpoint=Claim(
        Flow(Place.WORKER_C, HTTP), delivered(A1, B1, source=Masqueraded(Place.WORKER_C))
    ),
)
def test_from_a_node(live: Live, flow: Flow, expect: Outcome) -> None:
    """A node reaches every endpoint, which sees an address of that node."""
    assert live.observe(flow) == expect


@requirement("cip-ext")
@claims(
    via_node_of_an_endpoint=Claim(
        Flow(Place.CLIENT, HTTP, via=Place.WORKER_A),
        delivered(A1, B1, source=Masqueraded(Place.WORKER_A)),
    ),
    via_node_without_endpoint=Claim(
        Flow(Place.CLIENT, HTTP, via=Place.WORKER_C),
        delivered(A1, B1, source=Masqueraded(Place.WORKER_C)),
    ),
)
def test_from_outside_by_route(live: Live, flow: Flow, expect: Outcome) -> None:
    """An outside client with a route reaches every endpoint through any node, masqueraded there."""
    assert live.observe(flow) == expect


@requirement("cip-hairpin")
@claims(
    endpoint_among_others=Claim(Flow(A1, HTTP), Delivered(frozenset({ITSELF, Arrival(B1, 8080, Kept())}))),
)
def test_from_an_endpoint(live: Live, flow: Flow, expect: Outcome) -> None:
    """An endpoint reaches itself masqueraded, and the other endpoint with its own address."""
    assert live.observe(flow) == expect
