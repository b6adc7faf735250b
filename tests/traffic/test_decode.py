"""What the decoder makes of answers, refusals, and of what is nothing of ours."""

from dataclasses import replace

import pytest

from lab.model import Headers, Part, Refusal, Transport
from lab.traffic.craft import TTL
from lab.traffic.decode import ANSWERED, ASKED, PAYLOAD, Decoded, Ends, Known, decode, decoder, mirror
from tests.traffic.packets import (
    ACK,
    DESTINATION,
    FIN,
    KNOWN,
    MARK,
    NEXT,
    PSH,
    RST,
    SOURCE,
    SYN,
    headers,
    icmp,
    packet,
    probe,
    sctp,
    tcp,
    udp,
)
from tests.traffic.recording import RECORDINGS, recording

TCP, UDP, ICMP, SCTP = 6, 17, 1, 132

each_transport = pytest.mark.parametrize("transport", Transport, ids=str)


def back(transport: Transport) -> Headers:
    """The headers of what comes back."""
    if transport is Transport.ICMP:
        return Headers(DESTINATION, 0, SOURCE, 0, transport, TTL)
    return Headers(DESTINATION, 8080, SOURCE, 40_000, transport, TTL)


def refused(transport: Transport, how: Refusal) -> Decoded:
    """A refusal on the way back."""
    return Decoded(MARK, Part.REFUSAL, back(transport), refusal=how)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(tcp(SYN | ACK, 5, NEXT), Part.REPLY, id="SYN ACK"),
        pytest.param(tcp(RST | ACK, 0, NEXT), Part.REFUSAL, id="RST ACK"),
        pytest.param(tcp(RST | SYN | ACK, 0, NEXT), Part.REFUSAL, id="RST counts first"),
        pytest.param(tcp(RST, NEXT), None, id="the sender's own RST"),
        pytest.param(tcp(RST, 0, NEXT), None, id="RST that acknowledges nothing"),
        pytest.param(tcp(SYN, 0, NEXT), None, id="SYN that acknowledges nothing"),
        pytest.param(tcp(PSH | ACK, 6, NEXT), None, id="data"),
        pytest.param(tcp(FIN | ACK, 6, NEXT), None, id="FIN"),
        pytest.param(tcp(SYN | ACK, 5, MARK), None, id="acknowledges something else"),
        pytest.param(tcp(SYN, MARK), Part.PROBE, id="SYN again"),
        pytest.param(tcp(SYN | ACK, 5, NEXT)[:14], Part.REPLY, id="cut behind its flags"),
        pytest.param(tcp(SYN | ACK, 5, NEXT)[:13], None, id="cut before its flags"),
    ],
)
def test_what_comes_back_of_tcp(body: bytes, expected: Part | None) -> None:
    """Only the answer to the SYN is a reply, and only a reset that acknowledges it a refusal."""
    found = decode(packet(TCP, body), KNOWN)
    how = Refusal.TCP_RESET if expected is Part.REFUSAL else None
    wanted = expected and Decoded(MARK, expected, back(Transport.TCP), refusal=how)
    assert found == wanted


def test_an_answer_whose_own_number_is_a_mark_is_an_answer() -> None:
    """Pods begin with numbers of their own choice, which may be the marks of other probes."""
    known = Known(frozenset({MARK, 5}), {})
    found = decode(packet(TCP, tcp(SYN | ACK, 5, NEXT)), known)
    assert found is not None
    assert (found.mark, found.part) == (MARK, Part.REPLY)
    assert decode(packet(TCP, tcp(RST, 5)), known) is None


def test_the_acknowledgement_of_the_greatest_mark_is_zero() -> None:
    """Sequence numbers wrap around, and so do marks."""
    known = Known(frozenset({0xFFFFFFFF}), {})
    found = decode(packet(TCP, tcp(SYN | ACK, 5, 0)), known)
    assert found is not None
    assert (found.mark, found.part) == (0xFFFFFFFF, Part.REPLY)


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        pytest.param(PAYLOAD.pack(ANSWERED, MARK) + b"pod-b1 saw it\n", Part.REPLY, id="answered"),
        pytest.param(PAYLOAD.pack(ASKED, MARK), Part.PROBE, id="asked"),
        pytest.param(PAYLOAD.pack(b"svcx", MARK), None, id="another magic"),
        pytest.param(PAYLOAD.pack(ANSWERED, NEXT), None, id="another mark"),
        pytest.param(PAYLOAD.pack(ANSWERED, MARK)[:7], None, id="too short"),
    ],
)
def test_what_comes_back_of_udp(payload: bytes, expected: Part | None) -> None:
    """The echo's four bytes make the difference between a probe and its reply."""
    found = decode(packet(UDP, udp(payload)), KNOWN)
    assert found == (expected and Decoded(MARK, expected, back(Transport.UDP)))


