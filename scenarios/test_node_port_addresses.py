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

B, C = Place.WORKER_B, Place.WORKER_C
ENDPOINTS, HTTP = (Place.POD_A1, Place.POD_A3), (ServicePort("http", 80),)
ECHO = Service(name="np-addresses", type=ServiceType.NODE_PORT, endpoints=ENDPOINTS, ports=HTTP)
PRIMARY, SECONDARY, OTHER_NETWORK = NodeAddress.PRIMARY, NodeAddress.SECONDARY, NodeAddress.OTHER_NETWORK
CONFIGURED = (
    ProxyHas(node_port_addresses=("primary",), nodes=(B,)),
    ProxyHas(node_port_addresses=("172.18.0.0/24",), nodes=(C,)),
)

pytestmark = given(ECHO)


def asked(node: Place, at: NodeAddress, sender: Place = Place.CLIENT) -> Flow:
    """Someone asks a node without endpoint at one of its addresses."""
    return Flow(sender, NodePort(ECHO, "http", node, at))


def served(node: Place) -> Outcome:
    """By every endpoint, masqueraded by the node that was asked."""
    return delivered(*ENDPOINTS, source=Masqueraded(node))


def not_served(node: Place) -> Outcome:
    """By the kernel of the node that was asked."""
    return Refused(node, Refusal.TCP_RESET)


@requirement("np-allips")
@claims(
    secondary_address=Claim(asked(C, SECONDARY), served(C)),
    of_another_network=Claim(asked(C, OTHER_NETWORK), served(C)),
)
def test_every_address_by_default(live: Live, flow: Flow, expect: Outcome) -> None:
    """Without nodePortAddresses, a node serves the port on its other addresses too."""
    assert live.observe(flow) == expect


@requirement("np-addrs")
@claims(
    primary_when_primary=Claim(asked(B, PRIMARY), served(B), CONFIGURED),
    secondary_when_primary=Claim(asked(B, SECONDARY), not_served(B), CONFIGURED),
    primary_when_network=Claim(asked(C, PRIMARY), served(C), CONFIGURED),
    primary_from_pod=Claim(asked(C, PRIMARY, Place.POD_C1), served(C), CONFIGURED),
    secondary_from_pod=Claim(asked(C, SECONDARY, Place.POD_C1), served(C), CONFIGURED),
    secondary_when_network=Claim(asked(C, SECONDARY), served(C), CONFIGURED),
    other_network_when_network=Claim(asked(C, OTHER_NETWORK), not_served(C), CONFIGURED),
    other_network_from_pod=Claim(asked(C, OTHER_NETWORK, Place.POD_C1), not_served(C), CONFIGURED),
    other_network_from_node=Claim(asked(C, OTHER_NETWORK, C), not_served(C), CONFIGURED),
)
def test_node_port_addresses(live: Live, flow: Flow, expect: Outcome) -> None:
    """Only addresses that nodePortAddresses covers are served; at others the node's own kernel answers."""
    assert live.observe(flow) == expect
