"""Keeps the API's own traffic out of the captures, with classic BPF: https://docs.kernel.org/networking/filter.html."""

import ctypes
import socket
import struct

_SO_ATTACH_FILTER = 26


def attach_filter(sock: socket.socket, ignored_port: int) -> None:
    """Lets a socket whose packets start at the IP header see IPv4 only, and no TCP with this port on either side."""
    # Jumps count the steps to skip: accept is step 10, reject step 11.
    program = [
        (0x30, 0, 0, 0),  # 0: load byte 0
        (0x54, 0, 0, 0xF0),  # 1: its upper half
        (0x15, 0, 8, 0x40),  # 2: version 4, or reject
        (0x30, 0, 0, 9),  # 3: load the protocol
        (0x15, 0, 5, 6),  # 4: TCP, or accept
        (0xB1, 0, 0, 0),  # 5: x = length of the IP header
        (0x48, 0, 0, 0),  # 6: load the source port
        (0x15, 3, 0, ignored_port),  # 7: reject
        (0x48, 0, 0, 2),  # 8: load the destination port
        (0x15, 1, 0, ignored_port),  # 9: reject
        (0x06, 0, 0, 0xFFFF),  # 10: accept
        (0x06, 0, 0, 0),  # 11: reject
    ]
    code = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *step) for step in program))
    described = struct.pack("@HP", len(program), ctypes.addressof(code))
    sock.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, described)
