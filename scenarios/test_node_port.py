"""NodePort with externalTrafficPolicy Cluster: on every node, for everyone, masqueraded by the node that is asked.

Source: https://kubernetes.io/docs/concepts/services-networking/service/#type-nodeport
"""

from conformance.live import Live
from conformance.outcome import Masqueraded, Outcome, delivered
from conformance.vocabulary import Claim, claims, given, requirement
from lab.model import Flow, NodeAddress, NodePort, Place, Protocol, Service, ServicePort, ServiceType

A, B, C = Place.WORKER_A, Place.WORKER_B, Place.WORKER_C
ENDPOINTS = (Place.POD_A1, Place.POD_B1)
ECHO = Service(
    name="np",
    type=ServiceType.NODE_PORT,
    endpoints=ENDPOINTS,
    ports=(ServicePort("http", 80), ServicePort("dns", 80, 8081, protocol=Protocol.UDP)),
)

pytestmark = given(ECHO)


def asked(sender: Place, node: Place, *, port: str = "http", target: int = 8080) -> Claim:
    """Whoever asks a node's port reaches every endpoint, masqueraded by that node."""
    flow = Flow(sender, NodePort(ECHO, port, node))
    return Claim(flow, delivered(*ENDPOINTS, source=Masqueraded(node), port=target))


@requirement("np-cluster")
@claims(
    outside_to_first_node=asked(Place.CLIENT, A),
    outside_to_second_node=asked(Place.CLIENT, B),
    outside_to_node_without_endpoint=asked(Place.CLIENT, C),
    beyond_the_router=asked(Place.FAR_CLIENT, C),
    pod_to_its_own_node=asked(Place.POD_A2, A),
    endpoint_to_its_own_node=asked(Place.POD_A1, A),
    node_to_itself=asked(A, A),
    node_to_another_node=asked(A, C),
)
def test_every_node_serves(live: Live, flow: Flow, expect: Outcome) -> None:
    """Every node serves the port for senders inside and outside, and masquerades them."""
    assert live.observe(flow) == expect


@requirement("np-pod-remote")
@claims(pod_to_another_node=asked(Place.POD_A2, C))
def test_pod_asks_another_node(live: Live, flow: Flow, expect: Outcome) -> None:
    """The port of another node is served by that node, not by the pod's own."""
    assert live.observe(flow) == expect


@requirement("np-localhost")
@claims(
    udp=Claim(
        Flow(B, NodePort(ECHO, "dns", B, NodeAddress.LOOPBACK)),
        delivered(*ENDPOINTS, source=Masqueraded(B), port=8081),
    )
)
def test_udp_on_localhost(live: Live, flow: Flow, expect: Outcome) -> None:
    """A UDP port is served on 127.0.0.1 too."""
    assert live.observe(flow) == expect


@requirement("np-tcpudp")
@claims(
    tcp=asked(Place.CLIENT, B),
    udp=asked(Place.CLIENT, B, port="dns", target=8081),
    udp_beyond_the_router=asked(Place.FAR_CLIENT, A, port="dns", target=8081),
)
def test_tcp_and_udp(live: Live, flow: Flow, expect: Outcome) -> None:
    """The TCP port and the UDP port of one Service have node ports that are served apart."""
    assert live.observe(flow) == expect
