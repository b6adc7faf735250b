"""TCP_REPAIR: a socket whose sequence numbers are read or set (linux/tcp.h; https://criu.org/TCP_connection)."""

import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from lab.errors import MissingRequirement

RECEIVE_QUEUE, SEND_QUEUE = 1, 2
# Python does not name them.
_REPAIR, _REPAIR_QUEUE, _QUEUE_SEQUENCE = 19, 20, 21
_ON, _OFF_WITHOUT_PROBE = 1, -1
_NUMBERS = 0xFFFFFFFF


def next_number(sock: socket.socket, queue: int) -> int:
    """The number that comes next in a queue of a connection, within `in_repair`."""
    sock.setsockopt(socket.IPPROTO_TCP, _REPAIR_QUEUE, queue)
    return sock.getsockopt(socket.IPPROTO_TCP, _QUEUE_SEQUENCE) & _NUMBERS


def begin_at(sock: socket.socket, first: int) -> None:
    """Has the kernel begin a connection at this number, in place of one that it picks, within `in_repair`."""
    sock.setsockopt(socket.IPPROTO_TCP, _REPAIR_QUEUE, SEND_QUEUE)
    sock.setsockopt(socket.IPPROTO_TCP, _QUEUE_SEQUENCE, first.to_bytes(4, sys.byteorder))


@contextmanager
def in_repair(sock: socket.socket) -> Iterator[None]:
    """For a body that reads or sets numbers. MissingRequirement where this kernel does not let it."""
    try:
        sock.setsockopt(socket.IPPROTO_TCP, _REPAIR, _ON)
    except OSError as error:
        raise MissingRequirement(
            f"the kernel does not show the sequence numbers of a connection (TCP_REPAIR): {error.strerror}",
            next_step="a kernel that lets the owner of a network namespace use TCP_REPAIR",
        ) from error
    try:
        yield
    finally:
        sock.setsockopt(socket.IPPROTO_TCP, _REPAIR, _OFF_WITHOUT_PROBE)
