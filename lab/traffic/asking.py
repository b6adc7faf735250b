"""Asks by HTTP, over sockets of the sender's kernel, and keeps what was seen of each connection."""

import socket
import struct
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, replace
from ipaddress import IPv4Address

from lab.model import Headers, Place, Probe, Trace, Transport
from lab.polling import Limit
from lab.traffic.craft import TTL
from lab.traffic.decode import Connection, Known
from lab.traffic.places import Captures
from lab.traffic.repair import begin_at, in_repair
from lab.traffic.trace import traces

_MOST_BYTES = 65536
_RESET_AT_CLOSE = struct.pack("ii", 1, 0)
"""Else the server's kernel remembers the connection for a minute (TIME_WAIT), and once nobody listens there any more,
it refuses a SYN of the same port with an ACK at first: RFC 9293, 3.10.7.4, and tcp_v4_rcv of Linux."""


@dataclass(frozen=True, slots=True)
class Question:
    """An HTTP GET from a place."""

    sender: Place
    address: IPv4Address
    port: int
    path: str

    @property
    def request(self) -> bytes:
        """The bytes of the request."""
        head = f"GET {self.path} HTTP/1.1\r\nHost: {self.address}:{self.port}\r\nConnection: close\r\n\r\n"
        return head.encode()


@dataclass(frozen=True, slots=True)
class _Asked:
    """A connection that was tried: the sender's end, and what came back; None where none was made."""

    source: IPv4Address
    source_port: int
    answer: bytes | None


class Asking:
    """HTTP from the places of one lab. inside: puts the calling thread into a place's network namespace."""

    def __init__(self, captures: Captures, inside: Callable[[Place], AbstractContextManager[None]]) -> None:
        self._captures = captures
        self._inside = inside

    def get(self, question: Question, count: int) -> Sequence[Trace]:
        """Asks so many times, each over a connection of its own; what became of each."""
        self._pass_over()
        with ExitStack() as sockets:
            # Kept until the last has asked, so that no two have one port, by which they are told apart.
            opened = [sockets.enter_context(self._socket(question.sender)) for _ in range(count)]
            # Side by side: where nothing answers, each takes its whole time.
            with ThreadPoolExecutor(max_workers=count) as threads:
                asked = list(threads.map(lambda sock: _ask(question, sock), opened))
        return self._traces(
            {mark: _probe(question, each, mark) for mark, each in enumerate(asked, start=1)}, asked
        )

    def get_marked(self, question: Question, mark: int) -> Trace:
        """Asks once, over a connection whose SYN bears a mark as its number, as that of a probe does."""
        self._pass_over()
        with self._socket(question.sender) as sock:
            with in_repair(sock):
                begin_at(sock, mark)
            asked = _ask(question, sock)
        [trace] = self._traces({mark: _probe(question, asked, mark)}, [asked])
        return trace

    def _traces(self, probes: Mapping[int, Probe], asked: Sequence[_Asked]) -> list[Trace]:
        """What was captured of these connections, with what came back over each."""
        known = Known(
            (), {}, connections={_connection(probe.headers): mark for mark, probe in probes.items()}
        )
        made = traces(self._captures.sightings(known), probes)
        return [replace(trace, answer=each.answer) for trace, each in zip(made, asked, strict=True)]

    def _pass_over(self) -> None:
        """Drops what has been captured by now: the end of an earlier connection may bear a port that comes again."""
        for _ in self._captures.sightings(Known((), {})):
            pass

    def _socket(self, sender: Place) -> socket.socket:
        """A socket with a port, which it has all the same where its connection is refused."""
        with self._inside(sender):
            sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_AT_CLOSE)
        sock.settimeout(Limit.HTTP_ANSWERED.seconds)
        sock.bind(("0.0.0.0", 0))  # noqa: S104 - a sender's end
        return sock


def _ask(question: Question, sock: socket.socket) -> _Asked:
    _, port = sock.getsockname()
    try:
        sock.connect((str(question.address), question.port))
    except OSError:
        return _Asked(IPv4Address(sock.getsockname()[0]), port, None)
    source, _ = sock.getsockname()
    return _Asked(IPv4Address(source), port, _answer(sock, question.request))


def _answer(sock: socket.socket, request: bytes) -> bytes:
    """Everything that comes back until the other side closes; what there is by then, if it resets or is silent."""
    answer = b""
    try:
        sock.sendall(request)
        while more := sock.recv(_MOST_BYTES):
            answer += more
    except OSError:
        return answer
    return answer


def _probe(question: Question, asked: _Asked, mark: int) -> Probe:
    headers = Headers(asked.source, asked.source_port, question.address, question.port, Transport.TCP, TTL)
    return Probe(mark, question.sender, headers, request=question.request)


def _connection(headers: Headers) -> Connection:
    return headers.source.packed, headers.source_port, headers.destination.packed, headers.destination_port
