"""Probes bear their mark where the decoder looks for it, and are right in every byte that a network checks."""

from ipaddress import IPv4Address

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scapy.layers.inet import ICMP, IP, TCP, UDP
from scapy.layers.sctp import SCTP
from scapy.packet import Packet

from lab.model import Headers, Part, Transport
from lab.traffic.checksum import checksum
from lab.traffic.craft import TTL, Shape, craft, summary, template
from lab.traffic.decode import Decoded, Known, decode
from tests.traffic.recording import RECORDINGS, recording
from tests.traffic.repeatable import ADDRESSES, MARKS, PORTS, REPEATABLE

SOURCE, DESTINATION = IPv4Address("10.244.1.3"), IPv4Address("10.96.0.80")
LAYERS: dict[Transport, type[Packet]] = {
    Transport.TCP: TCP,
    Transport.UDP: UDP,
    Transport.SCTP: SCTP,
    Transport.ICMP: ICMP,
}

each_transport = pytest.mark.parametrize("transport", Transport, ids=str)


def only(mark: int) -> Known:
    """Nothing but this mark is looked for."""
    return Known(frozenset({mark}), {})


def toward(transport: Transport, port: int = 80, source_port: int = 0) -> Headers:
    """The headers of a flow from a pod to a cluster IP."""
    return Headers(SOURCE, source_port, DESTINATION, port, transport, TTL)


def recomputed(packet: bytes, layer: type[Packet]) -> bytes:
    """The packet with the checksums of IP and of this layer computed by scapy."""
    read = IP(packet)
    del read.chksum
    del read[layer].chksum
    return bytes(read)


def ones_complement_sum(data: bytes) -> int:
    """What a receiver adds up; 0xffff where the checksum in it is right (RFC 1071)."""
    padded = data + b"\0" * (len(data) % 2)
    total = sum(int.from_bytes(padded[at : at + 2], "big") for at in range(0, len(padded), 2))
    while total > 0xFFFF:
        total = (total >> 16) + (total & 0xFFFF)
    return total


@each_transport
@REPEATABLE
@given(mark=MARKS, port=PORTS, to=PORTS, source=ADDRESSES, destination=ADDRESSES)
def test_every_probe_decodes_to_its_own_mark(
    transport: Transport, mark: int, port: int, to: int, source: IPv4Address, destination: IPv4Address
) -> None:
    """Whatever the mark, ports and addresses are, a probe is found again as a PROBE with its own headers."""
    asked = 0 if transport is Transport.ICMP else 80 if to in {4789, 8472} else to
    headers = Headers(source, 0, destination, asked, transport, TTL)
    packet = template(Shape(transport), headers)(mark, port)
    seen_port = 0 if transport is Transport.ICMP else port
    expected = Headers(source, seen_port, destination, asked, transport, TTL)
    assert decode(packet, only(mark)) == Decoded(mark, Part.PROBE, expected)
    assert decode(packet, only(mark ^ 1)) is None


@each_transport
@REPEATABLE
@given(marks=st.lists(MARKS, min_size=2, max_size=5), port=PORTS, padding=st.integers(0, 40))
def test_patched_probes_equal_crafted_ones(
    transport: Transport, marks: list[int], port: int, padding: int
) -> None:
    """A template's probes are scapy's, byte for byte, but for the IP checksum, which the kernel writes."""
    shape = Shape(transport, padding=padding)
    make = template(shape, toward(transport))
    for mark in marks:
        patched, crafted = make(mark, port), craft(shape, toward(transport, source_port=port), mark)
        assert patched[:10] + patched[12:] == crafted[:10] + crafted[12:]


@each_transport
@REPEATABLE
@given(mark=MARKS, port=PORTS, padding=st.integers(0, 40))
def test_the_checksum_is_the_one_that_scapy_computes(
    transport: Transport, mark: int, port: int, padding: int
) -> None:
    """Nothing on the way may discard a probe for its checksum."""
    packet = template(Shape(transport, padding=padding), toward(transport))(mark, port)
    assert packet[20:] == recomputed(packet, LAYERS[transport])[20:]


def test_a_checksum_of_zero_is_sent_as_all_ones() -> None:
    """For UDP zero means that there is none; 0xffff is the other zero of the sum, and as right for the others."""
    make = template(Shape(Transport.UDP), toward(Transport.UDP))
    what_is_missing = int.from_bytes(make(0, 40_000)[26:28], "big")
    packet = make(what_is_missing, 40_000)
    assert packet[26:28] == b"\xff\xff"
    pseudo = packet[12:20] + bytes((0, packet[9])) + (len(packet) - 20).to_bytes(2, "big")
    assert ones_complement_sum(pseudo + packet[20:]) == 0xFFFF


@REPEATABLE
@given(data=st.binary(max_size=200))
def test_a_checksum_completes_the_sum(data: bytes) -> None:
    """Data of even or odd length and its checksum add up to all ones."""
    even = data + b"\0" * (len(data) % 2)
    assert ones_complement_sum(even + checksum(data).to_bytes(2, "big")) == 0xFFFF


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param(bytes.fromhex("0001f203f4f5f6f7"), 0x220D, id="the example of RFC 1071"),
        pytest.param(b"", 0xFFFF, id="empty"),
        pytest.param(bytes.fromhex("ffffffff0001"), 0xFFFE, id="carried twice"),
        pytest.param(b"\xff" * 65_534, 0xFFFF, id="as long as a packet can be"),
        pytest.param(b"\x12", 0xEDFF, id="odd"),
    ],
)
def test_known_checksums(data: bytes, expected: int) -> None:
    """The checksum of known data is the known one."""
    assert checksum(data) == expected


@pytest.mark.parametrize("flags", ["S", "SEC", "FPU"])
def test_a_tcp_probe_bears_the_flags_of_its_shape(flags: str) -> None:
    """A template patches mark and port and leaves the flags alone."""
    packet = template(Shape(Transport.TCP, flags=flags), toward(Transport.TCP))(7, 40_000)
    assert str(IP(packet)[TCP].flags) == flags
    assert decode(packet, only(7)) is not None


def test_probes_of_a_template_are_independent() -> None:
    """Making a second probe does not change the first."""
    make = template(Shape(Transport.UDP), toward(Transport.UDP))
    first = make(1, 40_000)
    kept = bytes(first)
    make(2, 40_001)
    assert first == kept


@pytest.mark.parametrize("name", RECORDINGS)
def test_recorded_probes_are_what_the_crafting_makes_now(name: str) -> None:
    """A recorded probe is made again from its headers and mark, the same but for the IP checksum."""
    for probe in recording(name).probes:
        transport, port = probe.headers.transport, probe.headers.source_port
        if transport is Transport.ICMP:
            port = int.from_bytes(probe.packet[24:26], "big")
        shape = Shape(transport, padding=200 if name.endswith("fragments") else 0)
        made = template(shape, probe.headers)(probe.mark, port)
        assert made[:10] + made[12:] == probe.packet[:10] + probe.packet[12:]


def test_a_probe_in_words_names_its_ends() -> None:
    """The summary shows addresses and ports for the report."""
    words = summary(template(Shape(Transport.TCP), toward(Transport.TCP))(7, 40_000))
    assert "10.244.1.3:40000 > 10.96.0.80:" in words
