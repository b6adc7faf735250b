"""On which of a node's addresses a node port is served: all by default, or those that nodePortAddresses names.

Source: https://kubernetes.io/docs/concepts/services-networking/service/#service-nodeport-custom-listen-address
"""

from conformance.live import Live
from conformance.outcome import Masqueraded, Outcome, Refused, delivered
from conformance.vocabulary import Claim, claims, given, requirement
from lab.model import (
    Flow,
    NodeAddress,
    NodePort,
    Place,
    ProxyHas,
    Refusal,
    Service,
    ServicePort,
    ServiceType,
)

C = Place.WORKER_C
ENDPOINTS, HTTP = (Place.POD_A1, Place.POD_B1), (ServicePort("http", 80),)
ECHO = Service(name="np-addresses", type=ServiceType.NODE_PORT, endpoints=ENDPOINTS, ports=HTTP)
ONLY_PRIMARY = (ProxyHas(node_port_addresses=("primary",), nodes=(C,)),)
WHOLE_NETWORK = (ProxyHas(node_port_addresses=("172.18.0.0/24",), nodes=(C,)),)
NOT_SERVED = Refused(C, Refusal.TCP_RESET)

pytestmark = given(ECHO)


def asked(at: NodeAddress, sender: Place = Place.CLIENT) -> Flow:
    """Someone asks a node without endpoint at one of its addresses."""
    return Flow(sender, NodePort(ECHO, "http", C, at))


def served(node: Place) -> Outcome:
    """By every endpoint, masqueraded by the node that was asked."""
    return delivered(*ENDPOINTS, source=Masqueraded(node))


@requirement("np-allips")
@claims(
    secondary_address=Claim(asked(NodeAddress.SECONDARY), served(C)),
    of_another_network=Claim(asked(NodeAddress.OTHER_NETWORK), served(C)),
)
def test_every_address_by_default(live: Live, flow: Flow, expect: Outcome) -> None:
    """Without nodePortAddresses, a node serves the port on its other addresses too."""
    assert live.observe(flow) == expect


@requirement("np-addrs")
@claims(
    primary_when_primary=Claim(asked(NodeAddress.PRIMARY), served(C), when=ONLY_PRIMARY),
    secondary_when_primary=Claim(asked(NodeAddress.SECONDARY), NOT_SERVED, when=ONLY_PRIMARY),
    primary_when_network=Claim(asked(NodeAddress.PRIMARY), served(C), when=WHOLE_NETWORK),
    primary_from_pod=Claim(asked(NodeAddress.PRIMARY, Place.POD_C1), served(C), when=WHOLE_NETWORK),
    secondary_from_pod=Claim(asked(NodeAddress.SECONDARY, Place.POD_C1), served(C), when=WHOLE_NETWORK),
    secondary_when_network=Claim(asked(NodeAddress.SECONDARY), served(C), when=WHOLE_NETWORK),
    other_network_when_network=Claim(asked(NodeAddress.OTHER_NETWORK), NOT_SERVED, when=WHOLE_NETWORK),
    other_network_from_pod=Claim(
        asked(NodeAddress.OTHER_NETWORK, Place.POD_C1), NOT_SERVED, when=WHOLE_NETWORK
    ),
    other_network_from_node=Claim(asked(NodeAddress.OTHER_NETWORK, C), NOT_SERVED, when=WHOLE_NETWORK),
)
def test_node_port_addresses(live: Live, flow: Flow, expect: Outcome) -> None:
    """Only addresses that nodePortAddresses covers are served; at others the node's own kernel answers."""
    assert live.observe(flow) == expect
