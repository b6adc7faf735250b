"""Keeps the API's own traffic out of the captures, with classic BPF: https://docs.kernel.org/networking/filter.html.

The kernel decides, so that what a capture need not see costs it nothing.
"""

import ctypes
import socket
import struct
from ipaddress import IPv4Address

_SO_ATTACH_FILTER = 26
ARP_REQUEST = 0x0001_0800, 0x0604_0001
"""How ARP requests for IPv4 over Ethernet begin, in two words (RFC 826). No IPv4 packet begins with 0."""


def attach_filter(sock: socket.socket, ignored: IPv4Address) -> None:
    """Lets a socket whose packets start behind the frame's header see IPv4, but no TCP from or to this address.

    And ARP requests. Not by port: masquerading gives a flow any source port, and now and then that of the API.
    """
    # Jumps count the steps to skip: accept is step 13, reject step 14.
    program = [
        (0x20, 0, 0, 0),  # 0: load the first word
        (0x15, 0, 2, ARP_REQUEST[0]),  # 1: ARP, or on with 4
        (0x20, 0, 0, 4),  # 2: load the second
        (0x15, 9, 10, ARP_REQUEST[1]),  # 3: accept a request, reject an answer
        (0x30, 0, 0, 0),  # 4: load byte 0
        (0x54, 0, 0, 0xF0),  # 5: its upper half
        (0x15, 0, 7, 0x40),  # 6: version 4, or reject
        (0x30, 0, 0, 9),  # 7: load the protocol
        (0x15, 0, 4, 6),  # 8: TCP, or accept
        (0x20, 0, 0, 12),  # 9: load the source address
        (0x15, 3, 0, int(ignored)),  # 10: reject
        (0x20, 0, 0, 16),  # 11: load the destination address
        (0x15, 1, 0, int(ignored)),  # 12: reject
        (0x06, 0, 0, 0xFFFF),  # 13: accept
        (0x06, 0, 0, 0),  # 14: reject
    ]
    code = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *step) for step in program))
    described = struct.pack("@HP", len(program), ctypes.addressof(code))
    sock.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, described)
