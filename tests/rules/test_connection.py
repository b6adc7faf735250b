"""An entry of conntrack in words, out of the attributes that the kernel answers with."""

import struct
from ipaddress import IPv4Address

from lab.model import Transport
from lab.rules.connection import words
from lab.rules.netlink import attribute, attributes, nested


def _tuple(kind: int, source: str, destination: str, sport: int, dport: int) -> bytes:
    return nested(
        kind,
        nested(1, attribute(1, IPv4Address(source).packed), attribute(2, IPv4Address(destination).packed)),
        nested(
            2,
            attribute(1, bytes([6])),
            attribute(2, struct.pack(">H", sport)),
            attribute(3, struct.pack(">H", dport)),
        ),
    )


def _entry(status: int) -> dict[int, bytes]:
    return attributes(
        _tuple(1, "172.18.0.100", "172.18.0.13", 33047, 32053)
        + _tuple(2, "10.244.1.2", "10.244.3.0", 8080, 3760)
        + attribute(3, struct.pack(">I", status))
        + nested(4, nested(1, attribute(1, bytes([8]))))
        + attribute(7, struct.pack(">I", 9))
        + attribute(8, struct.pack(">I", 0x4000))
    )


def test_a_connection_is_in_the_kernels_words() -> None:
    """State and both directions, as /proc/net/nf_conntrack has them; assured where it is."""
    both = (
        "tcp 9 CLOSE src=172.18.0.100 dst=172.18.0.13 sport=33047 dport=32053 "
        "src=10.244.1.2 dst=10.244.3.0 sport=8080 dport=3760"
    )
    assert words(_entry(0b0010), Transport.TCP) == f"{both} mark=16384"
    assert words(_entry(0b0110), Transport.TCP) == f"{both} [ASSURED] mark=16384"


def test_a_connection_without_an_answer_says_so() -> None:
    """Unreplied stands between the two directions; a protocol without states has none."""
    said = words(_entry(0), Transport.UDP)
    assert said.startswith("udp 9 src=172.18.0.100")
    assert "dport=32053 [UNREPLIED] src=10.244.1.2" in said


def test_attributes_that_are_cut_short_are_left_out() -> None:
    """However the data ends, reading it does."""
    whole = attribute(1, b"abcd") + attribute(2, b"ef")
    assert attributes(whole) == {1: b"abcd", 2: b"ef"}
    for size in range(len(whole)):
        assert set(attributes(whole[:size])) <= {1, 2}
    assert attributes(struct.pack("=HH", 2, 1)) == {}
