"""A captured packet with other addresses, in every header that it has: tunnels, quotes of ICMP errors. Pure.

Checksums that were right stay right, so that Wireshark finds nothing to complain about.
"""

import struct
from collections.abc import Callable
from ipaddress import IPv4Address

from lab.traffic.checksum import checksum
from lab.traffic.decode import VXLAN_PORTS

_ICMP, _IPIP, _TCP, _UDP = 1, 4, 6, 17
_SUM_AT = {_TCP: 16, _UDP: 6}
_IP_BYTES, _UDP_BYTES, _VXLAN_BYTES, _ETHERNET_BYTES, _ADDRESSES_OF_ETHERNET = 20, 8, 8, 14, 12
_ERRORS = frozenset({3, 11, 12})

Rename = Callable[[IPv4Address], IPv4Address]


def readdressed(packet: bytes, rename: Rename) -> bytes:
    """The packet, from its IP header on, of the same length."""
    changed = bytearray(packet)
    _rewrite(changed, 0, rename)
    return bytes(changed)


def _rewrite(packet: bytearray, at: int, rename: Rename) -> None:
    if len(packet) < at + _IP_BYTES or packet[at] >> 4 != 4:  # noqa: PLR2004 - IPv4
        return
    start = at + (packet[at] & 0x0F) * 4
    before = bytes(packet[at + 12 : at + 20])
    after = b"".join(rename(IPv4Address(address)).packed for address in (before[:4], before[4:]))
    packet[at + 12 : at + 20] = after
    packet[at + 10 : at + 12] = bytes(2)
    packet[at + 10 : at + 12] = struct.pack("!H", checksum(bytes(packet[at:start])))
    if struct.unpack_from("!H", packet, at + 6)[0] & 0x1FFF:
        return  # A later fragment has no header of its transport.
    protocol = packet[at + 9]
    if protocol in _SUM_AT:
        _correct(packet, start + _SUM_AT[protocol], before, after, may_be_none=protocol == _UDP)
    _rewrite_inside(packet, at, start, protocol, rename)


def _rewrite_inside(packet: bytearray, at: int, start: int, protocol: int, rename: Rename) -> None:
    """What a tunnel carries, or an ICMP error quotes."""
    if protocol == _IPIP:
        _rewrite(packet, start, rename)
    elif protocol == _UDP and len(packet) >= start + _UDP_BYTES:
        if struct.unpack_from("!H", packet, start + 2)[0] in VXLAN_PORTS:
            ethernet = start + _UDP_BYTES + _VXLAN_BYTES
            end = min(ethernet + _ADDRESSES_OF_ETHERNET, len(packet))
            packet[ethernet:end] = bytes(max(end - ethernet, 0))
            packet[start + 6 : start + 8] = bytes(
                2
            )  # It would cover what is inside; without one it need not.
            _rewrite(packet, ethernet + _ETHERNET_BYTES, rename)
    elif protocol == _ICMP and len(packet) > start + _UDP_BYTES and packet[start] in _ERRORS:
        _rewrite(packet, start + _UDP_BYTES, rename)
        end = at + struct.unpack_from("!H", packet, at + 2)[0]
        if end <= len(packet):
            packet[start + 2 : start + 4] = bytes(2)
            packet[start + 2 : start + 4] = struct.pack("!H", checksum(bytes(packet[start:end])))


def _correct(packet: bytearray, at: int, before: bytes, after: bytes, *, may_be_none: bool) -> None:
    """RFC 1624: a checksum that covers `before`, made to cover `after` in its place."""
    if len(packet) < at + 2:
        return
    [old] = struct.unpack_from("!H", packet, at)
    if not old and may_be_none:
        return
    total = (~old & 0xFFFF) + sum(~word & 0xFFFF for word in struct.unpack("!4H", before))
    total += sum(struct.unpack("!4H", after))
    total = (total >> 16) + (total & 0xFFFF)
    total += total >> 16
    packet[at : at + 2] = struct.pack("!H", ~total & 0xFFFF)
