"""Ports that are added to a Service, moved or taken away.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.2/test/e2e/network/service.go
"""

from dataclasses import replace

from conformance.live import Live
from conformance.outcome import Kept, Masqueraded, Outcome, Refused, delivered
from conformance.vocabulary import Claim, claims, given, requirement
from lab.model import (
    ClusterIP,
    Flow,
    NodePort,
    OtherPort,
    Place,
    Refusal,
    Service,
    ServiceIs,
    ServicePort,
    ServiceType,
    Transport,
)

A, C, A1, B1 = Place.WORKER_A, Place.WORKER_C, Place.POD_A1, Place.POD_B1
ONE = Service(
    name="growing",
    type=ServiceType.NODE_PORT,
    endpoints=(A1, B1),
    ports=(ServicePort("http", 80, node_port=30070),),
)
TWO = replace(ONE, ports=(*ONE.ports, ServicePort("admin", 81, 8082, node_port=30071)))
MOVED = replace(ONE, ports=(ServicePort("http", 80, 8081, node_port=30072),))
IS_TWO, IS_MOVED = (ServiceIs(ONE, TWO),), (ServiceIs(ONE, MOVED),)


def inside(service: Service, port: str) -> Flow:
    """A pod asks the cluster IP."""
    return Flow(Place.POD_C1, ClusterIP(service, port))


def outside(service: Service, port: str) -> Flow:
    """A client asks the node port."""
    return Flow(Place.CLIENT, NodePort(service, port, A))


pytestmark = given(ONE)


@requirement("svc-ports")
@claims(
    added=Claim(inside(TWO, "admin"), delivered(A1, B1, source=Kept(), port=8082), when=IS_TWO),
    added_node_port=Claim(
        outside(TWO, "admin"), delivered(A1, B1, source=Masqueraded(A), port=8082), when=IS_TWO
    ),
    beside_the_added=Claim(inside(TWO, "http"), delivered(A1, B1, source=Kept()), when=IS_TWO),
    taken_away=Claim(
        Flow(Place.POD_C1, OtherPort(ClusterIP(ONE, "http"), Transport.TCP, after=1)),
        Refused(C, Refusal.PORT_UNREACHABLE),
    ),
    taken_away_node_port=Claim(outside(TWO, "admin"), Refused(A, Refusal.TCP_RESET)),
    other_target=Claim(inside(MOVED, "http"), delivered(A1, B1, source=Kept(), port=8081), when=IS_MOVED),
    other_node_port=Claim(
        outside(MOVED, "http"), delivered(A1, B1, source=Masqueraded(A), port=8081), when=IS_MOVED
    ),
    former_node_port=Claim(outside(ONE, "http"), Refused(A, Refusal.TCP_RESET), when=IS_MOVED),
)
def test_change_of_ports(live: Live, flow: Flow, expect: Outcome) -> None:
    """A Service has the ports that it says now, on cluster IP and nodes, and leads to the targets that it says now."""
    assert live.observe(flow) == expect
