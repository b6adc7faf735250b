"""ARP requests among captured frames: https://www.rfc-editor.org/rfc/rfc826. Pure."""

import struct
from ipaddress import IPv4Address

from lab.traffic.filter import ARP_REQUEST

_REQUEST = struct.Struct("!II6x4s6x4s")
_FIRST_BYTES = struct.pack("!II", *ARP_REQUEST)


def is_request(packet: bytes) -> bool:
    """Whether a captured packet, from behind the frame's header on, is a request and no IPv4 packet."""
    return packet.startswith(_FIRST_BYTES) and len(packet) >= _REQUEST.size


def ends(packet: bytes) -> tuple[IPv4Address, IPv4Address]:
    """Whose address a request bears, and whose link-layer address it asks for."""
    _, _, sender, target = _REQUEST.unpack_from(packet)
    return IPv4Address(sender), IPv4Address(target)
