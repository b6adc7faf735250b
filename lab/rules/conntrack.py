"""Empties the connection tracking of the network namespace that this thread is in, or takes some entries out of it.

Numbers: the kernel's include/uapi/linux/netfilter/nfnetlink_conntrack.h; what a filter looks at is one bit each, in
net/netfilter/nf_internals.h. Filters are there since Linux 5.8; an older one refuses a tuple without addresses.
"""

import socket
import struct

from lab.errors import CommandFailed
from lab.rules.netlink import attribute, nested

_NETLINK_NETFILTER = 12
_HEADER = struct.Struct("=IHHII")
_GENERIC = struct.Struct("=BBH")
_ERROR = struct.Struct("=i")
_CTNETLINK_DELETE = (1 << 8) | 2
_REQUEST_AND_ACKNOWLEDGE = 0x1 | 0x4
_ORIGINAL, _FILTER = 1, 25
_PROTOCOL, _NUMBER, _DESTINATION_PORT = 2, 1, 3
_OF_ORIGINAL = 1
_BY_NUMBER, _BY_DESTINATION_PORT = 1 << 3, 1 << 5


def flush() -> None:
    """Deletes every entry: IPCTNL_MSG_CT_DELETE without a tuple. CommandFailed where the kernel refuses."""
    _delete(b"")


def flush_udp_to(port: int) -> None:
    """Deletes the entries of UDP whose first packet went to this port. CommandFailed where the kernel refuses."""
    number = attribute(_NUMBER, bytes([socket.IPPROTO_UDP]))
    to = attribute(_DESTINATION_PORT, struct.pack("!H", port))
    looked_at = struct.pack("=I", _BY_NUMBER | _BY_DESTINATION_PORT)
    _delete(
        nested(_ORIGINAL, nested(_PROTOCOL, number, to)) + nested(_FILTER, attribute(_OF_ORIGINAL, looked_at))
    )


def _delete(which: bytes) -> None:
    length = _HEADER.size + _GENERIC.size + len(which)
    header = _HEADER.pack(length, _CTNETLINK_DELETE, _REQUEST_AND_ACKNOWLEDGE, 1, 0)
    request = header + _GENERIC.pack(socket.AF_INET, 0, 0) + which
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, _NETLINK_NETFILTER) as kernel:
        kernel.sendto(request, (0, 0))
        answer = kernel.recv(4096)
    [code] = _ERROR.unpack_from(answer, _HEADER.size)
    if code:
        raise CommandFailed(
            f"the kernel did not empty its connection tracking (errno {-code})",
            next_step="to take out some entries only, Linux 5.8 or newer" if which else "",
        )
