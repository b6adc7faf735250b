"""The way of a packet between two pods: each thing that could be other than the network has it is noticed."""

from collections.abc import Callable
from dataclasses import replace
from ipaddress import IPv4Address

import pytest

from conformance.carriage import carried, oddities
from conformance.outcome import Dropped, Kept, Strayed, delivered
from lab.model import (
    Direction,
    Facts,
    Headers,
    NetworkFacts,
    Part,
    Place,
    Probe,
    Sighting,
    Trace,
    Transport,
    Tunnel,
)
from lab.netns import plan
from lab.profiles import Encapsulation
from tests.oracle.topology import PRIMARY, facts_of

A2, B1, A, B = Place.POD_A2, Place.POD_B1, Place.WORKER_A, Place.WORKER_B
SENT = Headers(PRIMARY[A2], 40_000, PRIMARY[B1], 8080, Transport.TCP, 64)
BACK = Headers(PRIMARY[B1], 8080, PRIMARY[A2], 40_000, Transport.TCP, 64)
IN, OUT = Direction.IN, Direction.OUT
Edit = Callable[[Sighting], Sighting]


def facts(encapsulation: Encapsulation, *, bridged: bool = False) -> Facts:
    """The lab's addresses, with such a network."""
    return replace(facts_of(()), network=NetworkFacts(encapsulation, 1450, bridged))


def trip(
    part: Part, sent: Headers, hops: list[tuple[Place, str, Direction, int]], kind: str
) -> list[Sighting]:
    """A packet on its way; between nodes in a tunnel of this kind, if any."""
    ends = [plan.NODE_ADDRESSES[hop[0]] for hop in hops if hop[1] == "eth0" and hop[0] in plan.NODE_ADDRESSES]
    tunnel = Tunnel(kind, ends[0], ends[1]) if kind else None
    return [
        Sighting(
            number,
            place,
            interface,
            direction,
            part,
            replace(sent, ttl=ttl),
            tunnel if interface == "eth0" and place in plan.NODE_ADDRESSES else None,
        )
        for number, (place, interface, direction, ttl) in enumerate(hops)
    ]


def across(kind: str = "vxlan") -> Trace:
    """There and back between two nodes, as it should be."""
    there = [(A2, "eth0", OUT, 64), (A, "cali1", IN, 64), (A, "eth0", OUT, 63), (B, "eth0", IN, 63)]
    there += [(B, "cali2", OUT, 62), (B1, "eth0", IN, 62)]
    back = [(B1, "eth0", OUT, 64), (B, "cali2", IN, 64), (B, "eth0", OUT, 63), (A, "eth0", IN, 63)]
    back += [(A, "cali1", OUT, 62), (A2, "eth0", IN, 62)]
    sightings = [*trip(Part.PROBE, SENT, there, kind), *trip(Part.REPLY, BACK, back, kind)]
    return Trace(Probe(1, A2, SENT), tuple(sightings))


def edited(trace: Trace, at: int, edit: Edit) -> Trace:
    """The trace with one sighting changed."""
    sightings = list(trace.sightings)
    sightings[at] = edit(sightings[at])
    return replace(trace, sightings=tuple(sightings))


@pytest.mark.parametrize(
    ("encapsulation", "kind"),
    [(Encapsulation.NONE, ""), (Encapsulation.VXLAN, "vxlan"), (Encapsulation.IPIP, "ipip")],
)
def test_the_networks_own_way_is_no_oddity(encapsulation: Encapsulation, kind: str) -> None:
    """In its own encapsulation it is delivered; in any other it has strayed."""
    good = delivered(B1, source=Kept())
    assert carried(good, [across(kind)], facts(encapsulation)) == good
    for other in set(Encapsulation) - {encapsulation}:
        assert isinstance(carried(good, [across(kind)], facts(other)), Strayed)


def _headers(**changed: object) -> Edit:
    return lambda seen: replace(seen, headers=replace(seen.headers, **changed))  # type: ignore[arg-type]  # each a value of its own field


