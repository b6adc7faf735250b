"""Packets built by hand for the decoder: what no recording holds."""

import struct
from ipaddress import IPv4Address

from lab.model import Headers, Transport
from lab.traffic.craft import TTL, Shape, craft
from lab.traffic.decode import Known

MARK = 0x1234_ABCD
NEXT = (MARK + 1) & 0xFFFFFFFF
KNOWN = Known(frozenset({MARK}), {})
SOURCE, DESTINATION = IPv4Address("10.244.1.3"), IPv4Address("10.244.2.2")
ROUTER, NODE = IPv4Address("172.18.0.254"), IPv4Address("172.18.0.11")
SYN, RST, ACK, PSH, FIN = 0x02, 0x04, 0x10, 0x08, 0x01


def probe(transport: Transport, port: int = 8080) -> bytes:
    """A probe with MARK from SOURCE to DESTINATION."""
    return craft(Shape(transport), headers(transport, port), MARK)


def headers(transport: Transport, port: int = 8080) -> Headers:
    """What the decoder must read in `probe`."""
    if transport is Transport.ICMP:
        return Headers(SOURCE, 0, DESTINATION, 0, transport, TTL)
    return Headers(SOURCE, 40_000, DESTINATION, port, transport, TTL)


def packet(
    protocol: int,
    body: bytes,
    source: IPv4Address = DESTINATION,
    destination: IPv4Address = SOURCE,
    *,
    fragment: int = 0,
    identification: int = 0,
    options: bytes = b"",
) -> bytes:
    """An IPv4 packet, by default on the way back. fragment: flags and offset as the header has them."""
    words = 5 + len(options) // 4
    length = words * 4 + len(body)
    head = struct.pack(
        "!BBHHHBBH4s4s",
        0x40 | words,
        0,
        length,
        identification,
        fragment,
        TTL,
        protocol,
        0,
        source.packed,
        destination.packed,
    )
    return head + options + body


def tcp(flags: int, sequence: int = 0, acknowledgement: int = 0) -> bytes:
    """A TCP segment from port 8080 to 40000."""
    return struct.pack("!HHIIBBHHH", 8080, 40_000, sequence, acknowledgement, 0x50, flags, 100, 0, 0)


def udp(payload: bytes, port: int = 40_000) -> bytes:
    """A datagram from port 8080."""
    return struct.pack("!HHHH", 8080, port, 8 + len(payload), 0) + payload


def sctp(chunk: int, tag: int, initiate_tag: int = 0) -> bytes:
    """An SCTP packet of one chunk from port 8080 to 40000. tag: verification."""
    head = struct.pack("!HHII", 8080, 40_000, tag, 0)
    return head + struct.pack("!BBHI", chunk, 0, 20, initiate_tag) + bytes(12)


def icmp(kind: int, code: int, quoted: bytes) -> bytes:
    """An ICMP message about a packet."""
    return struct.pack("!BBHI", kind, code, 0, 0) + quoted


def vxlan(inner: bytes, port: int = 8472, *, fragment: int = 0) -> bytes:
    """A VXLAN packet between two nodes around an Ethernet frame with this packet. fragment: as of `packet`."""
    body = udp(bytes(8) + bytes(12) + b"\x08\x00" + inner, port)
    return packet(17, body, NODE, ROUTER, fragment=fragment)


def arp(sender: IPv4Address, target: IPv4Address, *, operation: int = 1) -> bytes:
    """An ARP packet. operation: 1 for a request, 2 for an answer."""
    return struct.pack(
        "!HHBBH6s4s6s4s", 1, 0x0800, 6, 4, operation, bytes(6), sender.packed, bytes(6), target.packed
    )


def ipip(inner: bytes) -> bytes:
    """An IPIP packet between two nodes."""
    return packet(4, inner, NODE, ROUTER)
