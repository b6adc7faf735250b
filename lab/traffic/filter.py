"""Keeps the API's own traffic out of the captures, with classic BPF: https://docs.kernel.org/networking/filter.html."""

import ctypes
import socket
import struct
from ipaddress import IPv4Address

_SO_ATTACH_FILTER = 26


def attach_filter(sock: socket.socket, ignored: IPv4Address) -> None:
    """Lets a socket whose packets start at the IP header see IPv4 only, and no TCP from or to this address.

    Not by port: masquerading gives a flow any source port, and now and then that of the API.
    """
    # Jumps count the steps to skip: accept is step 9, reject step 10.
    program = [
        (0x30, 0, 0, 0),  # 0: load byte 0
        (0x54, 0, 0, 0xF0),  # 1: its upper half
        (0x15, 0, 7, 0x40),  # 2: version 4, or reject
        (0x30, 0, 0, 9),  # 3: load the protocol
        (0x15, 0, 4, 6),  # 4: TCP, or accept
        (0x20, 0, 0, 12),  # 5: load the source address
        (0x15, 3, 0, int(ignored)),  # 6: reject
        (0x20, 0, 0, 16),  # 7: load the destination address
        (0x15, 1, 0, int(ignored)),  # 8: reject
        (0x06, 0, 0, 0xFFFF),  # 9: accept
        (0x06, 0, 0, 0),  # 10: reject
    ]
    code = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *step) for step in program))
    described = struct.pack("@HP", len(program), ctypes.addressof(code))
    sock.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, described)