@pytest.mark.parametrize(("kind", "expected"), [(0, Part.REPLY), (8, Part.PROBE), (13, None)], ids=str)
def test_what_comes_back_of_icmp_echo(kind: int, expected: Part | None) -> None:
    """An echo reply carries the probe's own payload; its type makes the difference."""
    found = decode(packet(ICMP, icmp(kind, 0, PAYLOAD.pack(ASKED, MARK))), KNOWN)
    assert found == (expected and Decoded(MARK, expected, back(Transport.ICMP)))


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(sctp(2, MARK, 9), Decoded(MARK, Part.REPLY, back(Transport.SCTP)), id="INIT ACK"),
        pytest.param(sctp(6, MARK), refused(Transport.SCTP, Refusal.SCTP_ABORT), id="ABORT"),
        pytest.param(sctp(6, NEXT), None, id="ABORT of another"),
        pytest.param(sctp(2, NEXT, MARK), None, id="INIT ACK of another"),
        pytest.param(sctp(1, MARK, NEXT), None, id="INIT with another tag"),
        pytest.param(sctp(1, 0, MARK)[:19], None, id="INIT that is cut"),
    ],
)
def test_what_comes_back_of_sctp(body: bytes, expected: Decoded | None) -> None:
    """The tag of the INIT is verified by everything that answers it."""
    assert decode(packet(SCTP, body), KNOWN) == expected


@pytest.mark.parametrize(
    ("kind", "code", "how"),
    [
        (3, 0, Refusal.NET_UNREACHABLE),
        (3, 1, Refusal.HOST_UNREACHABLE),
        (3, 2, Refusal.PROTOCOL_UNREACHABLE),
        (3, 3, Refusal.PORT_UNREACHABLE),
        (3, 9, Refusal.ADMIN_PROHIBITED),
        (3, 10, Refusal.ADMIN_PROHIBITED),
        (3, 13, Refusal.ADMIN_PROHIBITED),
        (3, 4, Refusal.OTHER),
        (11, 0, Refusal.OTHER),
        (11, 3, Refusal.OTHER),
        (12, 0, Refusal.OTHER),
    ],
)
@each_transport
def test_icmp_errors_are_refusals(transport: Transport, kind: int, code: int, how: Refusal) -> None:
    """An ICMP error about a probe of any transport is a refusal with the error's own headers."""
    found = decode(packet(ICMP, icmp(kind, code, probe(transport))), KNOWN)
    assert found == refused(Transport.ICMP, how)


@pytest.mark.parametrize("kind", [4, 5, 9, 10, 14], ids=str)
@each_transport
def test_other_icmp_messages_are_not(transport: Transport, kind: int) -> None:
    """A redirect, for one, quotes a probe and refuses nothing."""
    assert decode(packet(ICMP, icmp(kind, 0, probe(transport))), KNOWN) is None


def test_an_error_may_quote_eight_bytes_only() -> None:
    """RFC 792 asks for no more, and TCP's sequence number is in them."""
    quoted = probe(Transport.TCP)[:28]
    assert decode(packet(ICMP, icmp(3, 3, quoted)), KNOWN) == refused(
        Transport.ICMP, Refusal.PORT_UNREACHABLE
    )
    assert decode(packet(ICMP, icmp(3, 3, quoted[:27])), KNOWN) is None


@pytest.mark.parametrize(
    "reply",
    [
        pytest.param(packet(TCP, tcp(SYN | ACK, 5, NEXT)), id="TCP"),
        pytest.param(packet(TCP, tcp(RST | ACK, 5, NEXT)), id="TCP RST"),
        pytest.param(packet(UDP, udp(PAYLOAD.pack(ANSWERED, MARK))), id="UDP"),
        pytest.param(packet(ICMP, icmp(0, 0, PAYLOAD.pack(ASKED, MARK))), id="ICMP"),
        pytest.param(packet(SCTP, sctp(2, MARK, 9)), id="SCTP"),
        pytest.param(packet(ICMP, icmp(3, 3, probe(Transport.UDP))), id="another error"),
    ],
)
def test_an_error_about_a_reply_is_nothing(reply: bytes) -> None:
    """A sender without a socket answers the reply with an error of its own: no refusal of the probe."""
    assert decode(reply, KNOWN) is not None
    assert decode(packet(ICMP, icmp(3, 3, reply), SOURCE, DESTINATION), KNOWN) is None


