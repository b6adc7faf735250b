"""The kernel's messages about a traced packet, as include/uapi/linux/netfilter/nf_tables.h lays them out."""

import struct

from lab.rules.netlink import NESTED, attribute
from lab.rules.trace import Told, of_first, parse


def text(kind: int, value: str) -> bytes:
    """A string attribute."""
    return attribute(kind, value.encode() + b"\0")


def message(*attributes: bytes, kind: int = (10 << 8) | 17) -> bytes:
    """One nfnetlink message."""
    body = struct.pack("=BBH", 2, 0, 0) + b"".join(attributes)
    return struct.pack("=IHHII", 16 + len(body), kind, 0, 0, 0) + body


def rule(table: str, chain: str, handle: int, code: int, to: str = "") -> bytes:
    """A message of a rule with its verdict."""
    verdict = attribute(1, struct.pack(">i", code)) + (text(2, to) if to else b"")
    return message(
        text(1, table),
        text(2, chain),
        attribute(3, struct.pack(">Q", handle)),
        attribute(4, struct.pack(">I", 3)),
        attribute(5 | NESTED, verdict),
        attribute(15, struct.pack(">I", 2)),
    )


def test_each_verdict_is_told() -> None:
    """Jumps and gotos name their chain; all else is a word."""
    data = (
        rule("nat", "PREROUTING", 6, -3, "KUBE-SERVICES")
        + rule("nat", "KUBE-SERVICES", 38, -4, "KUBE-SVC-A")
        + rule("nat", "KUBE-SEP-B", 42, 1)
        + rule("filter", "KUBE-SERVICES", 149, 0)
        + rule("filter", "FORWARD", 20, -5)
        + rule("nat", "KUBE-MARK-MASQ", 37, -1)
    )
    assert list(parse(data)) == [
        ("ip nat", "PREROUTING", 6, "jump KUBE-SERVICES"),
        ("ip nat", "KUBE-SERVICES", 38, "goto KUBE-SVC-A"),
        ("ip nat", "KUBE-SEP-B", 42, "accept"),
        ("ip filter", "KUBE-SERVICES", 149, "drop"),
        ("ip filter", "FORWARD", 20, "return"),
        ("ip nat", "KUBE-MARK-MASQ", 37, "continue"),
    ]


def test_a_policy_is_told() -> None:
    """What no rule decided falls to the chain's policy: a message without verdict and handle."""
    policy = message(
        text(1, "filter"),
        text(2, "FORWARD"),
        attribute(4, struct.pack(">I", 1)),
        attribute(15, struct.pack(">I", 2)),
        attribute(16, struct.pack(">I", 1)),
    )
    assert list(parse(policy)) == [("ip filter", "FORWARD", 0, "policy accept")]


def test_other_messages_are_passed_over() -> None:
    """Only messages of tracing count."""
    assert list(parse(message(text(1, "nat"), kind=(10 << 8) | 15) + rule("nat", "X", 1, 1))) == [
        ("ip nat", "X", 1, "accept")
    ]


def test_a_header_that_claims_nothing_ends_the_datagram() -> None:
    """A message that says it is shorter than its header is the last that is read."""
    assert list(parse(struct.pack("=IHHII", 3, 0, 0, 0, 0) + rule("nat", "X", 1, 1))) == []


OWN_RULE: Told = ("ip svcproof-trace", "prerouting", 2, "continue")
OWN_POLICY: Told = ("ip svcproof-trace", "prerouting", 0, "policy accept")
DROPPED: Told = ("ip filter", "INPUT", 9, "drop")


def test_of_a_packet_that_is_sent_again_the_first_is_told() -> None:
    """A kernel sends a SYN again that nobody answers: it comes to the lab's own rule of the hook a second time."""
    assert list(of_first([OWN_RULE, OWN_POLICY, DROPPED, OWN_RULE, OWN_POLICY, DROPPED])) == [DROPPED]


def test_a_packet_that_a_node_sends_itself_is_one() -> None:
    """It comes to the rule of each hook, as it goes out and as it comes in."""
    out: Told = ("ip svcproof-trace", "output", 4, "continue")
    passed: Told = ("ip nat", "POSTROUTING", 7, "accept")
    assert list(of_first([out, passed, OWN_RULE, OWN_POLICY, DROPPED])) == [passed, DROPPED]
