"""Empties the connection tracking of the network namespace that this thread is in, or takes some entries out of it.

Since Linux 6.12 a deletion can name what to look for (CTA_FILTER); every kernel deletes an entry by its whole tuple,
and tells all that it has.
"""

import errno
import socket
from collections.abc import Collection, Iterator

from lab.errors import CommandFailed
from lab.rules import ctnetlink
from lab.rules.netlink import attributes, nested, number


def flush() -> None:
    """Deletes every entry: IPCTNL_MSG_CT_DELETE without a tuple. CommandFailed where the kernel refuses."""
    _delete(b"")


def flush_udp_to(ports: Collection[int]) -> None:
    """Deletes the entries of UDP whose first packet went to one of these ports. CommandFailed where it cannot be."""
    for original in list(_originals()):
        if is_udp_to(original, ports):
            _delete(nested(ctnetlink.ORIGINAL, original))


def is_udp_to(original: bytes, ports: Collection[int]) -> bool:
    """Whether an entry's first packet was UDP to one of these ports. original: its CTA_TUPLE_ORIG. Pure."""
    protocol = attributes(attributes(original).get(ctnetlink.PROTOCOL, b""))
    to = number(protocol.get(ctnetlink.DESTINATION_PORT, b""))
    return number(protocol.get(ctnetlink.NUMBER, b"")) == socket.IPPROTO_UDP and to in ports


def _originals() -> Iterator[bytes]:
    """The tuple of each entry's first packet, of all that are tracked."""
    for kind, answer in ctnetlink.answers(ctnetlink.GET, ctnetlink.REQUEST | ctnetlink.DUMP):
        if kind == ctnetlink.ERROR:
            refused = ctnetlink.error_number(answer)
            raise CommandFailed(f"the kernel did not tell what it tracks (errno {refused})")
        yield attributes(answer).get(ctnetlink.ORIGINAL, b"")


def _delete(which: bytes) -> None:
    flags = ctnetlink.REQUEST | ctnetlink.ACKNOWLEDGE
    _, answer = next(ctnetlink.answers(ctnetlink.DELETE, flags, which))
    refused = ctnetlink.error_number(answer)
    # An entry may have gone by itself.
    if refused and not (which and refused == errno.ENOENT):
        raise CommandFailed(f"the kernel did not empty its connection tracking (errno {refused})")
