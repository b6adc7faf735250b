"""Ways and sentinels of flows, for every kind of target and sender."""

from dataclasses import replace
from ipaddress import IPv4Address
from types import MappingProxyType

import pytest

from lab.errors import UsageError
from lab.model import (
    NODES,
    PODS,
    ClusterIP,
    Destination,
    ExternalIP,
    Facts,
    Flow,
    HealthCheckPort,
    LoadBalancerIP,
    NodeAddress,
    NodePort,
    OtherPort,
    Place,
    PlaceKind,
    PodIP,
    Protocol,
    ProxyHealth,
    Service,
    ServiceFacts,
    ServicePort,
    Target,
    Transport,
    Unallocated,
)
from lab.netns import plan
from lab.netns.routes import sentinels, way_of
from lab.traffic.craft import Shape
from lab.traffic.way import Way

WEB = Service(
    name="web",
    ports=(
        ServicePort("tcp", 80),
        ServicePort("udp", 81, protocol=Protocol.UDP),
        ServicePort("sctp", 82, protocol=Protocol.SCTP),
    ),
    external_ips=(IPv4Address("192.0.2.1"), IPv4Address("192.0.2.2")),
    load_balancer_ingress=(IPv4Address("203.0.113.1"), IPv4Address("203.0.113.2")),
)
CLUSTER, BALANCER, EXTERNAL = (kind(WEB, "tcp") for kind in (ClusterIP, LoadBalancerIP, ExternalIP))
NODE_PORT = NodePort(WEB, "tcp", Place.WORKER_B)
POD = PodIP(Place.POD_C1, 8081, Transport.UDP)
ROUTED = [CLUSTER, OtherPort(CLUSTER, Transport.TCP, after=9), Unallocated(), BALANCER, EXTERNAL, POD]
INSIDE = [Place.POD_A1, Place.POD_C3, *NODES]


@pytest.fixture
def facts() -> Facts:
    """Return the addresses of a lab with one Service."""
    pods = {
        pod: plan.NODE_POD_CIDRS[pod.node][int(pod.value[-1]) + 1]
        for pod in Place
        if pod.value.startswith("pod-")
    }
    primary = {**plan.NODE_ADDRESSES, **plan.OUTSIDE_ADDRESSES, **pods}
    node_ports = {"tcp": 30_080, "udp": 30_081, "sctp": 30_082}
    return Facts(
        interfaces=(),
        primary=MappingProxyType(primary),
        node_addresses={
            node: {NodeAddress.PRIMARY: address, NodeAddress.LOOPBACK: IPv4Address("127.0.0.1")}
            for node, address in plan.NODE_ADDRESSES.items()
        },
        unallocated=plan.UNALLOCATED,
        owners=MappingProxyType({address: place for place, address in primary.items()}),
        listeners=frozenset(plan.ECHO_PORTS),
        api=Destination(plan.CONTROL, plan.API_PORT),
        services={"web": ServiceFacts(IPv4Address("10.96.0.80"), node_ports, 30_100)},
    )


@pytest.mark.parametrize(
    ("target", "address", "port", "transport"),
    [
        (CLUSTER, "10.96.0.80", 80, Transport.TCP),
        (ClusterIP(WEB, "udp"), "10.96.0.80", 81, Transport.UDP),
        (ClusterIP(WEB, "sctp"), "10.96.0.80", 82, Transport.SCTP),
        (NODE_PORT, "172.18.0.12", 30_080, Transport.TCP),
        (NodePort(WEB, "udp", Place.WORKER_C), "172.18.0.13", 30_081, Transport.UDP),
        (NodePort(WEB, "tcp", Place.WORKER_C, NodeAddress.LOOPBACK), "127.0.0.1", 30_080, Transport.TCP),
        (OtherPort(CLUSTER, Transport.UDP, after=9), "10.96.0.80", 89, Transport.UDP),
        (OtherPort(NODE_PORT, Transport.UDP), "172.18.0.12", 30_080, Transport.UDP),
        (OtherPort(BALANCER, Transport.ICMP), "203.0.113.1", 0, Transport.ICMP),
        (Unallocated(), str(plan.UNALLOCATED), 80, Transport.TCP),
        (BALANCER, "203.0.113.1", 80, Transport.TCP),
        (EXTERNAL, "192.0.2.1", 80, Transport.TCP),
        (POD, "10.244.3.2", 8081, Transport.UDP),
        (PodIP(Place.POD_A3, 0, Transport.ICMP), "10.244.1.4", 0, Transport.ICMP),
    ],
    ids=[
        "ClusterIP-TCP",
        "ClusterIP-UDP",
        "ClusterIP-SCTP",
        "NodePort-TCP",
        "NodePort-UDP",
        "NodePort-loopback",
        "OtherPort-behind",
        "OtherPort-NodePort",
        "OtherPort-ICMP",
        "Unallocated",
        "LoadBalancerIP",
        "ExternalIP",
        "PodIP-UDP",
        "PodIP-ICMP",
    ],
)
def test_a_way_leads_to_the_target(
    facts: Facts, target: Target, address: str, port: int, transport: Transport
) -> None:
    """Address, port and transport are those of the target, and no mark chooses a route."""
    way = way_of(Flow(Place.POD_A1, target), facts)
    assert way == Way(Place.POD_A1, 0, IPv4Address(address), port, Shape(transport))


