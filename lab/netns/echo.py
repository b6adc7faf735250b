"""The echo of the lab's pods and nodes: one process with sockets in the network namespace of each.

TCP: a line that names the place and the peer it saw, then every byte comes back until the peer closes, each probe in a
segment of its own and its first four bytes replaced by `svcr`.
UDP: every datagram comes back, its first four bytes replaced by `svcr`, followed by the same line.

Started as `python -m lab.netns.echo PREFIX PORTS PLACE...`; prints `listening` when every socket is bound.
"""

import selectors
import socket
import sys
from collections.abc import Callable, Sequence

from lab.model import Place
from lab.netns.namespaces import Namespaces
from lab.traffic.decode import ANSWERED, ASKED, PAYLOAD
from lab.traffic.one_processor import stay_on_this_processor

_BACKLOG = 4096


def greeting(place: str, peer: tuple[str, int]) -> bytes:
    """What the echo says of itself and of the sender that it saw."""
    return f"{place} saw {peer[0]}:{peer[1]}\n".encode()


class Echo:
    """The sockets of all places behind one selector."""

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()

    def listen(self, place: str, port: int) -> None:
        """Binds TCP and UDP in the network namespace that this thread is in."""
        stream = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        stream.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        stream.bind(("0.0.0.0", port))  # noqa: S104 - every address of the place
        stream.listen(_BACKLOG)
        self._watch(stream, lambda: self._accept(stream, place))
        datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        datagrams.bind(("0.0.0.0", port))  # noqa: S104 - every address of the place
        self._watch(datagrams, lambda: _answer(datagrams, place))

    def serve(self) -> None:
        """Serves until the process ends."""
        while True:
            for key, _ in self._selector.select():
                ready: Callable[[], None] = key.data
                ready()

    def _watch(self, sock: socket.socket, ready: Callable[[], None]) -> None:
        sock.settimeout(0)
        self._selector.register(sock, selectors.EVENT_READ, ready)

    def _accept(self, listener: socket.socket, place: str) -> None:
        try:
            connection, peer = listener.accept()
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection.send(greeting(place, peer))
        except OSError:
            return  # The peer of a crafted probe resets at once.
        self._watch(connection, lambda: self._echo(connection))

    def _echo(self, connection: socket.socket) -> None:
        try:
            data = connection.recv(PAYLOAD.size)
            if data:
                connection.send(data.replace(ASKED, ANSWERED))
                return
        except BlockingIOError:
            return
        except OSError:
            data = b""
        self._selector.unregister(connection)
        connection.close()


def _answer(datagrams: socket.socket, place: str) -> None:
    while True:
        try:
            data, peer = datagrams.recvfrom(65535)
        except BlockingIOError:
            return
        except OSError:
            continue  # An ICMP error about an earlier answer; the next call reads on.
        try:
            datagrams.sendto(ANSWERED + data[len(ANSWERED) :] + greeting(place, peer), peer)
        except OSError:
            continue


def main(arguments: Sequence[str]) -> None:
    """Listens at every named place and serves."""
    prefix, ports, *places = arguments
    namespaces = Namespaces(prefix)
    echo = Echo()
    stay_on_this_processor()
    for place in places:
        with namespaces.inside(Place(place)):
            for port in ports.split(","):
                echo.listen(place, int(port))
    sys.stdout.write("listening\n")
    sys.stdout.flush()
    echo.serve()


if __name__ == "__main__":
    main(sys.argv[1:])
