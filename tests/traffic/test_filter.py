"""The capture's filter, run by the kernel: a socket pair takes the same program as a packet socket."""

import socket
from collections.abc import Iterator
from ipaddress import IPv4Address

import pytest

from lab.traffic.filter import attach_filter
from tests.traffic.packets import DESTINATION, SOURCE, SYN, arp, packet, sctp, tcp, udp
from tests.traffic.recording import RECORDINGS, recording

API, OTHER = IPv4Address("172.18.0.1"), IPv4Address("172.18.0.11")
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
        attach_filter(capture, API)
        yield Filtered(network, capture)


def segment(source: IPv4Address, destination: IPv4Address, options: bytes = b"") -> bytes:
    """A TCP segment between these addresses, from the API's port."""
    ports = API_PORT.to_bytes(2, "big") + (40_000).to_bytes(2, "big")
    return packet(TCP, ports + tcp(SYN)[4:], source, destination, options=options)


@pytest.mark.parametrize("options", [b"", bytes(4), bytes(40)], ids=["plain", "4 bytes", "40 bytes"])
@pytest.mark.parametrize(
    ("source", "destination", "expected"),
    [
        pytest.param(API, OTHER, False, id="from the API"),
        pytest.param(OTHER, API, False, id="to the API"),
        pytest.param(OTHER, SOURCE, True, id="neither, from the API's port"),
    ],
)
def test_tcp_of_the_api_is_kept_out(
    filtered: Filtered, source: IPv4Address, destination: IPv4Address, options: bytes, *, expected: bool
) -> None:
    """A segment from or to the API's address is dropped; its port alone may be one that masquerading picked."""
    assert filtered.passes(segment(source, destination, options)) is expected


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param(packet(UDP, udp(b"x"), OTHER, API), True, id="UDP to the same address"),
        pytest.param(packet(132, sctp(1, 0, 1)), True, id="SCTP"),
        pytest.param(packet(1, bytes(8)), True, id="ICMP"),
        pytest.param(packet(4, segment(API, OTHER), SOURCE, DESTINATION), True, id="in a tunnel"),
        pytest.param(b"\x60" + packet(UDP, udp(b"x"))[1:], False, id="IPv6"),
        pytest.param(b"\x00" * 40, False, id="no IP"),
        pytest.param(arp(SOURCE, DESTINATION), True, id="an ARP request"),
        pytest.param(arp(SOURCE, DESTINATION, operation=2), False, id="an ARP answer"),
        pytest.param(b"\x00\x01\x86\xdd" + arp(SOURCE, DESTINATION)[4:], False, id="ARP for no IPv4"),
    ],
)
def test_every_other_ipv4_packet_is_captured(filtered: Filtered, data: bytes, *, expected: bool) -> None:
    """Other transports pass whoever they are from, and ARP requests; what else is not IPv4 does not."""
    assert filtered.passes(data) is expected


@pytest.mark.parametrize("name", RECORDINGS)
def test_recorded_packets_pass(filtered: Filtered, name: str) -> None:
    """No packet that a lab captured is dropped, and each comes out whole."""
    assert all(filtered.passes(frame.packet) for frame in recording(name).frames)


def test_a_filter_keeps_a_whole_packet(filtered: Filtered) -> None:
    """The filter accepts packets in full length."""
    assert filtered.passes(packet(UDP, udp(bytes(3000))))
