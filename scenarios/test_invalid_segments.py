"""Segments of open connections that conntrack takes for invalid: no node translates them, so none may forward them.

Sources: https://github.com/kubernetes/kubernetes/issues/74839;
https://github.com/kubernetes/kubernetes/blob/v1.36.2/test/e2e/network/conntrack.go, "proxy implementation should not be
vulnerable to the invalid conntrack state bug".
"""

from dataclasses import replace
from ipaddress import IPv4Address

from conformance.live import Live
from conformance.outcome import Dropped, Kept, Outcome, delivered
from conformance.vocabulary import Claim, claims, given, requirement
from lab.model import (
    ClusterIP,
    Flow,
    LoadBalancerIP,
    Place,
    PodIP,
    Service,
    ServicePort,
    ServiceType,
    Transport,
)

A1, C1, C = Place.POD_A1, Place.POD_C1, Place.WORKER_C
PHONE = Service(
    name="phone",
    type=ServiceType.LOAD_BALANCER,
    endpoints=(A1,),
    load_balancer_ingress=(IPv4Address("203.0.113.43"),),
    ports=(ServicePort("http", 80),),
)
FROM_POD = Flow(C1, ClusterIP(PHONE, "http"), source_port=61040)
FROM_OUTSIDE = Flow(Place.CLIENT, LoadBalancerIP(PHONE, "http"), via=C, source_port=61041)
HIT = replace(FROM_POD, source_port=61042)

pytestmark = given(PHONE)


def answer(connection: Flow) -> Flow:
    """A stray segment of the endpoint, on the connection of a pod."""
    client = PodIP(connection.sender, connection.source_port, Transport.TCP)
    return Flow(A1, client, source_port=8080, stray_of=connection)


@requirement("ct-invalid")
@claims(
    from_the_endpoint=Claim(answer(FROM_POD), Dropped(), opened=()),
    from_outside=Claim(replace(FROM_OUTSIDE, stray_of=FROM_OUTSIDE), Dropped(), opened=()),
)
def test_segment_outside_the_window(live: Live, flow: Flow, expect: Outcome) -> None:
    """A client never gets what bears its endpoint's own address, nor the balancer what was for a Service."""
    assert live.observe(flow) == expect


@requirement("ct-invalid-open")
@claims(after_segments_of_the_endpoint=Claim(HIT, delivered(A1, source=Kept()), opened=()))
def test_connection_goes_on(live: Live, flow: Flow, expect: Outcome) -> None:
    """The client does not reset the connection, on which it has got nothing that it could refuse."""
    live.go_on(answer(flow))
    # A kernel tells its program of a reset once; twice, because it may come behind the first few packets.
    live.go_on(flow)
    live.go_on(flow)
    assert live.observe(flow) == expect
