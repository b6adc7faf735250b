"""Bytes to what they are for a marked probe. Pure, and on the hot path: every captured packet passes here.

What is made for each of them is a named tuple: a frozen dataclass takes three times as long to make. And the same
bytes are captured at several interfaces one after another: `decoder` takes them apart once.

Where the marks are, on the way out and on the way back (none of it is touched by address translation):

    TCP SYN    sequence number of the probe      acknowledgement number minus 1
    TCP data   payload                           payload, its first bytes changed by the echo
    UDP        payload                           payload, its first bytes changed by the echo
    ICMP echo  payload                           payload
    SCTP       initiate tag of the INIT          verification tag
    fragments  IP identification (after the first fragment)
    errors     whatever the quoted packet bears
"""

import struct
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from ipaddress import IPv4Address
from typing import NamedTuple

from lab.model import Headers, Part, Refusal, Transport, Tunnel

ASKED = b"svcp"
ANSWERED = b"svcr"
PAYLOAD = struct.Struct("!4sI")
"""What a probe with a payload carries: ASKED and the mark. The echo puts ANSWERED in the first four bytes."""

Ends = tuple[IPv4Address, int, IPv4Address, int]
"""Source address and port, destination address and port."""

Connection = tuple[bytes, int, bytes, int]
"""Address and port of who opened it, then of who was asked."""

VXLAN_PORTS = frozenset({4789, 8472})

_IP = struct.Struct("!BxHHHBBxx4s4s")  # version and length, total, id, fragment, ttl, protocol, from, to
_TCP = struct.Struct("!HHIIxB")
_UDP = struct.Struct("!HHH")
_SCTP = struct.Struct("!HHI4xB")
_SCTP_TAG = struct.Struct("!I")
_IP_VERSION = 4
_OFFSET, _MORE_FRAGMENTS = 0x1FFF, 0x2000
_ICMP_NUMBER, _IPIP_NUMBER, _TCP_NUMBER, _UDP_NUMBER, _SCTP_NUMBER = 1, 4, 6, 17, 132
_ECHO_REPLY, _UNREACHABLE, _ECHO_REQUEST = 0, 3, 8
_ICMP_ERRORS = frozenset({_UNREACHABLE, 11, 12})
_INIT, _ABORT, _INIT_BYTES = 1, 6, 20
_QUOTED_BYTES = 8
_ACK, _RST, _SYN = 0x10, 0x04, 0x02
_DATA_OFFSET_AT = 12
_ETHERNET_BYTES, _VXLAN_BYTES, _UDP_BYTES = 14, 8, 8

_ICMP_REFUSALS = {
    0: Refusal.NET_UNREACHABLE,
    1: Refusal.HOST_UNREACHABLE,
    2: Refusal.PROTOCOL_UNREACHABLE,
    3: Refusal.PORT_UNREACHABLE,
    9: Refusal.ADMIN_PROHIBITED,
    10: Refusal.ADMIN_PROHIBITED,
    13: Refusal.ADMIN_PROHIBITED,
}


@dataclass(frozen=True, slots=True)
class Known:
    """The marks to look for.

    fragments: IP identification to mark, for probes sent in fragments.
    mirrors: the ends of a reset to mark, for data on a connection: a reset that answers it bears no number of it
    that would be known beforehand, and so they grow while packets are decoded. None where there is no such data.
    connections: TCP connections of a sender's kernel to mark, by addresses and ports as the sender has them.
    """

    marks: Container[int]
    fragments: Mapping[int, int]
    mirrors: Mapping[Ends, int] | None = None
    connections: Mapping[Connection, int] = field(default_factory=dict)


class Decoded(NamedTuple):
    """A packet that belongs to a probe."""

    mark: int
    part: Part
    headers: Headers
    tunnel: Tunnel | None = None
    refusal: Refusal | None = None


class _Packet(NamedTuple):
    """An IPv4 packet taken apart as far as its transport."""

    source: bytes
    destination: bytes
    ttl: int
    protocol: int
    identification: int
    is_later_fragment: bool
    has_more_fragments: bool
    body: bytes

    def headers(self, transport: Transport, ports: tuple[int, int] = (0, 0)) -> Headers:
        source, destination = _address(self.source), _address(self.destination)
        return Headers(source, ports[0], destination, ports[1], transport, self.ttl)


@lru_cache(maxsize=4096)
def _address(packed: bytes) -> IPv4Address:
    """A lab has few, and the same ones pass again and again."""
    return IPv4Address(packed)