@pytest.mark.parametrize(
    ("padding", "fragment_bytes"), [(0, 0), (1400, 0), (1401, 1400), (4000, 1400)], ids=str
)
def test_what_fits_no_path_is_sent_in_fragments(facts: Facts, padding: int, fragment_bytes: int) -> None:
    """The padding of a flow is that of its probes; more than every path carries goes in pieces that fit."""
    way = way_of(Flow(Place.POD_A1, POD, padding=padding), facts)
    assert (way.shape, way.fragment_bytes) == (Shape(Transport.UDP, padding=padding), fragment_bytes)


@pytest.mark.parametrize(("via", "mark"), [(node, mark) for mark, node in enumerate(NODES, 11)])
@pytest.mark.parametrize("target", ROUTED, ids=lambda it: type(it).__name__)
def test_the_client_goes_through_the_node_that_it_names(
    facts: Facts, target: Target, via: Place, mark: int
) -> None:
    """The socket mark of the way is the one whose routing table leads through that node."""
    way = way_of(Flow(Place.CLIENT, target, via=via), facts)
    assert (way.sender, way.mark) == (Place.CLIENT, mark)


@pytest.mark.parametrize("sender", [*INSIDE, Place.FAR_CLIENT, Place.ROUTER])
def test_only_the_client_chooses_a_node(facts: Facts, sender: Place) -> None:
    """`via` from any other place is a mistake of the caller, and the error says who may."""
    with pytest.raises(UsageError) as caught:
        way_of(Flow(sender, CLUSTER, via=Place.WORKER_A), facts)
    assert sender.value in caught.value.attempted
    assert "only client" in caught.value.next_step


@pytest.mark.parametrize("via", [Place.POD_A1, Place.ROUTER, Place.CLIENT])
def test_only_a_node_can_be_gone_through(facts: Facts, via: Place) -> None:
    """`via` a place that is no node is a mistake of the caller."""
    with pytest.raises(UsageError):
        way_of(Flow(Place.CLIENT, CLUSTER, via=via), facts)


@pytest.mark.parametrize("sender", [Place.CLIENT, Place.FAR_CLIENT])
@pytest.mark.parametrize("target", ROUTED, ids=lambda it: type(it).__name__)
def test_a_target_that_only_the_cluster_knows_needs_via(facts: Facts, target: Target, sender: Place) -> None:
    """From outside, an address that no other network knows must name the node that it is routed through."""
    flow = Flow(sender, target)
    with pytest.raises(UsageError, match="via"):
        sentinels(flow, way_of(flow, facts), facts)


def addresses(facts: Facts, *places: Place) -> list[IPv4Address]:
    """The primary addresses of these places."""
    return [facts.primary[place] for place in places]


@pytest.mark.parametrize("sender", INSIDE)
@pytest.mark.parametrize("target", [*ROUTED, NODE_PORT], ids=lambda it: type(it).__name__)
def test_from_inside_sentinels_go_to_a_pod_of_every_node(facts: Facts, target: Target, sender: Place) -> None:
    """Sentinels leave from the same place, to an echo on each node and to the router, and through no Service."""
    flow = Flow(sender, target)
    *followed, last = sentinels(flow, way_of(flow, facts), facts).behind
    assert last == Way(sender, 0, plan.ROUTER_BEYOND, 0, Shape(Transport.ICMP))
    assert {way.sender for way in followed} == {sender}
    assert {(way.mark, way.port, way.shape) for way in followed} == {(0, 8080, Shape(Transport.UDP))}
    to = [way.destination for way in followed]
    assert to == addresses(facts, Place.POD_A1, Place.POD_B1, Place.POD_C1)


