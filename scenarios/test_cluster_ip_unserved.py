"""What is sent to the range of cluster IPs and matches no port of a Service is answered for, not let out.

nftables refuses unknown ports of known cluster IPs, pings too, and drops what no Service has. iptables knows
nothing of such packets and lets them be routed.

Source: https://github.com/kubernetes/enhancements/tree/master/keps/sig-network/3866-nftables-proxy
"""

from conformance.live import Live
from conformance.outcome import Dropped, LocalError, Outcome, Refused
from conformance.vocabulary import Claim, claims, given, requirement
from lab.model import (
    ClusterIP,
    Flow,
    OtherPort,
    Place,
    Protocol,
    Refusal,
    Service,
    ServicePort,
    TrafficPolicy,
    Transport,
    Unallocated,
)

A, B = Place.WORKER_A, Place.WORKER_B
PORTS = (ServicePort("http", 80), ServicePort("dns", 530, 8081, protocol=Protocol.UDP))
ECHO = Service(name="unserved", endpoints=(Place.POD_A1,), ports=PORTS)
NEAR = Service(
    name="near", internal_traffic_policy=TrafficPolicy.LOCAL, endpoints=(Place.POD_A1,), ports=PORTS
)
HTTP, DNS, LOCAL = ClusterIP(ECHO, "http"), ClusterIP(ECHO, "dns"), ClusterIP(NEAR, "http")
TCP = OtherPort(HTTP, Transport.TCP, after=1)
UDP = OtherPort(HTTP, Transport.UDP)
PING = OtherPort(HTTP, Transport.ICMP)

pytestmark = given(ECHO, NEAR)


def refused(by: Place) -> Refused:
    """Refused by this node."""
    return Refused(by, Refusal.PORT_UNREACHABLE)


@requirement("cip-badport")
@claims(
    tcp_from_pod=Claim(Flow(Place.POD_B1, TCP), refused(B)),
    udp_from_pod=Claim(Flow(Place.POD_B1, UDP), refused(B)),
    udp_behind_a_udp_port=Claim(Flow(Place.POD_B1, OtherPort(DNS, Transport.UDP, after=1)), refused(B)),
    tcp_at_a_udp_port=Claim(Flow(Place.POD_B1, OtherPort(DNS, Transport.TCP)), refused(B)),
    behind_one_that_drops=Claim(Flow(Place.POD_B1, OtherPort(LOCAL, Transport.TCP, after=1)), refused(B)),
    behind_one_that_serves_here=Claim(Flow(Place.POD_A2, OtherPort(LOCAL, Transport.TCP, 1)), refused(A)),
    beside_one_that_drops=Claim(Flow(Place.POD_B1, OtherPort(LOCAL, Transport.UDP)), refused(B)),
    tcp_from_node=Claim(Flow(B, TCP), refused(B)),
    tcp_from_outside=Claim(Flow(Place.CLIENT, TCP, via=A), refused(A)),
)
def test_undefined_port(live: Live, flow: Flow, expect: Outcome) -> None:
    """A port or protocol that the Service does not have is refused by the node that the packet comes to."""
    assert live.observe(flow) == expect


@requirement("cip-ping")
@claims(
    from_pod=Claim(Flow(Place.POD_B1, PING), refused(B)),
    from_node=Claim(Flow(A, PING), refused(A)),
)
def test_ping(live: Live, flow: Flow, expect: Outcome) -> None:
    """A ping to a cluster IP is refused."""
    assert live.observe(flow) == expect


@requirement("cip-unalloc")
@claims(
    from_pod=Claim(Flow(Place.POD_B1, Unallocated()), Dropped()),
    from_node=Claim(Flow(A, Unallocated()), LocalError("EPERM")),
)
def test_unallocated_address(live: Live, flow: Flow, expect: Outcome) -> None:
    """An address of the range that no Service has is dropped."""
    assert live.observe(flow) == expect
