"""Attributes of netlink messages: kind and value, each value padded to four bytes. Pure."""

import struct

_HEAD = struct.Struct("=HH")
_KIND = 0x3FFF
NESTED = 0x8000


def attributes(data: bytes) -> dict[int, bytes]:
    """The values by kind; what is cut short is left out."""
    found: dict[int, bytes] = {}
    at = 0
    while at + _HEAD.size <= len(data):
        length, kind = _HEAD.unpack_from(data, at)
        if length < _HEAD.size:
            break
        found[kind & _KIND] = data[at + _HEAD.size : at + length]
        at += length + (-length % 4)
    return found


def attribute(kind: int, value: bytes) -> bytes:
    """One attribute, padded."""
    return _HEAD.pack(_HEAD.size + len(value), kind) + value + bytes(-len(value) % 4)


def nested(kind: int, *inner: bytes) -> bytes:
    """An attribute that holds others."""
    return attribute(kind | NESTED, b"".join(inner))


def number(data: bytes) -> int:
    """A number in network order; 0 for nothing."""
    return int.from_bytes(data, "big")
