"""The way of a packet between pods, hop by hop, as captured: what kube-proxy's DNAT hands over to.

Each node on the way routes it once. Between nodes it goes from node address to node address, in the tunnel that the
network is configured with or in none; its own addresses and ports are the same on every hop, there and back.

Source: https://docs.tigera.io/calico/latest/reference/architecture/data-path
"""

from conformance.live import Live
from conformance.outcome import Kept, LocalError, Outcome, delivered
from conformance.vocabulary import Claim, claims, requirement
from lab.model import Flow, Place, PodIP, Transport

A1, A2, B1, C2 = Place.POD_A1, Place.POD_A2, Place.POD_B1, Place.POD_C2
LARGE = Flow(A2, PodIP(B1, 0, Transport.ICMP), beyond_mtu=0)
TOO_LARGE = Flow(A2, PodIP(B1, 0, Transport.ICMP), beyond_mtu=1)


def way(sender: Place, pod: Place, transport: Transport = Transport.TCP) -> Claim:
    """From one pod to another without any Service."""
    port = 0 if transport is Transport.ICMP else 8080
    return Claim(Flow(sender, PodIP(pod, port, transport)), delivered(pod, source=Kept(), port=port))


@requirement("net-way")
@claims(
    tcp_on_one_node=way(A2, A1),
    udp_on_one_node=way(C2, Place.POD_C1, Transport.UDP),
    tcp_from_first_node_to_second=way(A2, B1),
    udp_from_second_node_to_third=way(B1, C2, Transport.UDP),
    ping_from_third_node_to_first=way(C2, A1, Transport.ICMP),
)
def test_every_hop_is_as_the_network_has_it(live: Live, flow: Flow, expect: Outcome) -> None:
    """TTL, outer addresses, inner addresses and places are those of the network's own way."""
    assert live.observe_way(flow) == expect


@requirement("net-mtu")
@claims(as_large_as_the_mtu=Claim(LARGE, delivered(B1, source=Kept(), port=0)))
def test_a_packet_that_fills_the_mtu_crosses_in_one_piece(live: Live, flow: Flow, expect: Outcome) -> None:
    """The MTU of pods leaves room for the outer headers."""
    assert live.observe_way(flow) == expect


@requirement("net-mtu")
@claims(one_byte_larger=Claim(TOO_LARGE, LocalError("EMSGSIZE")))
def test_a_larger_packet_does_not_leave_the_pod(live: Live, flow: Flow, expect: Outcome) -> None:
    """The sender's own kernel says so."""
    assert live.observe(flow) == expect
