"""A capture of one place: a packet socket with a ring in shared memory, over all interfaces of a namespace.

The ring needs no privilege beyond the namespace's own, unlike a large socket buffer, and the kernel counts
what it could not hold. Layout: https://docs.kernel.org/networking/packet_mmap.html, version TPACKET_V2.
"""

import mmap
import socket
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from lab.traffic.filter import attach_filter

_SOL_PACKET = 263
_PACKET_RX_RING, _PACKET_STATISTICS, _PACKET_VERSION = 5, 6, 10
_TPACKET_V2 = 1

_FRAME_BYTES = 512
_FRAMES = 8192
_BLOCK_BYTES = 64 * 1024

_HEADER = struct.Struct("=IIIHHII")  # status, length, captured, mac, network, seconds, nanoseconds
_ADDRESS = struct.Struct("=HHiHBB")  # family, protocol, interface index, hardware, packet type, length
_ADDRESS_AT = 32
_STATUS = struct.Struct("=I")
_TO_USER = 1
_OTHERHOST, _OUTGOING = 3, 4


@dataclass(frozen=True, slots=True)
class Frame:
    """One captured packet from its IP header on, cut to what a frame holds. outgoing: it left the place."""

    time_ns: int
    interface_index: int
    outgoing: bool
    packet: bytes


class Ring:
    """A ring over a packet socket that was opened in the namespace to be captured."""

    def __init__(self, sock: socket.socket, ignored_port: int) -> None:
        """Starts capturing IPv4, but not TCP from or to ignored_port (the API's own traffic)."""
        self._socket = sock
        self._next = 0
        self._captured = 0
        self._dropped = 0
        attach_filter(sock, ignored_port)
        sock.setsockopt(_SOL_PACKET, _PACKET_VERSION, _TPACKET_V2)
        blocks = _FRAMES * _FRAME_BYTES // _BLOCK_BYTES
        request = struct.pack("=IIII", _BLOCK_BYTES, blocks, _FRAME_BYTES, _FRAMES)
        sock.setsockopt(_SOL_PACKET, _PACKET_RX_RING, request)
        self._memory = mmap.mmap(sock.fileno(), _FRAMES * _FRAME_BYTES)

    def fileno(self) -> int:
        """For poll: readable when a frame is there."""
        return self._socket.fileno()

    def read(self) -> Iterator[Frame]:
        """The frames that are there and were meant for this place, each given back to the kernel as it is read.

        A bridge that does not know an address floods its frames to every port: those are someone else's.
        """
        memory = self._memory
        while True:
            at = self._next * _FRAME_BYTES
            status, _, captured, _, network, seconds, nanoseconds = _HEADER.unpack_from(memory, at)
            if not status & _TO_USER:
                return
            _, _, index, _, kind, _ = _ADDRESS.unpack_from(memory, at + _ADDRESS_AT)
            start = at + network
            packet = memory[start : start + captured]
            _STATUS.pack_into(memory, at, 0)
            self._next = (self._next + 1) % _FRAMES
            if kind != _OTHERHOST:
                yield Frame(seconds * 1_000_000_000 + nanoseconds, index, kind == _OUTGOING, packet)

    def counts(self) -> tuple[int, int]:
        """Packets captured and packets lost since the start, by the kernel's own count."""
        raw = self._socket.getsockopt(_SOL_PACKET, _PACKET_STATISTICS, 8)
        packets, drops = struct.unpack("=II", raw)
        self._captured += packets
        self._dropped += drops
        return self._captured, self._dropped

    def close(self) -> None:
        """Ends the capture."""
        self._memory.close()
        self._socket.close()
