"""One connection of the network namespace that this thread is in, as its conntrack has it.

The whole table costs tens of milliseconds to read, whatever is in it; asked by its addresses, an entry costs none.
Numbers: the kernel's include/uapi/linux/netfilter/nfnetlink_conntrack.h and nf_conntrack_common.h.
"""

import errno
import struct
from ipaddress import IPv4Address

from lab.errors import CommandFailed
from lab.model import Headers, Transport
from lab.rules import ctnetlink
from lab.rules.ctnetlink import DESTINATION_PORT, IP, NUMBER, ORIGINAL, PROTOCOL, REPLY, SOURCE_PORT
from lab.rules.netlink import attribute, attributes, nested, number

_STATUS, _PROTOCOL_INFO, _TIMEOUT, _MARK = 3, 4, 7, 8
_SOURCE, _DESTINATION = 1, 2
_SEEN_REPLY, _ASSURED = 1 << 1, 1 << 2
_NUMBERS = {Transport.TCP: 6, Transport.UDP: 17, Transport.SCTP: 132}
_TCP_STATES = (
    "NONE",
    "SYN_SENT",
    "SYN_RECV",
    "ESTABLISHED",
    "FIN_WAIT",
    "CLOSE_WAIT",
    "LAST_ACK",
    "TIME_WAIT",
    "CLOSE",
    "SYN_SENT2",
)


def connection(asked: Headers) -> str:
    """The entry whose first packet had these addresses, as a line; empty where there is none, and for ICMP."""
    protocol = _NUMBERS.get(asked.transport)
    if protocol is None:
        return ""
    kind, answer = next(ctnetlink.answers(ctnetlink.GET, ctnetlink.REQUEST, _tuple(asked, protocol)))
    if kind == ctnetlink.ERROR:
        refused = ctnetlink.error_number(answer)
        if refused == errno.ENOENT:
            return ""
        raise CommandFailed(f"the kernel did not show a connection (errno {refused})")
    return words(attributes(answer), asked.transport)


def words(found: dict[int, bytes], transport: Transport) -> str:
    """An entry in the words of /proc/net/nf_conntrack. Pure."""
    status = number(found.get(_STATUS, b""))
    parts = [transport.value.lower(), str(number(found.get(_TIMEOUT, b"")))]
    info = attributes(attributes(found.get(_PROTOCOL_INFO, b"")).get(1, b""))
    if transport is Transport.TCP and 1 in info:
        state = number(info[1])
        parts.append(_TCP_STATES[state] if state < len(_TCP_STATES) else str(state))
    parts.append(_tuple_words(found.get(ORIGINAL, b"")))
    parts += [] if status & _SEEN_REPLY else ["[UNREPLIED]"]
    parts.append(_tuple_words(found.get(REPLY, b"")))
    parts += ["[ASSURED]"] if status & _ASSURED else []
    return " ".join([*parts, f"mark={number(found.get(_MARK, b''))}"])


def _tuple(asked: Headers, protocol: int) -> bytes:
    return nested(
        ORIGINAL,
        nested(
            IP, attribute(_SOURCE, asked.source.packed), attribute(_DESTINATION, asked.destination.packed)
        ),
        nested(
            PROTOCOL,
            attribute(NUMBER, bytes([protocol])),
            attribute(SOURCE_PORT, struct.pack(">H", asked.source_port)),
            attribute(DESTINATION_PORT, struct.pack(">H", asked.destination_port)),
        ),
    )


def _tuple_words(data: bytes) -> str:
    sides = attributes(data)
    address, protocol = attributes(sides.get(IP, b"")), attributes(sides.get(PROTOCOL, b""))
    return (
        f"src={IPv4Address(address[_SOURCE])} dst={IPv4Address(address[_DESTINATION])} "
        f"sport={number(protocol.get(SOURCE_PORT, b''))} dport={number(protocol.get(DESTINATION_PORT, b''))}"
    )