@pytest.mark.parametrize(
    ("flow", "mark"),
    [
        pytest.param(Flow(Place.CLIENT, NODE_PORT), 12, id="the node port's node"),
        pytest.param(Flow(Place.CLIENT, CLUSTER, via=Place.WORKER_A), 11, id="via for a cluster IP"),
        pytest.param(Flow(Place.CLIENT, BALANCER, via=Place.WORKER_C), 13, id="via for a balancer"),
        pytest.param(Flow(Place.CLIENT, EXTERNAL, via=Place.WORKER_B), 12, id="via for an external IP"),
        pytest.param(Flow(Place.CLIENT, POD, via=Place.WORKER_A), 11, id="via for a pod"),
        pytest.param(Flow(Place.CLIENT, NODE_PORT, via=Place.WORKER_A), 11, id="via before the node"),
    ],
)
def test_sentinels_of_the_client_enter_at_the_same_node(facts: Facts, flow: Flow, mark: int) -> None:
    """Whatever the batch entered the cluster at, the sentinels enter there too."""
    *followed, last = sentinels(flow, way_of(flow, facts), facts).behind
    assert last.destination == plan.ROUTER_BEYOND
    assert {(way.sender, way.mark) for way in (*followed, last)} == {(Place.CLIENT, mark)}
    to = [way.destination for way in followed]
    assert to == addresses(facts, Place.POD_A1, Place.POD_B1, Place.POD_C1)


@pytest.mark.parametrize("sender", [Place.FAR_CLIENT, Place.ROUTER])
@pytest.mark.parametrize("node", NODES)
def test_from_beyond_the_sentinel_is_an_echo_request_to_the_node(
    facts: Facts, sender: Place, node: Place
) -> None:
    """A sender that has no route to pods asks the node that its batch went to."""
    flow = Flow(sender, replace(NODE_PORT, node=node))
    expected = Way(sender, 0, facts.primary[node], 0, Shape(Transport.ICMP))
    assert sentinels(flow, way_of(flow, facts), facts).behind == [expected]


@pytest.mark.parametrize("target", [HealthCheckPort(WEB, Place.WORKER_B), ProxyHealth(Place.WORKER_B, "/")])
def test_sentinels_of_a_request_enter_at_the_node_that_it_asks(facts: Facts, target: Target) -> None:
    """A request from outside names no other node."""
    flow = Flow(Place.CLIENT, target)
    found = sentinels(flow, way_of(flow, facts), facts)
    assert {way.mark for way in found.behind} == {plan.via_mark(Place.WORKER_B)}


@pytest.mark.parametrize("sender", [*INSIDE, Place.CLIENT, Place.FAR_CLIENT])
def test_at_home_every_place_asks_itself(facts: Facts, sender: Place) -> None:
    """No link is passed: every echo, every place outside and the sender answer addresses of their own."""
    flow = Flow(sender, NODE_PORT)
    home = sentinels(flow, way_of(flow, facts), facts).at_home
    loopback = IPv4Address("127.0.0.1")
    assert {way.sender for way in home} == {*PODS, Place.CLIENT, Place.FAR_CLIENT, Place.ROUTER, sender}
    for way in home:
        is_node = way.sender.kind is PlaceKind.NODE
        assert way.destination == (loopback if is_node else facts.primary[way.sender])
        assert way.mark == 0
        wanted = Transport.UDP if way.sender.kind is PlaceKind.POD else Transport.ICMP
        assert way.shape == Shape(wanted)


def test_echoes_are_those_of_pods_and_nodes(facts: Facts) -> None:
    """Each is found by its address; places outside have none."""
    echoes = sentinels(Flow(Place.POD_A1, CLUSTER), way_of(Flow(Place.POD_A1, CLUSTER), facts), facts).echoes
    assert echoes.at == {facts.primary[place]: place for place in (*PODS, *NODES)}
    assert echoes.ports == frozenset(plan.ECHO_PORTS)
