"""A captured packet with other addresses, in every header that it has: tunnels, quotes of ICMP errors. Pure.

An address that its data spells out (`Host: 172.18.0.11`) keeps its length and nothing else: each digit is an `x`.
Checksums that were right stay right, so that Wireshark finds nothing to complain about.
"""

import re
import struct
from collections.abc import Callable
from ipaddress import IPv4Address

from lab.traffic.checksum import checksum
from lab.traffic.decode import VXLAN_PORTS

_ICMP, _IPIP, _TCP, _UDP = 1, 4, 6, 17
_SUM_AT = {_TCP: 16, _UDP: 6}
_IP_BYTES, _UDP_BYTES, _VXLAN_BYTES, _ETHERNET_BYTES, _ADDRESSES_OF_ETHERNET = 20, 8, 8, 14, 12
_ERRORS = frozenset({3, 11, 12})

_TCP_BYTES = 20
_SPELLED = re.compile(rb"(?<![A-Za-z0-9.])\d{1,3}(?:\.\d{1,3}){3}(?![A-Za-z0-9]|\.\d)")
_DIGIT = re.compile(rb"\d")

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


def _is_vxlan(packet: bytearray, start: int, protocol: int) -> bool:
    if protocol != _UDP or len(packet) < start + _UDP_BYTES:
        return False
    port: int = struct.unpack_from("!H", packet, start + 2)[0]
    return port in VXLAN_PORTS


def _mask(packet: bytearray, start: int, protocol: int) -> None:
    """Addresses that the data of a packet spells out."""
    data = start + (_TCP_BYTES if protocol == _TCP else _UDP_BYTES)
    before = bytes(packet[start:])
    packet[data:] = _SPELLED.sub(lambda found: _DIGIT.sub(b"x", found.group()), bytes(packet[data:]))
    _correct(packet, start + _SUM_AT[protocol], before, bytes(packet[start:]), may_be_none=protocol == _UDP)


def _rewrite_inside(packet: bytearray, at: int, start: int, protocol: int, rename: Rename) -> None:
    """What a tunnel carries, an ICMP error quotes, or data spells out."""
    if protocol == _IPIP:
        _rewrite(packet, start, rename)
    elif _is_vxlan(packet, start, protocol):
        ethernet = start + _UDP_BYTES + _VXLAN_BYTES
        end = min(ethernet + _ADDRESSES_OF_ETHERNET, len(packet))
        packet[ethernet:end] = bytes(max(end - ethernet, 0))
        # It would cover what is inside; without one it need not.
        packet[start + 6 : start + 8] = bytes(2)
        _rewrite(packet, ethernet + _ETHERNET_BYTES, rename)
    elif protocol in _SUM_AT:
        _mask(packet, start, protocol)
    elif protocol == _ICMP and len(packet) > start + _UDP_BYTES and packet[start] in _ERRORS:
        _rewrite(packet, start + _UDP_BYTES, rename)
        end = at + struct.unpack_from("!H", packet, at + 2)[0]
        if end <= len(packet):
            packet[start + 2 : start + 4] = bytes(2)
            packet[start + 2 : start + 4] = struct.pack("!H", checksum(bytes(packet[start:end])))


def _correct(packet: bytearray, at: int, before: bytes, after: bytes, *, may_be_none: bool) -> None:
    """RFC 1624: a checksum that covers `before`, made to cover `after` in its place; both begin at an even byte."""
    if len(packet) < at + 2 or before == after:
        return
    [old] = struct.unpack_from("!H", packet, at)
    if not old and may_be_none:
        return
    total = (~old & 0xFFFF) + sum(~word & 0xFFFF for word in _words(before)) + sum(_words(after))
    while total >> 16:
        total = (total >> 16) + (total & 0xFFFF)
    packet[at : at + 2] = struct.pack("!H", ~total & 0xFFFF)


def _words(data: bytes) -> tuple[int, ...]:
    even = data + bytes(len(data) % 2)
    return struct.unpack(f"!{len(even) // 2}H", even)
