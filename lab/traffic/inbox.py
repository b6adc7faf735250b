"""What a node's own programs get: raw sockets, which the kernel feeds behind PREROUTING and INPUT.

A capture at an interface sees a reply to a node's own flow before its translation is undone; this sees it after.
There is none for SCTP: on a kernel without SCTP its presence would suppress the ICMP error that there is none.
"""

import select
import socket
import struct
from collections.abc import Iterator
from ipaddress import IPv4Address

from lab.traffic.filter import attach_filter

_SO_MEMINFO = 55
_MEMINFO = struct.Struct("=9I")
_DROPS_AT = 8
_PACKET_BYTES = 2048
_SO_TIMESTAMPNS = 35
_TIMESPEC = struct.Struct("=qq")
_PROTOCOLS = (socket.IPPROTO_TCP, socket.IPPROTO_UDP, socket.IPPROTO_ICMP)


class Inbox:
    """The raw sockets of one node."""

    def __init__(self, sockets: tuple[socket.socket, ...], ignored: IPv4Address) -> None:
        """Takes sockets that open_sockets made in the node's namespace."""
        self._sockets = sockets
        self._captured = 0
        for sock in sockets:
            attach_filter(sock, ignored)
            sock.settimeout(0)
            sock.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)

    def register(self, poll: "select.poll") -> None:
        """Has a poll wake up for these sockets."""
        for sock in self._sockets:
            poll.register(sock, select.POLLIN)

    def read(self) -> Iterator[tuple[int, bytes]]:
        """The packets that are there: the kernel's stamp in nanoseconds, and bytes from the IP header on."""
        for sock in self._sockets:
            while True:
                try:
                    packet, notes, _, _ = sock.recvmsg(_PACKET_BYTES, 64)
                except BlockingIOError:
                    break
                self._captured += 1
                [(_, _, stamp)] = notes
                seconds, nanoseconds = _TIMESPEC.unpack(stamp)
                yield seconds * 1_000_000_000 + nanoseconds, packet

    def counts(self) -> tuple[int, int]:
        """Packets read, and packets that the kernel could not queue."""
        dropped = 0
        for sock in self._sockets:
            raw = sock.getsockopt(socket.SOL_SOCKET, _SO_MEMINFO, _MEMINFO.size)
            dropped += _MEMINFO.unpack(raw)[_DROPS_AT]
        return self._captured, dropped

    def close(self) -> None:
        """Closes the sockets."""
        for sock in self._sockets:
            sock.close()


def open_sockets() -> tuple[socket.socket, ...]:
    """Raw sockets of the namespace that this thread is in."""
    return tuple(socket.socket(socket.AF_INET, socket.SOCK_RAW, protocol) for protocol in _PROTOCOLS)