@pytest.mark.parametrize(
    ("at", "edit", "oddity"),
    [
        pytest.param(5, _headers(ttl=61), "probe arrived with TTL 61 instead of 62", id="a hop too many"),
        pytest.param(11, _headers(ttl=63), "reply arrived with TTL 63 instead of 62", id="a hop too few"),
        pytest.param(
            2,
            _headers(source=IPv4Address("172.18.0.11")),
            "probe at worker-a bore other addresses or ports than it was sent with",
            id="translated on the way",
        ),
        pytest.param(
            8,
            _headers(source_port=1024),
            "reply at worker-b bore other addresses or ports than it was sent with",
            id="the answer's port",
        ),
        pytest.param(
            2,
            lambda seen: replace(seen, tunnel=None),
            "probe at worker-a travelled without a tunnel instead of by vxlan 172.18.0.11 > 172.18.0.12",
            id="no tunnel",
        ),
        pytest.param(
            9,
            lambda seen: replace(seen, tunnel=Tunnel("vxlan", IPv4Address("172.18.0.22"), PRIMARY[A])),
            "reply at worker-a travelled by vxlan 172.18.0.22 > 172.18.0.11"
            " instead of by vxlan 172.18.0.12 > 172.18.0.11",
            id="a wrong outer address",
        ),
        pytest.param(
            3,
            lambda seen: replace(seen, tunnel=Tunnel("vxlan", PRIMARY[A], PRIMARY[B], in_pieces=True)),
            "probe at worker-b travelled by vxlan 172.18.0.11 > 172.18.0.12, in pieces"
            " instead of by vxlan 172.18.0.11 > 172.18.0.12",
            id="the outer packet in fragments",
        ),
        pytest.param(
            3,
            lambda seen: replace(seen, place=Place.ROUTER),
            "probe was seen at router",
            id="by another place",
        ),
        pytest.param(
            3,
            lambda seen: replace(seen, interface="eth9"),
            "probe was not seen once leaving worker-a and once entering worker-b",
            id="by another interface",
        ),
    ],
)
def test_what_is_other_than_it_should_be_is_told(at: int, edit: Edit, oddity: str) -> None:
    """One change at one hop has its sentence."""
    assert oddity in set(oddities(edited(across(), at, edit), facts(Encapsulation.VXLAN)))


@pytest.mark.parametrize(("bridged", "ttl"), [(True, 64), (False, 63)])
def test_on_one_node_a_bridge_spares_the_hop(*, bridged: bool, ttl: int) -> None:
    """Without a bridge the node routes between its own pods; the other TTL is told."""
    sent = replace(SENT, destination=PRIMARY[Place.POD_A1])
    hops = [(A2, "eth0", OUT, 64), (Place.POD_A1, "eth0", IN, ttl)]
    trace = Trace(Probe(1, A2, sent), tuple(trip(Part.PROBE, sent, hops, "")))
    assert list(oddities(trace, facts(Encapsulation.VXLAN, bridged=bridged))) == []
    [odd] = oddities(trace, facts(Encapsulation.VXLAN, bridged=not bridged))
    assert odd.startswith(f"probe arrived with TTL {ttl} instead of")


def test_on_one_node_a_packet_does_not_leave_it() -> None:
    """Seen on the segment, it took a detour."""
    sent = replace(SENT, destination=PRIMARY[Place.POD_A1])
    hops = [(A2, "eth0", OUT, 64), (A, "eth0", OUT, 63), (Place.POD_A1, "eth0", IN, 63)]
    trace = Trace(Probe(1, A2, sent), tuple(trip(Part.PROBE, sent, hops, "")))
    assert list(oddities(trace, facts(Encapsulation.NONE))) == ["probe left its node"]


def test_what_was_not_delivered_has_no_way() -> None:
    """The outcome stays what it is."""
    assert carried(Dropped(), [across()], facts(Encapsulation.NONE)) == Dropped()
