"""What the oracle will not answer: what no source settles, and flows that cannot be."""

from dataclasses import replace

import pytest

from conformance.again import After
from conformance.oracle import Undocumented, documented_again
from conformance.outcome import ChosenAnew, Returned
from lab.model import (
    DetectLocal,
    Flow,
    ListedEndpoint,
    NodeAddress,
    NodePort,
    Place,
    PodIP,
    PodIs,
    PodState,
    Protocol,
    ProxyHas,
    Service,
    ServicePort,
    ServiceType,
    Target,
    TrafficPolicy,
    Transport,
)
from lab.profiles import Profile
from tests.oracle.asked import (
    A1,
    A2,
    B1,
    FLANNEL,
    HTTP,
    IPTABLES,
    NFTABLES,
    OPEN,
    A,
    B,
    balancer,
    cluster_ip,
    said,
)
from tests.oracle.topology import world_of

LOCAL = replace(OPEN, external_traffic_policy=TrafficPolicy.LOCAL)
PLAIN = Service(name="plain", endpoints=(A1,), ports=HTTP)
NAMED = ServicePort("http", 80, "web")
profiles = pytest.mark.parametrize("profile", FLANNEL, ids=lambda profile: profile.name)


@profiles
@pytest.mark.parametrize(
    ("sender", "target"),
    [
        pytest.param(
            A2,
            cluster_ip(replace(PLAIN, ports=(ServicePort("http", 80, protocol=Protocol.SCTP),))),
            id="a pod's kernel and SCTP",
        ),
        pytest.param(
            A1, cluster_ip(replace(OPEN, session_affinity_seconds=9)), id="affinity that may lead to itself"
        ),
        pytest.param(
            A2,
            cluster_ip(replace(OPEN, ports=(ServicePort("http", 80, 9999),))),
            id="refused by one endpoint or another",
        ),
        pytest.param(A1, PodIP(A1, 8080, Transport.TCP), id="a pod to itself"),
    ],
)
def test_what_no_source_settles(profile: Profile, sender: Place, target: Target) -> None:
    """Undocumented is raised, not guessed."""
    with pytest.raises(Undocumented):
        said(profile, sender, target)


def test_a_hairpin_that_fails_beside_an_endpoint_that_answers_has_no_one_outcome() -> None:
    """In nftables mode an endpoint without nodeName does not answer itself, and another one does."""
    listed = replace(OPEN, listed=(ListedEndpoint(A1), ListedEndpoint(B1)))
    with pytest.raises(Undocumented, match="differ by endpoint"):
        said(NFTABLES, A1, cluster_ip(listed))


def test_answers_that_take_two_ways_have_no_one_outcome() -> None:
    """With nftables, flannel leaves an outside sender's address alone, and a far endpoint answers it directly."""
    untold = ProxyHas(detect_local=DetectLocal.NOTHING)
    with pytest.raises(Undocumented, match="differ by endpoint"):
        said(NFTABLES, Place.CLIENT, cluster_ip(OPEN), untold, via=A)


@pytest.mark.parametrize(
    ("clients", "kind"), [(100, Returned), (101, None), (200, None), (282, None), (283, ChosenAnew)]
)
def test_a_crowd_of_which_chance_decides_who_is_forgotten(
    clients: int, kind: type[Returned | ChosenAnew] | None
) -> None:
    """One endpoint of two remembers a hundred: all of as many, and of so many more that each surely has too many."""
    affine = replace(OPEN, session_affinity_seconds=9)
    flow = Flow(Place.CLIENT, cluster_ip(affine), via=A, own_addresses=True)
    world, after = world_of([affine]), After(flow, clients=clients)
    assert isinstance(documented_again(NFTABLES, world, flow, after), Returned)
    if kind is None:
        with pytest.raises(Undocumented, match=f"more than 100 of {clients} clients"):
            documented_again(IPTABLES, world, flow, after)
    else:
        assert isinstance(documented_again(IPTABLES, world, flow, after), kind)


@profiles
def test_a_pod_that_is_gone(profile: Profile) -> None:
    """Nothing says what answers at the address of a pod that is no more."""
    with pytest.raises(Undocumented):
        said(profile, A2, PodIP(A1, 8080, Transport.TCP), PodIs(A1, PodState.GONE))


@pytest.mark.parametrize(("sender", "via"), [(A, None), (Place.CLIENT, B)])
def test_who_a_sender_is_at_a_bridge(sender: Place, via: Place | None) -> None:
    """A node at its own bridge, and a client behind another node's tunnel, bear addresses of the pod network."""
    with pytest.raises(Undocumented):
        said(IPTABLES, sender, NodePort(LOCAL, "http", A, NodeAddress.BRIDGE), via=via)


@profiles
@pytest.mark.parametrize(
    ("sender", "target", "via"),
    [
        pytest.param(A2, NodePort(PLAIN, "http", A), None, id="no node ports"),
        pytest.param(
            A2,
            NodePort(replace(OPEN, allocate_load_balancer_node_ports=False), "http", A),
            None,
            id="node ports not allocated",
        ),
        pytest.param(A2, balancer(PLAIN), None, id="no balancer"),
        pytest.param(A2, cluster_ip(replace(PLAIN, headless=True)), None, id="headless"),
        pytest.param(A2, cluster_ip(replace(PLAIN, type=ServiceType.EXTERNAL_NAME)), None, id="ExternalName"),
        pytest.param(Place.CLIENT, cluster_ip(PLAIN), None, id="outside without a way"),
        pytest.param(Place.FAR_CLIENT, cluster_ip(PLAIN), A, id="a far client chooses no node"),
        pytest.param(A2, cluster_ip(PLAIN), B, id="a pod chooses no node"),
        pytest.param(Place.CLIENT, PodIP(A1, 8080, Transport.TCP), None, id="a pod from outside"),
        pytest.param(A2, NodePort(OPEN, "http", A, NodeAddress.LOOPBACK), None, id="loopback of another"),
        pytest.param(
            A2,
            cluster_ip(replace(PLAIN, listed=(ListedEndpoint(A1),), ports=(NAMED,))),
            None,
            id="a slice with a name for a port",
        ),
    ],
)
def test_what_cannot_be(profile: Profile, sender: Place, target: Target, via: Place | None) -> None:
    """A door that the Service does not have, or a way that does not exist, is an error of who asks."""
    with pytest.raises((ValueError, TypeError)):
        said(profile, sender, target, via=via)
