"""Probes in fragments: how they are cut, and how each piece is found again."""

import pytest
from scapy.layers.inet import IP

from lab.model import Direction, Headers, Part, Place, Transport
from lab.traffic.craft import TTL, Shape, craft, fragments
from lab.traffic.decode import Decoded, Known, decode
from tests.traffic.packets import DESTINATION, MARK, SOURCE, headers, icmp, packet, probe, vxlan
from tests.traffic.recording import recording, replay_one

KNOWN = Known(frozenset({MARK}), {MARK & 0xFFFF: MARK})
WITHOUT_PORTS = Headers(SOURCE, 0, DESTINATION, 0, Transport.UDP, TTL)


@pytest.fixture
def whole() -> bytes:
    """Return a datagram that is larger than two fragments."""
    return craft(Shape(Transport.UDP, padding=200), headers(Transport.UDP), MARK)


@pytest.fixture
def pieces(whole: bytes) -> list[bytes]:
    """Return its fragments."""
    return fragments(whole, 80)


def test_fragments_add_up_to_the_packet(whole: bytes, pieces: list[bytes]) -> None:
    """Each fragment begins where the one before it ended, and the last one says so."""
    read = [IP(piece) for piece in pieces]
    assert b"".join(bytes(each.payload) for each in read) == whole[20:]
    assert [each.frag * 8 for each in read] == [0, 80, 160]
    assert [bool(each.flags.MF) for each in read] == [True, True, False]


def test_fragments_share_the_identification(pieces: list[bytes]) -> None:
    """The identification is the mark's lower half, so that later fragments can be found by it."""
    assert {IP(piece).id for piece in pieces} == {MARK & 0xFFFF}


def test_a_packet_that_fits_is_one_piece() -> None:
    """Nothing is cut that need not be."""
    [piece] = fragments(probe(Transport.UDP), 80)
    assert decode(piece, KNOWN) == Decoded(MARK, Part.PROBE, headers(Transport.UDP))


def test_the_first_fragment_bears_the_mark_itself(pieces: list[bytes]) -> None:
    """The first fragment is found by its payload and shows its ports."""
    unlisted = Known(frozenset({MARK}), {})
    assert decode(pieces[0], unlisted) == Decoded(MARK, Part.PROBE, headers(Transport.UDP))


def test_later_fragments_are_found_by_their_identification(pieces: list[bytes]) -> None:
    """A later fragment has no ports and no payload of its own to be found by."""
    expected = Decoded(MARK, Part.PROBE, WITHOUT_PORTS)
    assert [decode(piece, KNOWN) for piece in pieces[1:]] == [expected, expected]


def test_later_fragments_of_others_are_nothing(pieces: list[bytes]) -> None:
    """An identification that was not given away is not ours."""
    other = Known(frozenset({MARK}), {(MARK & 0xFFFF) ^ 1: MARK})
    assert [decode(piece, other) for piece in pieces[1:]] == [None, None]


@pytest.mark.parametrize("protocol", [1, 6, 132], ids=["ICMP", "TCP", "SCTP"])
def test_later_fragments_of_other_protocols_are_nothing(protocol: int) -> None:
    """Only datagrams are sent in fragments."""
    later = packet(protocol, bytes(80), fragment=10, identification=MARK & 0xFFFF)
    assert decode(later, KNOWN) is None


def test_the_content_of_a_later_fragment_is_not_read() -> None:
    """Bytes that look like a probe, or like a tunnel's header, are payload in a later fragment."""
    body = probe(Transport.UDP)[20:]
    later = packet(17, body, SOURCE, DESTINATION, fragment=10)
    assert decode(later, KNOWN) is None
    tunnel = bytearray(vxlan(probe(Transport.UDP)))
    tunnel[7] = 10
    assert decode(bytes(tunnel), KNOWN) is None


def test_a_fragment_travels_in_a_tunnel(pieces: list[bytes]) -> None:
    """Inside VXLAN the identification is that of the inner packet."""
    found = decode(vxlan(pieces[1]), KNOWN)
    assert found is not None
    assert (found.mark, found.headers) == (MARK, WITHOUT_PORTS)


def test_an_error_about_a_later_fragment_is_a_refusal(pieces: list[bytes]) -> None:
    """A node that gives up on reassembling may quote any fragment."""
    found = decode(packet(1, icmp(11, 1, pieces[2])), KNOWN)
    assert found is not None
    assert (found.mark, found.part) == (MARK, Part.REFUSAL)


def test_recorded_fragments_are_all_found() -> None:
    """On one node the pod gets the three fragments as they were sent: all of them are in the trace."""
    trace = replay_one("same-node-fragments")
    for place, direction in ((Place.POD_A2, Direction.OUT), (Place.POD_A1, Direction.IN)):
        seen = [
            each.headers.destination_port
            for each in trace.of(Part.PROBE)
            if each.place is place and each.direction is direction
        ]
        assert seen == [8080, 0, 0]


def test_recorded_fragments_are_what_the_cutting_makes_now() -> None:
    """The stored packets of the sender are the fragments of the stored probe."""
    stored = recording("same-node-fragments")
    sent = [
        frame.packet
        for frame in stored.frames
        if frame.place is Place.POD_A2 and frame.direction is Direction.OUT and frame.packet[9] == 17
    ]
    assert sent == fragments(stored.probes[0].packet, 80)