def decoder(known: Known) -> Callable[[bytes], Decoded | None]:
    """What decodes the packets of one look into the captures, each once, however many interfaces captured it.

    What a packet is stays so meanwhile: a mark is known before its probe is sent. Only mirrors grow as packets come.
    """
    if known.mirrors is not None:
        return lambda packet: decode(packet, known)
    return cache(lambda packet: decode(packet, known))


def decode(packet: bytes, known: Known) -> Decoded | None:
    """What a captured IPv4 packet is to one of the known probes; None where it is nothing."""
    taken = _take_apart(packet)
    if taken is None:
        return None
    inner, kind = _inside(taken)
    found = None if inner is None else decode(inner, known)
    if found is None:
        # Also where a port that masquerading picked at random looks like a tunnel's.
        return _of_transport(taken, known)
    tunnel = Tunnel(kind, _address(taken.source), _address(taken.destination), taken.has_more_fragments)
    return Decoded(found.mark, found.part, found.headers, tunnel, found.refusal)


def _take_apart(packet: bytes) -> _Packet | None:
    if len(packet) < _IP.size or packet[0] >> 4 != _IP_VERSION or (packet[0] & 0x0F) * 4 < _IP.size:
        return None
    first, _, identification, fragment, ttl, protocol, source, destination = _IP.unpack_from(packet)
    body = packet[(first & 0x0F) * 4 :]
    later, more = bool(fragment & _OFFSET), bool(fragment & _MORE_FRAGMENTS)
    return _Packet(source, destination, ttl, protocol, identification, later, more, body)


def _inside(outer: _Packet) -> tuple[bytes | None, str]:
    """The packet inside a tunnel's packet, and the kind of the tunnel."""
    if outer.protocol == _IPIP_NUMBER:
        return outer.body, "ipip"
    if outer.protocol == _UDP_NUMBER and len(outer.body) >= _UDP_BYTES and not outer.is_later_fragment:
        _, to, _ = _UDP.unpack_from(outer.body)
        if to in VXLAN_PORTS:
            return outer.body[_UDP_BYTES + _VXLAN_BYTES + _ETHERNET_BYTES :], "vxlan"
    return None, ""


def _of_transport(packet: _Packet, known: Known) -> Decoded | None:
    if packet.is_later_fragment:
        return _later_fragment(packet, known)
    if packet.protocol == _TCP_NUMBER:
        return _of_connection(packet, known) or _tcp(packet, known)
    if packet.protocol == _UDP_NUMBER:
        return _udp(packet, known)
    if packet.protocol == _ICMP_NUMBER:
        return _icmp(packet, known)
    return _sctp(packet, known) if packet.protocol == _SCTP_NUMBER else None


def _later_fragment(packet: _Packet, known: Known) -> Decoded | None:
    mark = known.fragments.get(packet.identification)
    if mark is None or packet.protocol != _UDP_NUMBER:
        return None
    return Decoded(mark, Part.PROBE, packet.headers(Transport.UDP))


def _tcp(packet: _Packet, known: Known) -> Decoded | None:
    if len(packet.body) < _TCP.size:
        return _tcp_quoted(packet, known)
    source, destination, sequence, acknowledgement, flags = _TCP.unpack_from(packet.body)
    ports = (source, destination)
    # The number that an answer begins with is its pod's choice: once in forty batches of 10,000 it is some mark.
    is_answer = flags & _RST or (flags & _SYN and flags & _ACK)
    if not is_answer and sequence in known.marks:
        return Decoded(sequence, Part.PROBE, packet.headers(Transport.TCP, ports))
    back = (acknowledgement - 1) & 0xFFFFFFFF
    if not flags & _ACK or back not in known.marks:
        return _reset_of_data(packet, ports, known) if flags & _RST else _data(packet, ports, known)
    if flags & _RST:
        headers = packet.headers(Transport.TCP, ports)
        return Decoded(back, Part.REFUSAL, headers, refusal=Refusal.TCP_RESET)
    if flags & _SYN:
        return Decoded(back, Part.REPLY, packet.headers(Transport.TCP, ports))
    return None


def _of_connection(packet: _Packet, known: Known) -> Decoded | None:
    """A segment of a connection that a sender's kernel keeps: of its own, of the other side, or that side's refusal."""
    if not known.connections or len(packet.body) < _TCP.size:
        return None
    source, destination, _, _, flags = _TCP.unpack_from(packet.body)
    ports = (source, destination)
    headers = packet.headers(Transport.TCP, ports)
    asking = known.connections.get((packet.source, ports[0], packet.destination, ports[1]))
    if asking is not None:
        return Decoded(asking, Part.PROBE, headers)
    answering = known.connections.get((packet.destination, ports[1], packet.source, ports[0]))
    if answering is None:
        return None
    if flags & _RST:
        return Decoded(answering, Part.REFUSAL, headers, refusal=Refusal.TCP_RESET)
    return Decoded(answering, Part.REPLY, headers)


