"""Who reaches which endpoints, seen as whom: the table of TestInternalExternalMasquerade, Kubernetes v1.36.2.

On worker-a, with one endpoint there and one elsewhere. Both modes agree.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from conformance.outcome import Kept, Masqueraded, Outcome, delivered
from lab.model import DetectLocal, NodeAddress, NodePort, Place, ProxyHas, Service, Target, TrafficPolicy
from lab.profiles import Profile
from tests.oracle.asked import (
    A1,
    A2,
    B1,
    FLANNEL,
    IPTABLES,
    OPEN,
    A,
    balancer,
    cluster_ip,
    external,
    node_port,
    said,
)

POD, NODE, OUTSIDE = A2, A, Place.CLIENT
ALL_KEPT, ALL_MASQUERADED = delivered(A1, B1, source=Kept()), delivered(A1, B1, source=Masqueraded(A))
OWN_KEPT, OWN_MASQUERADED = delivered(A1, source=Kept()), delivered(A1, source=Masqueraded(A))
LOCAL_OUTSIDE = replace(OPEN, external_traffic_policy=TrafficPolicy.LOCAL)
LOCAL_INSIDE = replace(OPEN, internal_traffic_policy=TrafficPolicy.LOCAL)
Door = Callable[[Service], Target]


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table: policy Cluster, externalTrafficPolicy Local, internalTrafficPolicy Local."""

    sender: Place
    door: Door
    cluster: Outcome
    external_local: Outcome
    internal_local: Outcome


TABLE = (
    Row(POD, cluster_ip, ALL_KEPT, ALL_KEPT, OWN_KEPT),
    Row(NODE, cluster_ip, ALL_MASQUERADED, ALL_MASQUERADED, OWN_MASQUERADED),
    Row(OUTSIDE, cluster_ip, ALL_MASQUERADED, ALL_MASQUERADED, OWN_MASQUERADED),
    *(Row(POD, door, ALL_MASQUERADED, ALL_KEPT, ALL_MASQUERADED) for door in (node_port, balancer, external)),
    *(
        Row(NODE, door, ALL_MASQUERADED, ALL_MASQUERADED, ALL_MASQUERADED)
        for door in (node_port, balancer, external)
    ),
    *(
        Row(OUTSIDE, door, ALL_MASQUERADED, OWN_KEPT, ALL_MASQUERADED)
        for door in (node_port, balancer, external)
    ),
)
rows = pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row.sender} {row.door.__name__}")
profiles = pytest.mark.parametrize("profile", FLANNEL, ids=lambda profile: profile.name)


def answers(profile: Profile, row: Row, *when: ProxyHas) -> tuple[Outcome, Outcome, Outcome]:
    """What the oracle says for the three columns of a row."""
    via = A if row.sender is OUTSIDE else None
    cluster, outside, inside = (
        said(profile, row.sender, row.door(service), *when, via=via)
        for service in (OPEN, LOCAL_OUTSIDE, LOCAL_INSIDE)
    )
    return cluster, outside, inside


@profiles
@rows
def test_every_row_of_the_table(row: Row, profile: Profile) -> None:
    """By default each row is as upstream's own test has it."""
    assert answers(profile, row) == (row.cluster, row.external_local, row.internal_local)


@profiles
@rows
def test_masquerade_all_changes_cluster_ips_only(row: Row, profile: Profile) -> None:
    """With masqueradeAll everyone is masqueraded at the cluster IP; other doors stay as they are."""
    expected = (row.cluster, row.external_local, row.internal_local)
    if row.door is cluster_ip:
        expected = (ALL_MASQUERADED, ALL_MASQUERADED, OWN_MASQUERADED)
    assert answers(profile, row, ProxyHas(masquerade_all=True)) == expected
    assert answers(profile, row, ProxyHas(masquerade_all=True, nodes=(A,))) == expected


@profiles
@rows
def test_how_another_node_is_configured_changes_nothing(row: Row, profile: Profile) -> None:
    """Packets are masqueraded on the node that translates them."""
    expected = (row.cluster, row.external_local, row.internal_local)
    assert answers(profile, row, ProxyHas(masquerade_all=True, nodes=(Place.WORKER_B,))) == expected


@profiles
@pytest.mark.parametrize("door", [node_port, balancer, external])
def test_without_local_detection_pods_are_outside(door: Door, profile: Profile) -> None:
    """Where kube-proxy cannot tell pods, policy Local holds for them too."""
    when = ProxyHas(detect_local=DetectLocal.NOTHING)
    assert said(profile, POD, door(LOCAL_OUTSIDE), when) == OWN_KEPT


@pytest.mark.parametrize("service", [OPEN, LOCAL_OUTSIDE, LOCAL_INSIDE])
def test_localhost_is_always_the_node_itself(service: Service) -> None:
    """In iptables mode 127.0.0.1 reaches every endpoint, whatever the policy."""
    target = NodePort(service, "http", A, NodeAddress.LOOPBACK)
    assert said(IPTABLES, NODE, target) == ALL_MASQUERADED
