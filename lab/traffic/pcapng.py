"""Captured packets as a file for Wireshark: pcapng, an interface for each place and interface of the lab. Pure.

Format: https://www.ietf.org/archive/id/draft-ietf-opsawg-pcapng-03.html, little-endian, link type IPV4.
"""

import struct
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

_SECTION, _INTERFACE, _PACKET = 0x0A0D0D0A, 1, 6
_MAGIC, _LINKTYPE_IPV4, _UNLIMITED = 0x1A2B3C4D, 228, 0
_END, _COMMENT, _IF_NAME, _EPB_FLAGS, _IF_TSRESOL = 0, 1, 2, 2, 9
_NANOSECONDS = b"\x09"
_INBOUND, _OUTBOUND = 1, 2
_BLOCK = struct.Struct("<II")
_PACKET_HEAD = struct.Struct("<IIIII")  # interface, time high, time low, captured, original


@dataclass(frozen=True, slots=True)
class Captured:
    """One packet at one interface. place, interface: as of a Sighting. outgoing: it left the place."""

    time_ns: int
    place: str
    interface: str
    outgoing: bool
    packet: bytes
    comment: str = ""


def pcapng(captured: Sequence[Captured]) -> bytes:
    """The file, packets in the order of time."""
    names = dict.fromkeys((each.place, each.interface) for each in captured)
    numbers = {name: number for number, name in enumerate(names)}
    blocks = [_block(_SECTION, struct.pack("<IHHq", _MAGIC, 1, 0, -1))]
    blocks += [_interface(f"{place} {interface}") for place, interface in names]
    for each in sorted(captured, key=lambda it: it.time_ns):
        blocks.append(_packet(each, numbers[each.place, each.interface]))
    return b"".join(blocks)


def rewritten(file: bytes, rewrite: Callable[[bytes], bytes]) -> bytes:
    """The same file with every packet rewritten; it must keep its length."""
    return b"".join(
        _block(kind, _with_packet(body, rewrite) if kind == _PACKET else body)
        for kind, body in blocks_of(file)
    )


def packets_of(file: bytes) -> Iterator[bytes]:
    """The packets of a file, in its order."""
    for kind, body in blocks_of(file):
        if kind == _PACKET:
            captured = _PACKET_HEAD.unpack_from(body)[3]
            yield body[_PACKET_HEAD.size : _PACKET_HEAD.size + captured]


def blocks_of(file: bytes) -> Iterator[tuple[int, bytes]]:
    """Kind and body of each block of a file that this module wrote."""
    at = 0
    while at < len(file):
        kind, length = _BLOCK.unpack_from(file, at)
        yield kind, file[at + _BLOCK.size : at + length - 4]
        at += length


def _with_packet(body: bytes, rewrite: Callable[[bytes], bytes]) -> bytes:
    captured = _PACKET_HEAD.unpack_from(body)[3]
    end = _PACKET_HEAD.size + captured
    new = rewrite(body[_PACKET_HEAD.size : end])
    if len(new) != captured:
        raise ValueError("a rewritten packet must keep its length")
    return body[: _PACKET_HEAD.size] + new + body[end:]


def _interface(name: str) -> bytes:
    head = struct.pack("<HHI", _LINKTYPE_IPV4, 0, _UNLIMITED)
    return _block(_INTERFACE, head + _options((_IF_NAME, name.encode()), (_IF_TSRESOL, _NANOSECONDS)))


def _packet(each: Captured, interface: int) -> bytes:
    total = struct.unpack_from(">H", each.packet, 2)[0] if len(each.packet) >= 4 else 0  # noqa: PLR2004 - its length
    original = max(total, len(each.packet))
    head = _PACKET_HEAD.pack(
        interface, each.time_ns >> 32, each.time_ns & 0xFFFFFFFF, len(each.packet), original
    )
    flags = struct.pack("<I", _OUTBOUND if each.outgoing else _INBOUND)
    comment = [(_COMMENT, each.comment.encode())] if each.comment else []
    return _block(_PACKET, head + _padded(each.packet) + _options((_EPB_FLAGS, flags), *comment))


def _options(*options: tuple[int, bytes]) -> bytes:
    made = b"".join(struct.pack("<HH", kind, len(value)) + _padded(value) for kind, value in options)
    return made + struct.pack("<HH", _END, 0)


def _block(kind: int, body: bytes) -> bytes:
    length = _BLOCK.size + len(body) + 4
    return _BLOCK.pack(kind, length) + body + struct.pack("<I", length)


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 4)
