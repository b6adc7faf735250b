"""TCP connections of senders, made and carried by the kernels of their places, as those of programs are.

A crafted handshake would not last: the sender's kernel, which knows of no connection, resets it.
"""

import socket
import struct
from dataclasses import dataclass
from ipaddress import IPv4Address

from lab.errors import LabError
from lab.model import Place
from lab.polling import Limit
from lab.traffic.places import Inside
from lab.traffic.repair import RECEIVE_QUEUE, SEND_QUEUE, in_repair, next_number

_RESET_AT_CLOSE = struct.pack("=ii", 1, 0)


@dataclass(frozen=True, slots=True)
class Numbers:
    """The sequence numbers that come next on a connection: of what its opener sends, and of what it receives."""

    sent: int
    received: int


class Connections:
    """The open connections of a lab, by place and source port, kept until its end."""

    def __init__(self, inside: Inside) -> None:
        self._inside = inside
        self._sockets: dict[tuple[Place, int], socket.socket] = {}

    def open(self, place: Place, mark: int, source_port: int, destination: IPv4Address, port: int) -> None:
        """Opens a connection. mark: the socket mark that chooses the route. LabError where it is not established."""
        self._drop(place, source_port)
        with self._inside(place):
            sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if mark:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_MARK, mark)
        # Each probe is a segment of its own.
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_AT_CLOSE)
        sock.settimeout(Limit.PROBES_SEEN.seconds)
        try:
            sock.bind(("", source_port))
            sock.connect((str(destination), port))
        except OSError as error:
            sock.close()
            raise LabError(
                f"{place} could not open the connection to {destination}:{port} that was to be observed: {error}",
                next_step="the claim about fresh flows to the same target says whether it can be reached",
            ) from error
        sock.settimeout(0)
        self._sockets[place, source_port] = sock

    def write(self, place: Place, source_port: int, data: bytes) -> int | None:
        """Hands data to the kernel for the open connection; the errno where it refuses."""
        try:
            self._sockets[place, source_port].send(data)
        except OSError as error:
            return error.errno
        return None

    def numbers(self, place: Place, source_port: int) -> Numbers:
        """The numbers of an open connection, as its opener's kernel has them. It is not changed by being asked.

        MissingRequirement where this kernel does not tell.
        """
        sock = self._sockets[place, source_port]
        with in_repair(sock):
            sent, received = (next_number(sock, queue) for queue in (SEND_QUEUE, RECEIVE_QUEUE))
        return Numbers(sent, received)

    def close(self) -> None:
        """Ends every connection."""
        for place, source_port in tuple(self._sockets):
            self._drop(place, source_port)

    def _drop(self, place: Place, source_port: int) -> None:
        sock = self._sockets.pop((place, source_port), None)
        if sock is not None:
            sock.close()
