"""The plan of addresses: ranges that do not overlap, and every address in its range."""

from ipaddress import IPv4Network
from itertools import combinations

import pytest

from conformance.statistics import probes_to_see_skew
from lab.model import NODES, PODS, Place
from lab.netns import plan

RANGES = (plan.UNDERLAY, plan.BEYOND, plan.POD_CIDR, plan.SERVICE_CIDR, plan.CROWD_NETWORK)


@pytest.mark.parametrize(("one", "other"), list(combinations(RANGES, 2)), ids=str)
def test_ranges_do_not_overlap(one: IPv4Network, other: IPv4Network) -> None:
    """Each address tells what it is."""
    assert not one.overlaps(other)


def test_every_address_is_in_its_range_and_given_once() -> None:
    """Nodes, control plane, router and client are on the segment; the far client is beyond it."""
    segment = [*plan.NODE_ADDRESSES.values(), *plan.SECONDARY_ADDRESSES.values()]
    segment += [plan.CONTROL, plan.ROUTER]
    segment.append(plan.OUTSIDE_ADDRESSES[Place.CLIENT])
    beyond = [plan.ROUTER_BEYOND, plan.OUTSIDE_ADDRESSES[Place.FAR_CLIENT]]
    assert all(address in plan.UNDERLAY for address in segment)
    assert all(address in plan.BEYOND for address in beyond)
    assert len({*segment, *beyond}) == len(segment) + len(beyond)


def test_the_crowd_is_large_enough_to_judge_shares() -> None:
    """So many clients as three endpoints need can each ask from an address of their own."""
    assert len(set(plan.CROWD)) == len(plan.CROWD) >= probes_to_see_skew(3)


def test_each_node_has_an_address_that_no_range_covers() -> None:
    """What nodePortAddresses says of the nodes' network says nothing of it."""
    found = plan.OTHER_NETWORK_ADDRESSES.values()
    assert len(set(found)) == len(NODES)
    assert not any(address in each for each in RANGES for address in found)


def test_every_node_has_an_address_a_zone_and_pods() -> None:
    """The tables list the nodes, all of them, and their pod ranges are parts of the cluster's without overlap."""
    addresses = (plan.NODE_ADDRESSES, plan.SECONDARY_ADDRESSES, plan.OTHER_NETWORK_ADDRESSES)
    tables = (*addresses, plan.ZONES, plan.NODE_POD_CIDRS)
    assert [tuple(table) for table in tables] == [NODES] * len(tables)
    ranges = plan.NODE_POD_CIDRS.values()
    assert all(each.subnet_of(plan.POD_CIDR) for each in ranges)
    assert not any(one.overlaps(other) for one, other in combinations(ranges, 2))


def test_two_nodes_share_a_zone() -> None:
    """Topology can be tried within a zone and across zones."""
    assert sorted(plan.ZONES.values()) == ["zone-1", "zone-1", "zone-2"]


def test_the_labs_own_cluster_ips_are_at_the_end_of_the_range() -> None:
    """They are addresses that the API accepts, each another, where it allots none before the rest is taken."""
    own = {plan.CANARY, plan.ZONES_CANARY, plan.UNALLOCATED}
    assert own == {plan.SERVICE_CIDR[at] for at in (-2, -3, -4)}


def test_the_marks_of_nodes_differ() -> None:
    """Each node has a routing table of its own at the client, and 0 means none of them."""
    marks = [plan.via_mark(node) for node in NODES]
    assert len({0, *marks}) == 4


@pytest.mark.parametrize("pod", PODS)
def test_named_ports_are_ports_of_the_echo(pod: Place) -> None:
    """`web` is 8080 in pods numbered 1 and 8081 in the others, `admin` is 8082 in all."""
    web = 8080 if pod in {Place.POD_A1, Place.POD_B1, Place.POD_C1} else 8081
    assert plan.container_ports(pod) == (("web", web), ("admin", 8082))
    assert {port for _, port in plan.container_ports(pod)} <= set(plan.ECHO_PORTS)
