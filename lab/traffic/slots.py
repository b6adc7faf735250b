"""The slots of a capture's ring, read in the order in which the kernel gave them out.

Layout: https://docs.kernel.org/networking/packet_mmap.html, version TPACKET_V2.
"""

import mmap
import struct
from collections.abc import Iterator
from typing import NamedTuple

from lab.polling import Limit, wait_until

SLOT_BYTES = 512
SLOTS = 8192

_HEADER = struct.Struct("=8xI2xHII12xi2xB")
"""Of the header, captured bytes, where the network header is, seconds, nanoseconds; of the link-layer address that
follows it at byte 32 (sockaddr_ll, packet(7)), interface index and packet type."""
_WORD_BYTES = 4
_WORDS = SLOT_BYTES // _WORD_BYTES
_TO_USER = 1
_OTHERHOST, _OUTGOING = 3, 4
_WRITERS = 16
"""Processors that may be writing a frame of one place at the same time."""


class Frame(NamedTuple):
    """One captured packet from its IP header on, cut to what a slot holds. outgoing: it left the place."""

    time_ns: int
    interface_index: int
    outgoing: bool
    packet: bytes


class Slots:
    """The ring as user space has it: a frame is there when its slot's status says so."""

    def __init__(self, memory: mmap.mmap | bytearray) -> None:
        self._memory = memory
        self._words = memoryview(memory).cast("I")
        self._next = 0

    def close(self) -> None:
        """Lets go of the memory, which cannot be closed before."""
        self._words.release()

    def read(self) -> Iterator[Frame]:
        """The frames that are there and were meant for this place, each given back to the kernel as it is read.

        A bridge that does not know an address floods its frames to every port: those are someone else's. NotReady
        where the kernel does not finish a frame that it has begun.
        """
        # All of it by local names: a run reads a quarter of a million frames.
        memory, words = self._memory, self._words
        take, to_user, other_host, outgoing = _HEADER.unpack_from, _TO_USER, _OTHERHOST, _OUTGOING
        while True:
            slot = self._next
            while words[slot * _WORDS] & to_user:
                captured, network, seconds, nanoseconds, index, kind = take(memory, slot * SLOT_BYTES)
                start = slot * SLOT_BYTES + network
                packet = bytes(memory[start : start + captured])
                words[slot * _WORDS] = 0
                self._next = slot = (slot + 1) % SLOTS
                if kind != other_host:
                    yield Frame(seconds * 1_000_000_000 + nanoseconds, index, kind == outgoing, packet)
            if not self._is_being_written():
                return

    def _is_being_written(self) -> bool:
        """Whether the next frame is not there, and those behind it are. Returns when it is there too.

        Slots are given out in order and filled side by side: a processor that is held up keeps frames from being read
        that have been captured, whose answers have been seen elsewhere.
        """
        # Of a slot that is the kernel's the first word is 0.
        words, end = self._words, self._next + _WRITERS
        here = words[(self._next + 1) * _WORDS : end * _WORDS : _WORDS]
        wrapped = words[: max(0, end - SLOTS) * _WORDS : _WORDS]
        if not any(here) and not any(wrapped):
            return False
        wait_until("a captured frame is written", Limit.FRAME_WRITTEN, self._is_there)
        return True

    def _is_there(self) -> bool | None:
        # The status is a slot's first word.
        return bool(self._words[self._next * _WORDS] & _TO_USER) or None