def test_ip_options_are_stepped_over() -> None:
    """The transport begins where the header's length says."""
    plain = probe(Transport.TCP)
    with_options = packet(TCP, plain[20:], SOURCE, DESTINATION, options=bytes(8))
    assert decode(with_options, KNOWN) == Decoded(MARK, Part.PROBE, headers(Transport.TCP))


@pytest.mark.parametrize("name", RECORDINGS)
def test_recorded_packets_are_nothing_to_another_mark(name: str) -> None:
    """No packet of a flow, its sentinels and noise included, is taken for a probe that was not sent."""
    stored = recording(name)
    others = Known(frozenset(each.mark ^ 0x8000_0000 for each in stored.probes), {})
    assert [decode(frame.packet, others) for frame in stored.frames] == [None] * len(stored.frames)


DATA, ANSWER = (
    tcp(PSH | ACK, 7, 9) + PAYLOAD.pack(ASKED, MARK),
    tcp(PSH | ACK, 9, 7) + PAYLOAD.pack(ANSWERED, MARK),
)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(DATA, Part.PROBE, id="data"),
        pytest.param(ANSWER, Part.REPLY, id="answer"),
        pytest.param(DATA[:-1], None, id="cut"),
        pytest.param(tcp(PSH | ACK, 7, 9) + PAYLOAD.pack(b"else", MARK), None, id="other data"),
        pytest.param(tcp(PSH | ACK, 7, 9) + PAYLOAD.pack(ASKED, NEXT), None, id="another mark"),
    ],
)
def test_data_on_a_connection(body: bytes, expected: Part | None) -> None:
    """A segment is known by the mark in its data, whatever its numbers."""
    found = decode(packet(TCP, body), KNOWN)
    assert (found and found.part) == expected


def test_a_reset_that_answers_data_is_known_by_its_ends() -> None:
    """Its numbers say nothing of the mark; it goes back where the data came from, and another reset does not."""
    reset = decode(packet(TCP, DATA), KNOWN)
    assert reset is not None
    there, back_there = reset.headers, mirror(reset.headers)
    bare = packet(TCP, tcp(RST, 9, 0))
    assert decode(bare, KNOWN) is None
    expected = Decoded(MARK, Part.REFUSAL, there, refusal=Refusal.TCP_RESET)
    assert decode(bare, replace(KNOWN, mirrors={mirror(_turned(there)): MARK})) == expected
    assert decode(bare, replace(KNOWN, mirrors={back_there: MARK})) is None


def test_the_same_bytes_are_taken_apart_once() -> None:
    """What several interfaces captured of one packet is told by one object; nothing is told of other marks."""
    decoded = decoder(KNOWN)
    found = decoded(probe(Transport.UDP))
    assert found == decode(probe(Transport.UDP), KNOWN)
    assert decoded(probe(Transport.UDP)) is found
    assert decoded(packet(TCP, tcp(RST, 5))) is None
    assert decoder(Known(frozenset({NEXT}), {}))(probe(Transport.UDP)) is None


def test_a_reset_can_come_to_answer_data_while_captures_are_read() -> None:
    """Where data is under way nothing is remembered: whose answer a reset is, the next interface may tell."""
    data = decode(packet(TCP, DATA), KNOWN)
    assert data is not None
    mirrors: dict[Ends, int] = {}
    decoded = decoder(replace(KNOWN, mirrors=mirrors))
    bare = packet(TCP, tcp(RST, 9, 0), DESTINATION, SOURCE)
    assert decoded(bare) is None
    mirrors[mirror(_turned(data.headers))] = MARK
    assert decoded(bare) == Decoded(MARK, Part.REFUSAL, data.headers, refusal=Refusal.TCP_RESET)


def _turned(given: Headers) -> Headers:
    """The headers of what the other end sends."""
    return replace(
        given,
        source=given.destination,
        source_port=given.destination_port,
        destination=given.source,
        destination_port=given.source_port,
    )
