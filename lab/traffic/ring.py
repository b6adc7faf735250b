"""A capture of one place: a packet socket with a ring in shared memory, over all interfaces of a namespace.

The ring needs no privilege beyond the namespace's own, unlike a large socket buffer, and the kernel counts
what it could not hold.
"""

import mmap
import socket
import struct
from collections.abc import Iterator
from ipaddress import IPv4Address

from lab.traffic.filter import attach_filter
from lab.traffic.slots import SLOT_BYTES, SLOTS, Frame, Slots

_SOL_PACKET = 263
_PACKET_RX_RING, _PACKET_STATISTICS, _PACKET_VERSION = 5, 6, 10
_TPACKET_V2 = 1

_BLOCK_BYTES = 64 * 1024


class Ring:
    """A ring over a packet socket that was opened in the namespace to be captured."""

    def __init__(self, sock: socket.socket, ignored: IPv4Address) -> None:
        """Starts capturing IPv4, but not TCP from or to `ignored` (the API's own traffic)."""
        self._socket = sock
        self._captured = 0
        self._dropped = 0
        attach_filter(sock, ignored)
        sock.setsockopt(_SOL_PACKET, _PACKET_VERSION, _TPACKET_V2)
        blocks = SLOTS * SLOT_BYTES // _BLOCK_BYTES
        request = struct.pack("=IIII", _BLOCK_BYTES, blocks, SLOT_BYTES, SLOTS)
        sock.setsockopt(_SOL_PACKET, _PACKET_RX_RING, request)
        self._memory = mmap.mmap(sock.fileno(), SLOTS * SLOT_BYTES)
        self._slots = Slots(self._memory)

    def fileno(self) -> int:
        """For poll: readable when a frame is there."""
        return self._socket.fileno()

    def read(self) -> Iterator[Frame]:
        """The frames that are there."""
        return self._slots.read()

    def counts(self) -> tuple[int, int]:
        """Packets captured and packets lost since the start, by the kernel's own count."""
        raw = self._socket.getsockopt(_SOL_PACKET, _PACKET_STATISTICS, 8)
        packets, drops = struct.unpack("=II", raw)
        self._captured += packets
        self._dropped += drops
        return self._captured, self._dropped

    def close(self) -> None:
        """Ends the capture."""
        self._slots.close()
        self._memory.close()
        self._socket.close()
