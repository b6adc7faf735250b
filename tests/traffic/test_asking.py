"""Connections of the sender's own kernel: asked for real, and found again among captured packets."""

import socket
from collections.abc import Iterator
from contextlib import closing, nullcontext
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import IPv4Address
from pathlib import Path
from threading import Thread

import pytest
from scapy.layers.inet import IP, TCP
from scapy.packet import Packet

from lab.model import Part, Place, Refusal, Sighting
from lab.traffic.asking import Asking, Question
from lab.traffic.decode import Known, decode
from lab.traffic.places import Captures

LOCALHOST = IPv4Address("127.0.0.1")
SENDER, NODE = IPv4Address("172.18.0.100"), IPv4Address("172.18.0.11")
KNOWN = Known((), {}, connections={(SENDER.packed, 40_000, NODE.packed, 30_100): 7})


class NoCaptures(Captures):
    """Captures that see nothing, and remember what they were to look for."""

    def __init__(self) -> None:
        self.known: list[Known] = []

    def sightings(self, known: Known) -> Iterator[tuple[int, Sighting]]:
        """Nothing."""
        self.known.append(known)
        return iter(())


class Unavailable(BaseHTTPRequestHandler):
    """Answers as a node without endpoints does."""

    def do_GET(self) -> None:
        """503, with the path that was asked for."""
        self.send_response(503)
        self.end_headers()
        self.wfile.write(self.path.encode())

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture
def port() -> Iterator[int]:
    """The port of a server."""
    with HTTPServer((str(LOCALHOST), 0), Unavailable) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def test_each_request_has_a_connection_of_its_own(port: int) -> None:
    """The answer is whole, and the captures are asked for just these connections."""
    captures = NoCaptures()
    asking = Asking(captures, lambda _: nullcontext())
    made = asking.get(Question(Place.CLIENT, LOCALHOST, port, "/healthz"), 3)
    assert [(trace.answer or b"").endswith(b"/healthz") for trace in made] == [True] * 3
    assert all((trace.answer or b"").startswith(b"HTTP/1.0 503 ") for trace in made)
    _, known = captures.known
    ports = {trace.probe.headers.source_port for trace in made}
    assert {asked for _, asked, _, _ in known.connections} == ports
    assert len(ports) == 3


def test_what_was_captured_before_belongs_to_no_connection(port: int) -> None:
    """An earlier connection's end would be taken for an answer, where the kernel gives its port again."""
    listening: list[bool] = []

    class Looking(NoCaptures):
        def sightings(self, known: Known) -> Iterator[tuple[int, Sighting]]:
            listening.append(bool(known.connections))
            return super().sightings(known)

    Asking(Looking(), lambda _: nullcontext()).get(Question(Place.CLIENT, LOCALHOST, port, "/healthz"), 1)
    assert listening == [False, True]


def test_the_server_remembers_no_connection(port: int) -> None:
    """Its kernel would not refuse the same port at once, when nobody listens there any more."""
    asking = Asking(NoCaptures(), lambda _: nullcontext())
    [made] = asking.get(Question(Place.CLIENT, LOCALHOST, port, "/healthz"), 1)
    ends = f":{port:04X} {made.probe.headers.source.packed[::-1].hex().upper()}:{made.probe.headers.source_port:04X}"
    sockets = Path("/proc/thread-self/net/tcp").read_text()
    assert f":{port:04X} " in sockets
    assert ends not in sockets


def test_no_two_connections_have_one_port(port: int) -> None:
    """The kernel would give a port again that is closed: of 300 requests, two would be the same to the captures."""
    asking = Asking(NoCaptures(), lambda _: nullcontext())
    made = asking.get(Question(Place.CLIENT, LOCALHOST, port, "/healthz"), 300)
    assert len({trace.probe.headers.source_port for trace in made}) == 300


def test_where_nothing_listens_there_is_no_answer() -> None:
    """The connection is refused, which is not an empty answer; its packets can be looked for all the same."""
    with closing(socket.socket()) as unheard:
        unheard.bind((str(LOCALHOST), 0))
        port = unheard.getsockname()[1]
        asking = Asking(NoCaptures(), lambda _: nullcontext())
        [trace] = asking.get(Question(Place.CLIENT, LOCALHOST, port, "/"), 1)
    assert trace.answer is None
    assert trace.probe.request.startswith(b"GET / HTTP/1.1\r\n")


def segment(source: IPv4Address, destination: IPv4Address, tcp: Packet) -> bytes:
    """A segment between two hosts."""
    return bytes(IP(src=str(source), dst=str(destination)) / tcp)


@pytest.mark.parametrize(
    ("packet", "part", "refusal"),
    [
        (segment(SENDER, NODE, TCP(sport=40_000, dport=30_100, flags="S")), Part.PROBE, None),
        (segment(SENDER, NODE, TCP(sport=40_000, dport=30_100, flags="PA")), Part.PROBE, None),
        (segment(NODE, SENDER, TCP(sport=30_100, dport=40_000, flags="SA")), Part.REPLY, None),
        (segment(NODE, SENDER, TCP(sport=30_100, dport=40_000, flags="A")), Part.REPLY, None),
        (
            segment(NODE, SENDER, TCP(sport=30_100, dport=40_000, flags="RA")),
            Part.REFUSAL,
            Refusal.TCP_RESET,
        ),
    ],
)
def test_segments_of_a_connection_are_found(packet: bytes, part: Part, refusal: Refusal | None) -> None:
    """By addresses and ports: those of the sender, those of the other side, and its refusal."""
    found = decode(packet, KNOWN)
    assert found is not None
    assert (found.mark, found.part, found.refusal) == (7, part, refusal)


@pytest.mark.parametrize(
    "packet",
    [
        segment(SENDER, NODE, TCP(sport=40_001, dport=30_100, flags="S")),
        segment(SENDER, NODE, TCP(sport=40_000, dport=30_101, flags="S")),
        segment(NODE, SENDER, TCP(sport=40_000, dport=30_100, flags="S")),
    ],
)
def test_segments_of_others_are_not(packet: bytes) -> None:
    """Another port on either side, or the same ports the other way round, is another connection."""
    assert decode(packet, KNOWN) is None
