"""What the oracle says where no scenario asks yet: rarer configurations, and the differences between the modes."""

from dataclasses import replace
from ipaddress import IPv4Network

import pytest

from conformance.oracle import documented
from conformance.outcome import (
    Arrival,
    Delivered,
    Dropped,
    Forwarded,
    Kept,
    LocalError,
    Masqueraded,
    Outcome,
    Refused,
    Stuck,
    Unanswered,
    delivered,
)
from lab.model import (
    Circumstance,
    DetectLocal,
    Flow,
    ListedEndpoint,
    NodeAddress,
    NodePort,
    OtherPort,
    Place,
    PodIP,
    PodIs,
    PodState,
    Protocol,
    ProxyHas,
    Refusal,
    Service,
    ServicePort,
    Target,
    TrafficDistribution,
    TrafficPolicy,
    Transport,
)
from lab.profiles import Profile
from tests.oracle.asked import (
    A1,
    A2,
    B1,
    B2,
    C1,
    FLANNEL,
    IPTABLES,
    NFTABLES,
    OPEN,
    A,
    B,
    C,
    balancer,
    cluster_ip,
    external,
    said,
)
from tests.oracle.topology import world_of

CLIENT, FAR = Place.CLIENT, Place.FAR_CLIENT
UNREACHABLE, RESET = Refusal.PORT_UNREACHABLE, Refusal.TCP_RESET
LOCAL = replace(OPEN, external_traffic_policy=TrafficPolicy.LOCAL)
NONE = replace(OPEN, endpoints=())
UNTOLD = ProxyHas(detect_local=DetectLocal.NOTHING)
EVERYWHERE, ONLY_LOOPBACK = (ProxyHas(node_port_addresses=(each,)) for each in ("0.0.0.0/0", "127.0.0.0/8"))
ONLY_PRIMARY = ProxyHas(node_port_addresses=("primary",))
OUT = Forwarded(Place.ROUTER)
ALL_KEPT, ALL_BY_A = delivered(A1, B1, source=Kept()), delivered(A1, B1, source=Masqueraded(A))
FAR_ONE_BY_A = Delivered(frozenset({Arrival(A1, 8080, Kept()), Arrival(B1, 8080, Masqueraded(A))}))


def at(node: Place, address: NodeAddress = NodeAddress.PRIMARY, service: Service = OPEN) -> NodePort:
    """A node port at one of a node's addresses."""
    return NodePort(service, "http", node, address)


profiles = pytest.mark.parametrize("profile", FLANNEL, ids=lambda profile: profile.name)


@pytest.mark.parametrize(
    ("sender", "target", "when", "with_iptables", "with_nftables"),
    [
        pytest.param(B2, at(A, NodeAddress.BRIDGE), (), ALL_BY_A, Refused(A, RESET), id="bridge"),
        pytest.param(B2, at(A, NodeAddress.SECONDARY), (), ALL_BY_A, Refused(A, RESET), id="secondary"),
        pytest.param(A, at(A, NodeAddress.LOOPBACK), (), ALL_BY_A, Refused(A, RESET), id="loopback"),
        pytest.param(
            A, at(A, NodeAddress.LOOPBACK), (EVERYWHERE,), ALL_BY_A, Refused(A, RESET), id="never loopback"
        ),
        pytest.param(
            CLIENT, at(A, NodeAddress.SECONDARY), (EVERYWHERE,), ALL_BY_A, ALL_BY_A, id="everywhere"
        ),
        pytest.param(
            A, at(A, NodeAddress.LOOPBACK), (ONLY_LOOPBACK,), ALL_BY_A, Refused(A, RESET), id="only loopback"
        ),
        pytest.param(
            CLIENT, at(A), (ONLY_LOOPBACK,), Refused(A, RESET), Refused(A, RESET), id="primary not covered"
        ),
        pytest.param(
            CLIENT,
            at(A, NodeAddress.SECONDARY, NONE),
            (ONLY_PRIMARY,),
            Refused(A, UNREACHABLE),
            Refused(A, RESET),
            id="no endpoints, address not covered",
        ),
        pytest.param(
            CLIENT,
            at(C, NodeAddress.SECONDARY, LOCAL),
            (ONLY_PRIMARY,),
            Dropped(),
            Refused(C, RESET),
            id="no local endpoint, address not covered",
        ),
        pytest.param(
            CLIENT,
            balancer(replace(NONE, load_balancer_source_ranges=(IPv4Network("10.0.0.0/8"),))),
            (),
            Refused(A, UNREACHABLE),
            Dropped(),
            id="no endpoints, shut out",
        ),
        pytest.param(A, cluster_ip(OPEN), (UNTOLD,), FAR_ONE_BY_A, ALL_KEPT, id="flannel for a node"),
        pytest.param(
            CLIENT,
            PodIP(B1, 8080, Transport.TCP),
            (),
            delivered(B1, source=Masqueraded(A)),
            delivered(B1, source=Kept()),
            id="flannel for a client",
        ),
        pytest.param(
            A, cluster_ip(replace(OPEN, proxy_name="other")), (), OUT, LocalError("EPERM"), id="other proxy"
        ),
    ],
)
def test_the_modes_differ(
    sender: Place,
    target: Target,
    when: tuple[Circumstance, ...],
    with_iptables: Outcome,
    with_nftables: Outcome,
) -> None:
    """One flow, asked of both modes; the client comes through worker-a, but for node ports."""
    via = A if sender is CLIENT and not isinstance(target, NodePort) else None
    both = tuple(said(profile, sender, target, *when, via=via) for profile in (IPTABLES, NFTABLES))
    assert both == (with_iptables, with_nftables)


