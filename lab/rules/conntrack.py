"""Empties the connection tracking of the network namespace that this thread is in, or takes some entries out of it.

Numbers: the kernel's include/uapi/linux/netfilter/nfnetlink_conntrack.h. Since Linux 6.12 a deletion can name what to
look for (CTA_FILTER); every kernel deletes an entry by its whole tuple, and tells all that it has.
"""

import errno
import socket
import struct
from collections.abc import Collection, Iterator

from lab.errors import CommandFailed
from lab.rules.netlink import attributes, nested, number

_NETLINK_NETFILTER = 12
_HEADER = struct.Struct("=IHHII")
_GENERIC = struct.Struct("=BBH")
_ERROR = struct.Struct("=i")
_CTNETLINK_GET, _CTNETLINK_DELETE = (1 << 8) | 1, (1 << 8) | 2
_REQUEST, _ACKNOWLEDGE, _DUMP = 0x1, 0x4, 0x300
_IS_ERROR, _IS_DONE = 2, 3
_ORIGINAL, _PROTOCOL, _NUMBER, _DESTINATION_PORT = 1, 2, 1, 3
_MOST_BYTES = 1 << 16


def flush() -> None:
    """Deletes every entry: IPCTNL_MSG_CT_DELETE without a tuple. CommandFailed where the kernel refuses."""
    _delete(b"")


def flush_udp_to(ports: Collection[int]) -> None:
    """Deletes the entries of UDP whose first packet went to one of these ports. CommandFailed where it cannot be."""
    for original in list(_originals()):
        if is_udp_to(original, ports):
            _delete(nested(_ORIGINAL, original))


def is_udp_to(original: bytes, ports: Collection[int]) -> bool:
    """Whether an entry's first packet was UDP to one of these ports. original: its CTA_TUPLE_ORIG. Pure."""
    protocol = attributes(attributes(original).get(_PROTOCOL, b""))
    to = number(protocol.get(_DESTINATION_PORT, b""))
    return number(protocol.get(_NUMBER, b"")) == socket.IPPROTO_UDP and to in ports


def _originals() -> Iterator[bytes]:
    """The tuple of each entry's first packet, of all that are tracked."""
    with _asked(_CTNETLINK_GET, _REQUEST | _DUMP, b"") as kernel:
        while True:
            for kind, body in messages(kernel.recv(_MOST_BYTES)):
                if kind == _IS_DONE:
                    return
                if kind == _IS_ERROR:
                    [code] = _ERROR.unpack_from(body)
                    raise CommandFailed(f"the kernel did not tell what it tracks (errno {-code})")
                yield attributes(body[_GENERIC.size :]).get(_ORIGINAL, b"")


def messages(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The kinds and bodies of netlink messages that came together. Pure."""
    at = 0
    while at + _HEADER.size <= len(data):
        length, kind, _, _, _ = _HEADER.unpack_from(data, at)
        if length < _HEADER.size:
            return
        yield kind, data[at + _HEADER.size : at + length]
        at += length + (-length % 4)


def _delete(which: bytes) -> None:
    with _asked(_CTNETLINK_DELETE, _REQUEST | _ACKNOWLEDGE, which) as kernel:
        answer = kernel.recv(_MOST_BYTES)
    [code] = _ERROR.unpack_from(answer, _HEADER.size)
    # An entry may have gone by itself.
    if code and not (which and -code == errno.ENOENT):
        raise CommandFailed(f"the kernel did not empty its connection tracking (errno {-code})")


def _asked(kind: int, flags: int, body: bytes) -> socket.socket:
    """A socket on which the kernel was asked."""
    length = _HEADER.size + _GENERIC.size + len(body)
    request = _HEADER.pack(length, kind, flags, 1, 0) + _GENERIC.pack(socket.AF_INET, 0, 0) + body
    kernel = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, _NETLINK_NETFILTER)
    kernel.sendto(request, (0, 0))
    return kernel
