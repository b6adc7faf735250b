"""ClusterIP with several ports: numbers, names, and two protocols on one number.

Source: https://kubernetes.io/docs/concepts/services-networking/service/#multi-port-services
"""

from conformance.live import Live
from conformance.outcome import Arrival, Delivered, Kept, Outcome, delivered
from conformance.vocabulary import Claim, claims, given, requirement
from lab.model import ClusterIP, Flow, Place, Protocol, Service, ServicePort

A1, B2 = Place.POD_A1, Place.POD_B2
PORTS = Service(
    name="ports",
    endpoints=(A1, B2),
    ports=(
        ServicePort("web", 80, target_port="web"),
        ServicePort("admin", 9000, target_port="admin"),
        ServicePort("plain", 443, target_port=8080),
        ServicePort("dns-tcp", 53, target_port=8081),
        ServicePort("dns", 53, target_port=8082, protocol=Protocol.UDP),
    ),
)
# `web` is container port 8080 in pods numbered 1 and 8081 in the others.
BY_NAME = Delivered(frozenset({Arrival(A1, 8080, Kept()), Arrival(B2, 8081, Kept())}))

pytestmark = given(PORTS)


@requirement("cip-ports")
@claims(
    name_that_differs_between_pods=Claim(Flow(Place.POD_C1, ClusterIP(PORTS, "web")), BY_NAME),
    name_that_is_the_same=Claim(
        Flow(Place.POD_C1, ClusterIP(PORTS, "admin")), delivered(A1, B2, source=Kept(), port=8082)
    ),
    number=Claim(Flow(Place.POD_C1, ClusterIP(PORTS, "plain")), delivered(A1, B2, source=Kept(), port=8080)),
)
def test_each_port_has_its_own_target(live: Live, flow: Flow, expect: Outcome) -> None:
    """Each port leads to its own target port, and a name to the port that each pod gives it."""
    assert live.observe(flow) == expect


@requirement("cip-proto")
@claims(
    tcp=Claim(Flow(Place.POD_A2, ClusterIP(PORTS, "dns-tcp")), delivered(A1, B2, source=Kept(), port=8081)),
    udp=Claim(Flow(Place.POD_A2, ClusterIP(PORTS, "dns")), delivered(A1, B2, source=Kept(), port=8082)),
)
def test_tcp_and_udp_on_one_port(live: Live, flow: Flow, expect: Outcome) -> None:
    """TCP and UDP on port 53 of one Service lead to different target ports."""
    assert live.observe(flow) == expect


@requirement("cip-fragments")
@claims(
    from_pod=Claim(
        Flow(Place.POD_C1, ClusterIP(PORTS, "dns"), padding=3000),
        delivered(A1, B2, source=Kept(), port=8082),
    ),
)
def test_datagram_in_fragments(live: Live, flow: Flow, expect: Outcome) -> None:
    """All fragments of a datagram are translated alike, though only the first bears ports."""
    assert live.observe(flow) == expect
