"""What is no node port is the node's own: its kernel refuses where nothing listens, next to node ports too.

Source: https://kubernetes.io/docs/concepts/services-networking/service/#type-nodeport
"""

from conformance.live import Live
from conformance.outcome import Outcome, Refused
from conformance.vocabulary import Claim, claims, requirement
from lab.model import Flow, NodeAddress, NodePort, OtherPort, Place, Refusal, Service, Transport
from scenarios.neighbours import DROPPING, REFUSING, SERVING, SIDE_BY_SIDE

TCP, UDP, NODE = Transport.TCP, Transport.UDP, Place.WORKER_B


LOCAL_HTTP, LOCAL_DNS = (NodePort(SERVING, port, NODE, NodeAddress.LOOPBACK) for port in ("http", "dns"))

pytestmark = SIDE_BY_SIDE


def beside(service: Service, port: str, transport: Transport, after: int = 0) -> Claim:
    """A client that asks the node beside a node port is refused by its kernel."""
    how = Refusal.TCP_RESET if transport is TCP else Refusal.PORT_UNREACHABLE
    target = OtherPort(NodePort(service, port, NODE), transport, after)
    return Claim(Flow(Place.CLIENT, target), Refused(NODE, how))


def on_localhost(target: OtherPort, how: Refusal) -> Claim:
    """A program of the node that asks 127.0.0.1 beside a node port is refused by its own kernel."""
    return Claim(Flow(NODE, target), Refused(NODE, how))


@requirement("np-badport")
@claims(
    other_protocol=beside(SERVING, "http", UDP),
    other_protocol_than_udp=beside(SERVING, "dns", TCP),
    number_behind=beside(SERVING, "http", TCP, 1),
    number_behind_udp=beside(SERVING, "dns", UDP, 1),
    other_protocol_beside_one_that_drops=beside(DROPPING, "http", UDP),
    number_behind_one_that_drops=beside(DROPPING, "http", TCP, 1),
    other_protocol_beside_one_that_refuses=beside(REFUSING, "dns", TCP),
    number_behind_one_that_refuses=beside(REFUSING, "http", TCP, 1),
    other_protocol_on_localhost=on_localhost(OtherPort(LOCAL_HTTP, UDP), Refusal.PORT_UNREACHABLE),
    number_behind_on_localhost=on_localhost(OtherPort(LOCAL_HTTP, TCP, 1), Refusal.TCP_RESET),
    number_behind_udp_on_localhost=on_localhost(OtherPort(LOCAL_DNS, UDP, 1), Refusal.PORT_UNREACHABLE),
    other_protocol_than_udp_on_localhost=on_localhost(OtherPort(LOCAL_DNS, TCP), Refusal.TCP_RESET),
)
def test_beside_a_node_port(live: Live, flow: Flow, expect: Outcome) -> None:
    """The other protocol of a node port, and the number behind it, are not served, refused by Services or dropped."""
    assert live.observe(flow) == expect
