"""Which entries of conntrack are of a tunnel, out of what the kernel tells of all."""

import errno
import struct
from ipaddress import IPv4Address

import pytest

from lab.rules.conntrack import is_udp_to
from lab.rules.ctnetlink import error_number, messages
from lab.rules.netlink import attribute, nested


def _original(protocol: int, port: int) -> bytes:
    address = (attribute(kind, IPv4Address(f"172.18.0.1{kind}").packed) for kind in (1, 2))
    ports = (attribute(2, struct.pack(">H", 8472)), attribute(3, struct.pack(">H", port)))
    return nested(1, *address) + nested(2, attribute(1, bytes([protocol])), *ports)


@pytest.mark.parametrize(
    ("protocol", "port", "is_one"), [(17, 8472, True), (17, 4789, True), (17, 8080, False), (6, 8472, False)]
)
def test_an_entry_of_a_tunnel_is_udp_to_its_port(protocol: int, port: int, *, is_one: bool) -> None:
    """The port that it comes from says nothing."""
    assert is_udp_to(_original(protocol, port), (4789, 8472)) is is_one


def test_an_entry_without_ports_is_of_no_tunnel() -> None:
    """As ICMP has none."""
    assert not is_udp_to(nested(2, attribute(1, bytes([1]))), (0, 8472))
    assert not is_udp_to(b"", (8472,))


def test_messages_come_several_at_once() -> None:
    """Each padded to four bytes; what is no message any more ends them."""
    each = [
        struct.pack("=IHHII", 16 + len(body), kind, 0, 1, 0) + body
        for kind, body in ((256, b"abcde"), (3, b""))
    ]
    data = each[0] + bytes(3) + each[1]
    assert list(messages(data)) == [(256, b"abcde"), (3, b"")]
    assert list(messages(data + bytes(16))) == [(256, b"abcde"), (3, b"")]
    assert list(messages(b"")) == []


def test_an_error_of_nothing_is_an_acknowledgement() -> None:
    """The kernel says both in the same way, with the errno below zero."""
    assert error_number(struct.pack("=i", 0) + bytes(16)) == 0
    assert error_number(struct.pack("=i", -2)) == errno.ENOENT
