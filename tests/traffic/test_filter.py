"""The capture's filter, run by the kernel: a socket pair takes the same program as a packet socket."""

import socket
from collections.abc import Iterator

import pytest

from lab.traffic.filter import attach_filter
from tests.traffic.packets import DESTINATION, SOURCE, SYN, packet, sctp, tcp, udp
from tests.traffic.recording import RECORDINGS, recording

API_PORT = 6443
TCP, UDP = 6, 17


class Filtered:
    """A socket that packets are put into as a network would, and what comes out of it behind the filter."""

    def __init__(self, network: socket.socket, capture: socket.socket) -> None:
        self._network, self._capture = network, capture

    def passes(self, data: bytes) -> bool:
        """Whether a packet comes out."""
        self._network.send(data)
        try:
            assert self._capture.recv(4096) == data
        except BlockingIOError:
            return False
        return True


@pytest.fixture
def filtered() -> Iterator[Filtered]:
    """Return a socket pair, filtered as a capture is."""
    network, capture = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    with network, capture:
        capture.settimeout(0)
        attach_filter(capture, API_PORT)
        yield Filtered(network, capture)


def segment(source_port: int, destination_port: int, options: bytes = b"") -> bytes:
    """A TCP segment between these ports."""
    ports = source_port.to_bytes(2, "big") + destination_port.to_bytes(2, "big")
    return packet(TCP, ports + tcp(SYN)[4:], options=options)


@pytest.mark.parametrize("options", [b"", bytes(4), bytes(40)], ids=["plain", "4 bytes", "40 bytes"])
@pytest.mark.parametrize(
    ("source_port", "destination_port", "expected"),
    [
        pytest.param(API_PORT, 40_000, False, id="from the API"),
        pytest.param(40_000, API_PORT, False, id="to the API"),
        pytest.param(API_PORT, API_PORT, False, id="both"),
        pytest.param(40_000, 8080, True, id="neither"),
        pytest.param(API_PORT + 1, API_PORT - 1, True, id="neighbours"),
    ],
)
def test_tcp_of_the_api_is_kept_out(
    filtered: Filtered, source_port: int, destination_port: int, options: bytes, *, expected: bool
) -> None:
    """A segment from or to the API's port is dropped, wherever the IP header ends."""
    assert filtered.passes(segment(source_port, destination_port, options)) is expected


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param(packet(UDP, udp(b"x", API_PORT)), True, id="UDP to the same number"),
        pytest.param(packet(132, sctp(1, 0, 1)), True, id="SCTP"),
        pytest.param(packet(1, bytes(8)), True, id="ICMP"),
        pytest.param(packet(4, segment(API_PORT, 1), SOURCE, DESTINATION), True, id="in a tunnel"),
        pytest.param(b"\x60" + packet(UDP, udp(b"x"))[1:], False, id="IPv6"),
        pytest.param(b"\x00" * 40, False, id="no IP"),
    ],
)
def test_every_other_ipv4_packet_is_captured(filtered: Filtered, data: bytes, *, expected: bool) -> None:
    """Other transports pass whatever their ports are; what is not IPv4 does not."""
    assert filtered.passes(data) is expected


@pytest.mark.parametrize("name", RECORDINGS)
def test_recorded_packets_pass(filtered: Filtered, name: str) -> None:
    """No packet that a lab captured is dropped, and each comes out whole."""
    assert all(filtered.passes(frame.packet) for frame in recording(name).frames)


def test_a_filter_keeps_a_whole_packet(filtered: Filtered) -> None:
    """The filter accepts packets in full length."""
    assert filtered.passes(packet(UDP, udp(bytes(3000))))
