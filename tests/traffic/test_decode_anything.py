"""The decoder reads whatever a capture holds: it never raises, and never makes a mark up."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lab.model import Transport
from lab.traffic.decode import Known, decode
from tests.traffic.packets import KNOWN, MARK, icmp, ipip, packet, probe, vxlan
from tests.traffic.recording import RECORDINGS, recording
from tests.traffic.repeatable import REPEATABLE

PROTOCOLS = st.sampled_from([1, 4, 6, 17, 132]) | st.integers(0, 255)
EVERYTHING = Known(range(1 << 32), {number: number for number in range(1 << 16)})


def without_header_length(protocol: int) -> bytes:
    """A packet that claims a header of no bytes, so that it would be its own body."""
    return bytes([0x40]) + packet(protocol, bytes(40))[1:]


@pytest.mark.parametrize("name", RECORDINGS)
def test_every_prefix_of_a_recorded_packet_is_read(name: str) -> None:
    """A packet cut anywhere is nothing, or still belongs to a probe of its flow."""
    stored = recording(name)
    marks = {probe.mark for probe in stored.probes}
    for whole in {frame.packet for frame in stored.frames}:
        found = [decode(whole[:length], stored.known) for length in range(min(len(whole), 120) + 1)]
        assert {each.mark for each in found if each is not None} <= marks


@REPEATABLE
@given(data=st.binary(max_size=200))
def test_random_bytes_are_read(data: bytes) -> None:
    """Bytes of any kind decode to nothing, or, where every number is a mark, to a number."""
    assert decode(data, KNOWN) is None
    found = decode(data, EVERYTHING)
    assert found is None or found.mark in range(1 << 32)


@REPEATABLE
@given(
    protocol=PROTOCOLS,
    body=st.binary(max_size=120),
    fragment=st.integers(0, 0xFFFF),
    words=st.integers(0, 15),
)
@example(protocol=4, body=b"", fragment=0, words=0)
@example(protocol=4, body=b"", fragment=0, words=1)
def test_random_ip_packets_are_read(protocol: int, body: bytes, fragment: int, words: int) -> None:
    """An IP header with any length, protocol and fragment in front of any bytes never raises."""
    made = bytes([0x40 | words]) + packet(protocol, body, fragment=fragment)[1:]
    found = decode(made, EVERYTHING)
    assert found is None or found.mark in range(1 << 32)


@REPEATABLE
@given(
    transport=st.sampled_from(list(Transport)),
    wraps=st.lists(st.sampled_from([vxlan, ipip]), max_size=3),
    at=st.integers(0, 400),
    value=st.integers(0, 255),
)
def test_a_damaged_probe_is_read(transport: Transport, wraps: list[object], at: int, value: int) -> None:
    """A probe in tunnels with one byte changed is still the probe, or nothing."""
    made = probe(transport)
    for wrap in wraps:
        assert callable(wrap)
        made = wrap(made)
    damaged = bytearray(made)
    damaged[at % len(made)] = value
    found = decode(bytes(damaged), KNOWN)
    assert found is None or found.mark == MARK


@pytest.mark.parametrize("protocol", [1, 4, 6, 17, 132], ids=["ICMP", "IPIP", "TCP", "UDP", "SCTP"])
def test_a_header_without_length_is_nothing(protocol: int) -> None:
    """A header shorter than 20 bytes is no IPv4; read as one, an IPIP packet would be inside itself for ever."""
    assert decode(without_header_length(protocol), KNOWN) is None
    assert decode(packet(1, icmp(3, 3, without_header_length(protocol))), KNOWN) is None


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="empty"),
        pytest.param(probe(Transport.TCP)[:19], id="a cut header"),
        pytest.param(b"\x65" + probe(Transport.TCP)[1:], id="another version"),
        pytest.param(packet(47, probe(Transport.TCP)), id="another protocol"),
    ],
)
def test_what_is_no_packet_of_ours_is_nothing(data: bytes) -> None:
    """Other versions and protocols are passed over."""
    assert decode(data, KNOWN) is None
