"""The checksum of IP, TCP, UDP and ICMP. Pure."""

import struct

_IP_BYTES = 20


def checksum(data: bytes) -> int:
    """The Internet checksum (RFC 1071)."""
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    total = (total >> 16) + (total & 0xFFFF)
    total += total >> 16
    return ~total & 0xFFFF or 0xFFFF


def with_sum(packet: bytes) -> bytes:
    """A packet with the checksum of its IP header, which nobody writes on the way past the kernel's routing."""
    header = packet[:10] + b"\0\0" + packet[12:_IP_BYTES]
    return header[:10] + struct.pack("!H", checksum(header)) + packet[12:]
