"""Services whose type is changed: their front doors follow.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.2/test/e2e/network/service.go
"""

from dataclasses import replace
from ipaddress import IPv4Address

from conformance.live import Live
from conformance.outcome import Dropped, Kept, Masqueraded, Outcome, Refused, delivered
from conformance.vocabulary import Claim, claims, given, requirement
from lab.model import (
    ClusterIP,
    Flow,
    NodePort,
    Place,
    Refusal,
    Service,
    ServiceIs,
    ServicePort,
    ServiceType,
)

A, A1, B1 = Place.WORKER_A, Place.POD_A1, Place.POD_B1
PORTED = Service(
    name="ported",
    type=ServiceType.NODE_PORT,
    cluster_ip=IPv4Address("10.96.0.110"),
    endpoints=(A1, B1),
    ports=(ServicePort("http", 80, node_port=30050),),
)
INTERNAL = replace(PORTED, type=ServiceType.CLUSTER_IP, ports=(ServicePort("http", 80),))
ALIAS = replace(INTERNAL, type=ServiceType.EXTERNAL_NAME, cluster_ip=None, external_name="svcproof.invalid")
SECOND = ServicePort("http", 80, node_port=30051)
NAMED = replace(ALIAS, name="named")
NAMED_NO_MORE = replace(PORTED, name="named", cluster_ip=IPv4Address("10.96.0.111"), ports=(SECOND,))
IS_ALIAS, IS_INTERNAL = (ServiceIs(PORTED, ALIAS),), (ServiceIs(PORTED, INTERNAL),)
NAMED_IS_NOT = (ServiceIs(NAMED, NAMED_NO_MORE),)
SERVED, SERVED_OUT = delivered(A1, B1, source=Kept()), delivered(A1, B1, source=Masqueraded(A))
CLOSED = Refused(A, Refusal.TCP_RESET)

pytestmark = given(PORTED, NAMED)


def inside(service: Service) -> Flow:
    """A pod asks the cluster IP."""
    return Flow(Place.POD_C1, ClusterIP(service, "http"))


def outside(service: Service) -> Flow:
    """A client asks the node port."""
    return Flow(Place.CLIENT, NodePort(service, "http", A))


@requirement("svc-type")
@claims(
    cluster_ip_of_an_external_name=Claim(inside(PORTED), Dropped(), when=IS_ALIAS),
    node_port_of_an_external_name=Claim(outside(PORTED), CLOSED, when=IS_ALIAS),
    node_port_of_a_cluster_ip=Claim(outside(PORTED), CLOSED, when=IS_INTERNAL),
    cluster_ip_stays=Claim(inside(INTERNAL), SERVED, when=IS_INTERNAL),
    node_port_again=Claim(outside(PORTED), SERVED_OUT),
    external_name_becomes_cluster_ip=Claim(inside(NAMED_NO_MORE), SERVED, when=NAMED_IS_NOT),
    external_name_becomes_node_port=Claim(outside(NAMED_NO_MORE), SERVED_OUT, when=NAMED_IS_NOT),
    external_name_again=Claim(inside(NAMED_NO_MORE), Dropped()),
)
def test_change_of_type(live: Live, flow: Flow, expect: Outcome) -> None:
    """A Service has the front doors of its type, and those of an earlier type are closed."""
    assert live.observe(flow) == expect
