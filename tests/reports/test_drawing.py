"""A packet's way as a drawing: where it was translated, what was on the wire, where it ended."""

from dataclasses import replace
from itertools import pairwise

from conformance.results import Step, Way
from reports.drawing import WIDTH, arrows, boxes, drawings, is_return, returned
from tests.reports.ways import NODE_PORT, cluster_ip_way, forwarded_way, node_port_way, refused_way

ASKED = "10.96.14.7:80"


def _step(place: str, interface: str, direction: str, source: str, destination: str) -> Step:
    return Step(0, place, interface, direction, "probe", "TCP SYN", source, destination, 64)


def test_each_translation_stands_at_its_place() -> None:
    """There at the node that translates, back at the same; nowhere else."""
    there, back = drawings(node_port_way(), "172.18.0.11:30080")
    assert {stop.place: stop.changes for stop in there.stops if stop.changes} == {
        "worker-a": (
            "destination 172.18.0.11:30080 ⇒ 10.244.2.10:8080",
            "source 172.18.0.100:51544 ⇒ 10.244.1.0:23817",
        )
    }
    assert {stop.place for stop in back.stops if stop.changes} == {"worker-a"}
    assert [leg.tunnel for leg in there.legs] == ["", "vxlan 172.18.0.11 > 172.18.0.12", ""]


def test_a_translation_before_the_first_sighting_is_not_lost() -> None:
    """A node that is seen only behind its translation: the leg bears what the sender sent, the node the change."""
    steps = (
        _step("pod-a3", "eth0", "out", "10.244.1.4:33000", ASKED),
        _step("worker-a", "veth1", "out", "10.244.1.4:33000", "10.244.1.2:8080"),
        _step("pod-a1", "eth0", "in", "10.244.1.4:33000", "10.244.1.2:8080"),
    )
    [drawn] = drawings(Way("", 1, "", steps), ASKED)
    assert [leg.destination for leg in drawn.legs] == [ASKED, "10.244.1.2:8080"]
    assert [stop.changes for stop in drawn.stops] == [(), (f"destination {ASKED} ⇒ 10.244.1.2:8080",), ()]


def test_a_senders_own_translation_is_seen_by_what_was_asked() -> None:
    """A node's own probe bears the endpoint's address where it is seen first."""
    steps = (
        _step("worker-c", "flannel.1", "out", "10.244.3.0:33000", "10.244.1.2:8080"),
        _step("worker-a", "flannel.1", "in", "10.244.3.0:33000", "10.244.1.2:8080"),
    )
    [drawn] = drawings(Way("", 1, "", steps), ASKED)
    assert drawn.stops[0].changes == (f"destination {ASKED} ⇒ 10.244.1.2:8080",)


def test_the_end_is_said() -> None:
    """Arrived, refused and how, or seen last; and what came back did."""
    assert [each.stops[-1].end for each in drawings(cluster_ip_way(), ASKED)] == ["arrived", "came back"]
    assert [each.stops[-1].end for each in drawings(refused_way(4), ASKED)] == [
        "refused: ICMP port unreachable",
        "came back",
    ]
    assert [each.stops[-1].end for each in drawings(forwarded_way(), "10.96.14.7:81")] == ["seen last here"]


def test_a_reply_that_turned_back_is_told_from_any_other() -> None:
    """The same places and addresses the other way round; not so where an address, a tunnel or a place is another."""
    there, back = drawings(cluster_ip_way(), ASKED)
    assert is_return(back, there)
    assert not is_return(there, there)
    first, *others = back.legs
    assert not is_return(replace(back, legs=(replace(first, source="10.244.2.9:8080"), *others)), there)
    assert not is_return(
        replace(back, legs=(replace(first, tunnel="ipip 172.18.0.12 > 172.18.0.11"), *others)), there
    )
    assert not is_return(replace(back, stops=back.stops[1:]), there)
    refused, refusal = drawings(refused_way(4), ASKED)
    assert not is_return(refusal, refused)
    assert returned(there).stops[-1].end == "arrived; the reply came back the same way"


def test_addresses_stand_on_a_leg_where_they_are_others() -> None:
    """A leg with those of the leg before bears none; one in a tunnel always does; long ones take two lines."""
    there, _ = drawings(cluster_ip_way(), ASKED)
    assert [len(leg.lines) for leg in there.legs] == [1, 1, 0]
    long = "[2001:db8:1234::1]:33000"
    assert replace(there.legs[0], source=long, destination=long).lines == (long, f"→ {long}")


def test_every_piece_has_a_height_that_there_is() -> None:
    """Boxes and arrows are drawn once for the page, in every height that a drawing may ask for."""
    for way in (cluster_ip_way(), node_port_way(), refused_way(4), forwarded_way()):
        for drawn in drawings(way, ASKED):
            assert {stop.height for stop in drawn.stops} <= set(boxes())
            assert {(leg.height, bool(leg.tunnel)) for leg in drawn.legs} <= set(arrows())


def test_nothing_is_drawn_of_nothing() -> None:
    """A way without a sighting has no drawing."""
    assert drawings(replace(cluster_ip_way(), steps=()), ASKED) == ()


def test_boxes_and_legs_do_not_overlap() -> None:
    """From top to bottom each part begins below the one before, and all are within the drawing."""
    for drawn in drawings(node_port_way(), ""):
        boxes = [(stop.y, stop.height) for stop in drawn.stops]
        parts = sorted([*boxes, *((leg.y, leg.height) for leg in drawn.legs)])
        assert all(y + height <= below for (y, height), (below, _) in pairwise(parts))
        assert parts[-1][0] + parts[-1][1] <= drawn.height
        assert WIDTH < 390


def test_several_packets_of_one_way_are_drawn_once() -> None:
    """A SYN that is sent again, the segments of a request: one drawing, with their number where they begin."""
    there = (
        _step("client", "eth0", "out", "172.18.0.100:40000", NODE_PORT),
        _step("worker-b", "eth0", "in", "172.18.0.100:40000", NODE_PORT),
        _step("worker-b", "socket", "local", "172.18.0.100:40000", NODE_PORT),
    )
    [once] = drawings(Way("", 1, "", there), NODE_PORT)
    [thrice] = drawings(Way("", 1, "", there * 3), NODE_PORT)
    assert [stop.interfaces for stop in once.stops] == ["eth0", "eth0 → socket"]
    assert [stop.interfaces for stop in thrice.stops] == ["eth0, 3 packets", "eth0 → socket"]
    assert thrice.legs == once.legs


def test_a_packet_that_comes_by_again_is_drawn_again() -> None:
    """Nodes that send a packet to each other lower its TTL: a loop is seen in the drawing."""
    out, into = (
        _step("worker-a", "eth0", "out", "10.244.1.4:33000", ASKED),
        _step("worker-b", "eth0", "in", "10.244.1.4:33000", ASKED),
    )
    loop = (out, into, replace(into, direction="out", ttl=63), replace(out, direction="in", ttl=63))
    [drawn] = drawings(Way("", 1, "", loop), ASKED)
    assert [stop.place for stop in drawn.stops] == ["worker-a", "worker-b", "worker-a"]
