"""Probes, made and read with scapy; the only importer of it.

The first probe of a shape is built by scapy; those that follow differ from it in addresses, ports and mark only, and
are patched from its bytes, because building takes scapy a millisecond each.
"""

import struct
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from ipaddress import IPv4Address

from scapy.layers.inet import ICMP, IP, TCP, UDP
from scapy.layers.sctp import SCTP, SCTPChunkInit
from scapy.packet import Packet, Raw

from lab.model import Headers, Transport
from lab.traffic.checksum import checksum
from lab.traffic.decode import ASKED, PAYLOAD

TTL = 64
_MSS = 1400
_IP_BYTES, _ADDRESSES_AT = 20, 12
HEADER_BYTES = _IP_BYTES + 8 + PAYLOAD.size
"""Of a UDP or ICMP probe without padding: the IP header, the transport's, what carries the mark."""
_SUM_AT = {Transport.TCP: 16, Transport.UDP: 6, Transport.ICMP: 2}


@dataclass(frozen=True, slots=True)
class Shape:
    """What a probe looks like beyond its addresses.

    flags: TCP's, in scapy's letters; padding: more payload, bytes; whole: never to be fragmented.
    TCP without SYN carries the mark as data, on a connection of the kernel's, which numbers it as it goes; where it is
    crafted, sequence and acknowledgement are its numbers.
    """

    transport: Transport
    flags: str = "S"
    padding: int = 0
    whole: bool = False
    sequence: int = 0
    acknowledgement: int = 0


def craft(shape: Shape, headers: Headers, mark: int) -> bytes:
    """One probe as an IPv4 packet, by scapy."""
    flags = "DF" if shape.whole else ""
    source, destination = str(headers.source), str(headers.destination)
    ip = IP(src=source, dst=destination, ttl=headers.ttl, id=mark & 0xFFFF, flags=flags)
    return bytes(ip / _transport(shape, headers, mark))


@lru_cache(maxsize=64)
def _blank(shape: Shape, ttl: int) -> bytes:
    """A probe of a shape without mark, addresses and ports, kept: scapy takes a millisecond for each."""
    nowhere = IPv4Address(0)
    return craft(shape, Headers(nowhere, 0, nowhere, 0, shape.transport, ttl), 0)


def fragments(packet: bytes, size: int) -> list[bytes]:
    """A packet in fragments of at most `size` bytes of payload each, by scapy; they share its identification."""
    pieces = IP(packet).fragment(fragsize=size)  # type: ignore[no-untyped-call]  # scapy annotates it in part
    return [bytes(piece) for piece in pieces]


def template(shape: Shape, headers: Headers) -> Callable[[int, int], bytes]:
    """A maker of probes of one flow: (mark, source port) to bytes."""
    if shape.transport is Transport.SCTP or (shape.transport is Transport.TCP and "S" not in shape.flags):
        return lambda mark, port: craft(shape, replace(headers, source_port=port), mark)
    whole = _blank(shape, headers.ttl)
    head = whole[:_ADDRESSES_AT] + headers.source.packed + headers.destination.packed
    body = bytearray(whole[_IP_BYTES:])
    is_icmp = shape.transport is Transport.ICMP
    if not is_icmp:
        struct.pack_into("!H", body, 2, headers.destination_port)
    pseudo = b"" if is_icmp else _pseudo_header(head, len(body))
    port_at = 4 if is_icmp else 0
    sum_at = _SUM_AT[shape.transport]
    mark_at = 4 if shape.transport is Transport.TCP else struct.calcsize("!HHHH") + len(ASKED)

    def make(mark: int, port: int) -> bytes:
        struct.pack_into("!H", body, port_at, port)
        struct.pack_into("!I", body, mark_at, mark)
        struct.pack_into("!H", body, sum_at, 0)
        struct.pack_into("!H", body, sum_at, checksum(pseudo + body))
        # The kernel writes the IP header's own checksum on a raw socket.
        return head[:4] + struct.pack("!H", mark & 0xFFFF) + head[6:] + bytes(body)

    return make


def summary(packet: bytes) -> str:
    """A probe in scapy's words."""
    return str(IP(packet).summary())


def _transport(shape: Shape, headers: Headers, mark: int) -> Packet:
    sport, dport = headers.source_port, headers.destination_port
    payload = Raw(PAYLOAD.pack(ASKED, mark) + bytes(shape.padding))
    match shape.transport:
        case Transport.TCP:
            if "S" not in shape.flags:
                seq, ack = shape.sequence, shape.acknowledgement
                return TCP(sport=sport, dport=dport, seq=seq, ack=ack, flags=shape.flags) / payload
            options = [("MSS", _MSS)]
            return TCP(sport=sport, dport=dport, seq=mark, flags=shape.flags, window=64240, options=options)
        case Transport.UDP:
            return UDP(sport=sport, dport=dport) / payload
        case Transport.ICMP:
            return ICMP(type="echo-request", id=sport, seq=1) / payload
        case Transport.SCTP:
            init = SCTPChunkInit(init_tag=mark, a_rwnd=65536, n_out_streams=1, n_in_streams=1)
            return SCTP(sport=sport, dport=dport) / init


def _pseudo_header(ip: bytes, length: int) -> bytes:
    return ip[12:20] + struct.pack("!BBH", 0, ip[9], length)
