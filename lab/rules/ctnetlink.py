"""Asks the connection tracking of the network namespace that this thread is in, over netlink.

Numbers: the kernel's include/uapi/linux/netlink.h and include/uapi/linux/netfilter/nfnetlink_conntrack.h.
"""

import socket
import struct
from collections.abc import Iterator

GET, DELETE = (1 << 8) | 1, (1 << 8) | 2
ERROR, DONE = 2, 3
REQUEST, ACKNOWLEDGE, DUMP = 0x1, 0x4, 0x300
ORIGINAL, REPLY = 1, 2
IP, PROTOCOL = 1, 2
NUMBER, SOURCE_PORT, DESTINATION_PORT = 1, 2, 3

_NETLINK_NETFILTER = 12
_HEADER = struct.Struct("=IHHII")
_GENERIC = struct.pack("=BBH", socket.AF_INET, 0, 0)
_CODE = struct.Struct("=i")
_MOST_BYTES = 1 << 16


def answers(kind: int, flags: int, body: bytes = b"") -> Iterator[tuple[int, bytes]]:
    """What the kernel answers, message by message: kind and body, for an error its code. Ends with a dump's end.

    Who asks for one answer takes one: the kernel says no more, and the next would be waited for.
    """
    request = _HEADER.pack(_HEADER.size + len(_GENERIC) + len(body), kind, flags, 1, 0) + _GENERIC + body
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, _NETLINK_NETFILTER) as kernel:
        kernel.sendto(request, (0, 0))
        while True:
            for said, answer in messages(kernel.recv(_MOST_BYTES)):
                if said == DONE:
                    return
                yield said, answer if said == ERROR else answer[len(_GENERIC) :]


def error_number(answer: bytes) -> int:
    """The errno that an answer of the kind ERROR bears; 0 is an acknowledgement. Pure."""
    [code] = _CODE.unpack_from(answer)
    return -int(code)


def messages(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The kinds and bodies of netlink messages that came together. Pure."""
    at = 0
    while at + _HEADER.size <= len(data):
        length, kind, _, _, _ = _HEADER.unpack_from(data, at)
        if length < _HEADER.size:
            return
        yield kind, data[at + _HEADER.size : at + length]
        at += length + (-length % 4)
