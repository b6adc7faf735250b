"""Empties the connection tracking of the network namespace that this thread is in."""

import socket
import struct

from lab.errors import CommandFailed

_NETLINK_NETFILTER = 12
_HEADER = struct.Struct("=IHHII")
_GENERIC = struct.Struct("=BBH")
_ERROR = struct.Struct("=i")
_CTNETLINK_DELETE = (1 << 8) | 2
_REQUEST_AND_ACKNOWLEDGE = 0x1 | 0x4


def flush() -> None:
    """Deletes every entry: IPCTNL_MSG_CT_DELETE without a tuple. CommandFailed where the kernel refuses."""
    length = _HEADER.size + _GENERIC.size
    header = _HEADER.pack(length, _CTNETLINK_DELETE, _REQUEST_AND_ACKNOWLEDGE, 1, 0)
    request = header + _GENERIC.pack(socket.AF_INET, 0, 0)
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, _NETLINK_NETFILTER) as kernel:
        kernel.sendto(request, (0, 0))
        answer = kernel.recv(4096)
    [code] = _ERROR.unpack_from(answer, _HEADER.size)
    if code:
        raise CommandFailed(f"the kernel did not empty its connection tracking (errno {-code})")
