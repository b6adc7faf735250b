"""What the API allots: node ports and cluster IPs of their ranges, each to one Service until that is deleted.

The API allots a node port by its number alone, so that another Service cannot have it over another protocol either.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.2/pkg/registry/core/service/storage/alloc.go
"""

from dataclasses import replace
from ipaddress import IPv4Address

from conformance.live import Live
from conformance.outcome import Accepted, Outcome, Rejected
from conformance.vocabulary import Claim, claims, given, requirement
from lab.model import Creation, Flow, Place, Protocol, Service, ServiceIs, ServicePort, ServiceType

OWNER = Service(
    name="owner",
    type=ServiceType.NODE_PORT,
    cluster_ip=IPv4Address("10.96.0.100"),
    ports=(ServicePort("http", 80, node_port=30040),),
)
ASKED = Service(name="asked", ports=(ServicePort("http", 80),))
BAD_PORT, BAD_ADDRESS = Rejected(("spec.ports[0].nodePort",)), Rejected(("spec.clusterIPs",))
OWNER_GONE = (ServiceIs(OWNER, None),)

pytestmark = given(OWNER)


def port(number: int, *protocols: Protocol) -> Flow:
    """A request for this node port, over each of these protocols; over TCP if none is named."""
    ports = (
        ServicePort(each.lower(), 80, protocol=each, node_port=number)
        for each in protocols or (Protocol.TCP,)
    )
    ported = replace(ASKED, type=ServiceType.NODE_PORT, ports=tuple(ports))
    return Flow(Place.CLIENT, Creation(ported))


def address(text: str) -> Flow:
    """A request for this cluster IP."""
    return Flow(Place.CLIENT, Creation(replace(ASKED, cluster_ip=IPv4Address(text))))


@requirement("api-np")
@claims(
    taken=Claim(port(30040), BAD_PORT),
    taken_over_another_protocol=Claim(port(30040, Protocol.UDP), BAD_PORT),
    free=Claim(port(30042), Accepted()),
    two_protocols_of_one_service=Claim(port(30042, Protocol.TCP, Protocol.UDP), Accepted()),
    released=Claim(port(30040), Accepted(), when=OWNER_GONE),
    below_the_range=Claim(port(29999), BAD_PORT),
    last_of_the_range=Claim(port(32767), Accepted()),
    above_the_range=Claim(port(32768), BAD_PORT),
)
def test_node_port(live: Live, flow: Flow, expect: Outcome) -> None:
    """A node port is of the range, and belongs to one Service until that is deleted."""
    assert live.create(flow) == expect


@requirement("api-cip")
@claims(
    taken=Claim(address("10.96.0.100"), BAD_ADDRESS),
    free=Claim(address("10.96.0.101"), Accepted()),
    released=Claim(address("10.96.0.100"), Accepted(), when=OWNER_GONE),
    out_of_range=Claim(address("10.97.0.1"), BAD_ADDRESS),
)
def test_cluster_ip(live: Live, flow: Flow, expect: Outcome) -> None:
    """A cluster IP is of the range, and belongs to one Service until that is deleted."""
    assert live.create(flow) == expect