def _data(packet: _Packet, ports: tuple[int, int], known: Known) -> Decoded | None:
    """A segment whose data is a probe or its answer; also one that an ICMP error quotes."""
    start = (packet.body[_DATA_OFFSET_AT] >> 4) * 4
    found = _payload(packet.body, known, start)
    if found is None:
        return None
    mark, magic = found
    part = Part.PROBE if magic == ASKED else Part.REPLY
    return Decoded(mark, part, packet.headers(Transport.TCP, ports))


def _reset_of_data(packet: _Packet, ports: tuple[int, int], known: Known) -> Decoded | None:
    """A reset that goes back where data of a connection came from."""
    if not known.mirrors:
        return None
    headers = packet.headers(Transport.TCP, ports)
    ends = (headers.source, headers.source_port, headers.destination, headers.destination_port)
    mark = known.mirrors.get(ends)
    return None if mark is None else Decoded(mark, Part.REFUSAL, headers, refusal=Refusal.TCP_RESET)


def mirror(headers: Headers) -> Ends:
    """The ends of what answers a packet with these headers."""
    return headers.destination, headers.destination_port, headers.source, headers.source_port


def _tcp_quoted(packet: _Packet, known: Known) -> Decoded | None:
    """An ICMP error must quote 8 bytes only: ports and sequence number."""
    if len(packet.body) < _QUOTED_BYTES:
        return None
    source, destination, sequence = struct.unpack_from("!HHI", packet.body)
    if sequence not in known.marks:
        return None
    return Decoded(sequence, Part.PROBE, packet.headers(Transport.TCP, (source, destination)))


def _udp(packet: _Packet, known: Known) -> Decoded | None:
    found = _payload(packet.body, known)
    if found is None:
        return None
    mark, magic = found
    source, destination, _ = _UDP.unpack_from(packet.body)
    part = Part.PROBE if magic == ASKED else Part.REPLY
    return Decoded(mark, part, packet.headers(Transport.UDP, (source, destination)))


def _payload(body: bytes, known: Known, start: int = _UDP_BYTES) -> tuple[int, bytes] | None:
    """The mark behind a header (of 8 bytes for UDP and ICMP), and the bytes before it."""
    if len(body) < start + PAYLOAD.size:
        return None
    magic: bytes
    mark: int
    magic, mark = PAYLOAD.unpack_from(body, start)
    return (mark, magic) if magic in (ASKED, ANSWERED) and mark in known.marks else None


def _icmp(packet: _Packet, known: Known) -> Decoded | None:
    if len(packet.body) < _UDP_BYTES:
        return None
    kind, code = packet.body[0], packet.body[1]
    if kind in (_ECHO_REQUEST, _ECHO_REPLY):
        found = _payload(packet.body, known)
        part = Part.PROBE if kind == _ECHO_REQUEST else Part.REPLY
        return found and Decoded(found[0], part, packet.headers(Transport.ICMP))
    if kind not in _ICMP_ERRORS:
        return None
    quoted = _take_apart(packet.body[_UDP_BYTES:])
    about = None if quoted is None else _of_transport(quoted, known)
    if about is None or about.part is not Part.PROBE:
        return None  # About a reply, or about nothing of ours.
    refusal = _ICMP_REFUSALS.get(code, Refusal.OTHER) if kind == _UNREACHABLE else Refusal.OTHER
    return Decoded(about.mark, Part.REFUSAL, packet.headers(Transport.ICMP), refusal=refusal)


def _sctp(packet: _Packet, known: Known) -> Decoded | None:
    if len(packet.body) < _SCTP.size:
        return None
    source, destination, verification, chunk = _SCTP.unpack_from(packet.body)
    headers = packet.headers(Transport.SCTP, (source, destination))
    if chunk == _INIT and len(packet.body) >= _INIT_BYTES:
        [tag] = _SCTP_TAG.unpack_from(packet.body, 16)
        return Decoded(tag, Part.PROBE, headers) if tag in known.marks else None
    if verification not in known.marks:
        return None
    if chunk == _ABORT:
        return Decoded(verification, Part.REFUSAL, headers, refusal=Refusal.SCTP_ABORT)
    return Decoded(verification, Part.REPLY, headers)
