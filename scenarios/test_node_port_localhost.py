"""Node ports at 127.0.0.1: a node's own programs are served there, its neighbours are not.

Source: https://kubernetes.io/docs/reference/networking/virtual-ips/#migrating-from-iptables-mode-to-nftables
"""

from conformance.live import Live
from conformance.outcome import Dropped, Masqueraded, Outcome, delivered
from conformance.vocabulary import Claim, claims, given, requirement
from lab.model import (
    Flow,
    NodeAddress,
    NodePort,
    OtherPort,
    Place,
    Service,
    ServicePort,
    ServiceType,
    Transport,
)

A, ENDPOINTS = Place.WORKER_A, (Place.POD_A1, Place.POD_B1)
ECHO = Service(
    name="np-localhost", type=ServiceType.NODE_PORT, endpoints=ENDPOINTS, ports=(ServicePort("http", 80),)
)
LOCALHOST = NodePort(ECHO, "http", A, NodeAddress.LOOPBACK)

pytestmark = given(ECHO)


@requirement("np-localhost")
@claims(from_the_node=Claim(Flow(A, LOCALHOST), delivered(*ENDPOINTS, source=Masqueraded(A))))
def test_localhost(live: Live, flow: Flow, expect: Outcome) -> None:
    """A node serves the port on 127.0.0.1 for its own programs."""
    assert live.observe(flow) == expect


@requirement("np-localnet")
@claims(
    tcp=Claim(Flow(Place.CLIENT, OtherPort(LOCALHOST, Transport.TCP, 1), via=A), Dropped()),
    udp=Claim(Flow(Place.CLIENT, OtherPort(LOCALHOST, Transport.UDP, 1), via=A), Dropped()),
)
def test_localhost_of_a_neighbour(live: Live, flow: Flow, expect: Outcome) -> None:
    """A client that puts packets for 127.0.0.1 on the link to a node gets no word from its programs or kernel."""
    assert live.observe(flow) == expect
