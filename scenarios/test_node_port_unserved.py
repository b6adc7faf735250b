"""What is no node port is the node's own: its kernel refuses where nothing listens, next to node ports too.

Source: https://kubernetes.io/docs/concepts/services-networking/service/#type-nodeport
"""

from conformance.live import Live
from conformance.outcome import Outcome, Refused
from conformance.vocabulary import Claim, claims, given, requirement
from lab.model import (
    Flow,
    NodeAddress,
    NodePort,
    OtherPort,
    Place,
    Protocol,
    Refusal,
    Service,
    ServicePort,
    ServiceType,
    TrafficPolicy,
    Transport,
)

TCP, UDP, NODE = Transport.TCP, Transport.UDP, Place.WORKER_B


def with_node_ports(name: str, *endpoints: Place, policy: TrafficPolicy = TrafficPolicy.CLUSTER) -> Service:
    """A Service with a TCP and a UDP node port."""
    return Service(
        name=name,
        type=ServiceType.NODE_PORT,
        external_traffic_policy=policy,
        endpoints=endpoints,
        ports=(ServicePort("http", 80), ServicePort("dns", 530, 8081, protocol=Protocol.UDP)),
    )


SERVING = with_node_ports("np-serving", Place.POD_A1, Place.POD_B1)
DROPPING = with_node_ports("np-dropping", Place.POD_A1, policy=TrafficPolicy.LOCAL)
REFUSING = with_node_ports("np-refusing")

LOCAL_HTTP, LOCAL_DNS = (NodePort(SERVING, port, NODE, NodeAddress.LOOPBACK) for port in ("http", "dns"))

pytestmark = given(SERVING, DROPPING, REFUSING)


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