@profiles
@pytest.mark.parametrize(
    ("sender", "target", "when", "expected"),
    [
        pytest.param(
            B2, at(A, service=LOCAL), (), delivered(A1, source=Masqueraded(B)), id="pod, other node"
        ),
        pytest.param(
            C, at(A, service=LOCAL), (), delivered(A1, source=Masqueraded(C)), id="node, other node"
        ),
        pytest.param(B2, at(C, service=LOCAL), (), Dropped(), id="pod, other node without endpoint"),
        pytest.param(A, at(C, service=LOCAL), (), Dropped(), id="node, other node without endpoint"),
        pytest.param(FAR, at(A, service=LOCAL), (), delivered(A1, source=Kept()), id="far client"),
        pytest.param(C1, at(C, service=LOCAL), (UNTOLD,), Dropped(), id="pod that cannot be told"),
        pytest.param(
            C1,
            cluster_ip(replace(OPEN, ports=(ServicePort("http", 80, "web", Protocol.UDP),))),
            (),
            Refused(C, UNREACHABLE),
            id="a name that is TCP's",
        ),
        pytest.param(
            C1, OtherPort(cluster_ip(OPEN), Transport.TCP), (), ALL_KEPT, id="a number that is a port"
        ),
        pytest.param(C1, external(replace(OPEN, headless=True)), (), OUT, id="headless"),
        pytest.param(
            B2,
            cluster_ip(
                replace(OPEN, endpoints=(A1, C1), traffic_distribution=TrafficDistribution.PREFER_SAME_NODE)
            ),
            (),
            delivered(A1, source=Kept()),
            id="no endpoint on the node, one in its zone",
        ),
        pytest.param(
            C1,
            cluster_ip(replace(OPEN, traffic_distribution=TrafficDistribution.PREFER_SAME_ZONE)),
            (PodIs(A1, PodState.TERMINATING), PodIs(B1, PodState.DYING)),
            delivered(A1, source=Kept()),
            id="no zones for terminating endpoints",
        ),
        pytest.param(
            C1,
            cluster_ip(replace(OPEN, publish_not_ready_addresses=True)),
            (PodIs(A1, PodState.GONE), PodIs(B1, PodState.DYING)),
            delivered(B1, source=Kept()),
            id="published while dying, not when gone",
        ),
        pytest.param(
            A1,
            cluster_ip(replace(OPEN, listed=(ListedEndpoint(A1),))),
            (ProxyHas(masquerade_all=True), PodIs(A1, PodState.DYING)),
            delivered(A1, source=Masqueraded(A)),
            id="a listed endpoint is ready, and masqueraded with all",
        ),
        pytest.param(
            C1, cluster_ip(replace(OPEN, session_affinity_seconds=9)), (), Stuck(Kept()), id="affinity"
        ),
        pytest.param(A, PodIP(B1, 8080, Transport.TCP), (), delivered(B1, source=Masqueraded(A)), id="node"),
        pytest.param(A2, PodIP(A1, 9999, Transport.TCP), (), Refused(A1, RESET), id="closed TCP port"),
        pytest.param(A2, PodIP(A1, 9999, Transport.UDP), (), Refused(A1, UNREACHABLE), id="closed UDP port"),
    ],
)
def test_the_modes_agree(
    profile: Profile, sender: Place, target: Target, when: tuple[Circumstance, ...], expected: Outcome
) -> None:
    """What holds for both modes."""
    assert said(profile, sender, target, *when) == expected


@pytest.mark.parametrize(
    ("detect", "expected"),
    [
        (DetectLocal.CLUSTER_CIDR, FAR_ONE_BY_A),
        (DetectLocal.NODE_CIDR, delivered(A1, source=Kept())),
        (DetectLocal.BRIDGE_INTERFACE, delivered(A1, source=Kept())),
        (DetectLocal.INTERFACE_NAME_PREFIX, delivered(A1, source=Kept())),
    ],
)
def test_a_pod_of_another_node_is_a_pod_by_its_cluster_cidr_only(
    detect: DetectLocal, expected: Outcome
) -> None:
    """Only ClusterCIDR takes what a pod of another node sends through the tunnel for inside traffic.

    flannel masquerades it on its way back through the tunnel.
    """
    target = at(A, NodeAddress.BRIDGE, LOCAL)
    assert said(IPTABLES, B2, target, ProxyHas(detect_local=detect)) == expected


def test_what_nftables_remembers_of_hairpins_is_by_endpoint_not_by_service() -> None:
    """An endpoint that another Service has with its nodeName is masqueraded to itself through every Service."""
    listed, world = replace(OPEN, name="listed", listed=(ListedEndpoint(A1),)), world_of([OPEN])
    flow = Flow(A1, cluster_ip(listed))
    alone, beside = (
        replace(world, services={each.name: each for each in some}) for some in ((listed,), (listed, OPEN))
    )
    assert documented(NFTABLES, alone, flow) == Unanswered(frozenset({Arrival(A1, 8080, Kept())}))
    assert documented(NFTABLES, beside, flow) == delivered(A1, source=Masqueraded(A))
