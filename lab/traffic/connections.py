"""TCP connections of senders, made and carried by the kernels of their places, as those of programs are.

A crafted handshake would not last: the sender's kernel, which knows of no connection, resets it.
"""

import socket
import struct
from dataclasses import dataclass
from ipaddress import IPv4Address

from lab.errors import LabError, MissingRequirement
from lab.model import Place
from lab.polling import Limit
from lab.traffic.places import Inside

# linux/tcp.h; Python does not name them.
_REPAIR, _REPAIR_QUEUE, _QUEUE_SEQUENCE = 19, 20, 21
_RECEIVE_QUEUE, _SEND_QUEUE = 1, 2
_REPAIR_ON, _REPAIR_OFF_WITHOUT_PROBE = 1, -1
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
        try:
            sock.setsockopt(socket.IPPROTO_TCP, _REPAIR, _REPAIR_ON)
        except OSError as error:
            raise MissingRequirement(
                f"the kernel does not tell the sequence numbers of a connection (TCP_REPAIR): {error.strerror}",
                next_step="a kernel that lets the owner of a network namespace use TCP_REPAIR",
            ) from error
        try:
            sent, received = (_next_number(sock, queue) for queue in (_SEND_QUEUE, _RECEIVE_QUEUE))
        finally:
            sock.setsockopt(socket.IPPROTO_TCP, _REPAIR, _REPAIR_OFF_WITHOUT_PROBE)
        return Numbers(sent, received)

    def close(self) -> None:
        """Ends every connection."""
        for place, source_port in tuple(self._sockets):
            self._drop(place, source_port)

    def _drop(self, place: Place, source_port: int) -> None:
        sock = self._sockets.pop((place, source_port), None)
        if sock is not None:
            sock.close()


def _next_number(sock: socket.socket, queue: int) -> int:
    sock.setsockopt(socket.IPPROTO_TCP, _REPAIR_QUEUE, queue)
    return sock.getsockopt(socket.IPPROTO_TCP, _QUEUE_SEQUENCE) & 0xFFFFFFFF
