"""What the words of a rule stand for, in a lab whose Services have changed."""

from dataclasses import replace
from ipaddress import IPv4Address

from lab.model import NodeAddress, NodePort, Place, Service, ServiceFacts, ServicePort, ServiceType
from svcproof.sabotage.equivalence import flows
from svcproof.sabotage.surroundings import Surroundings, surroundings_of
from tests.oracle.topology import facts_of

WAS, NOW = IPv4Address("203.0.113.90"), IPv4Address("203.0.113.91")
LINE = Service(
    name="line",
    type=ServiceType.NODE_PORT,
    endpoints=(Place.POD_A1,),
    external_ips=(WAS,),
    ports=(ServicePort("http", 80, node_port=30080),),
)
MOVED = replace(LINE, external_ips=(NOW,), ports=(ServicePort("http", 80, node_port=30081),))
OUTSIDE = Service(
    name="outside", type=ServiceType.EXTERNAL_NAME, external_name="example.invalid", ports=LINE.ports
)
INSIDE = replace(
    LINE, name="outside", type=ServiceType.CLUSTER_IP, cluster_ip=IPv4Address("10.96.0.111"), external_ips=()
)


def known(*given: Service) -> Surroundings:
    """What is so in a lab that has these Services, the last of each name."""
    return surroundings_of(facts_of(given), given, "10.244.0.0/16")


def test_a_changed_service_has_its_name_at_its_former_and_its_present_doors() -> None:
    """Its rules are those of any other Service, whatever was changed."""
    words = known(LINE, MOVED).words
    assert words("203.0.113.90 203.0.113.91") == "external-ip(line) external-ip(line)"
    assert words("30080 30081") == "node-port(line:http) node-port(line:http)"


def test_a_cluster_ip_that_a_service_asks_for_is_its_own() -> None:
    """Also where it had none before, being the name of something outside."""
    found = known(OUTSIDE, INSIDE)
    assert found.words("10.96.0.111") == "cluster-ip(outside)"
    assert found.service_of("10.96.0.111") == "outside"


def test_a_nodes_other_addresses_have_the_same_name_in_every_round() -> None:
    """Also where one of them is a load balancer's."""
    secondary = facts_of(()).node_addresses[Place.WORKER_B][NodeAddress.SECONDARY]
    balanced = replace(LINE, load_balancer_ingress=(secondary,))
    assert known(LINE).other_addresses == known(balanced).other_addresses


def test_what_a_service_asks_for_is_proven_too() -> None:
    """Node ports and cluster IPs that it chose itself, beside those that it was given."""
    facts = replace(facts_of((MOVED,)), services={"line": ServiceFacts(None, {}, 0)})
    asked = {flow.target for flow in flows(MOVED, facts)}
    assert NodePort(MOVED, "http", Place.WORKER_A) in asked
