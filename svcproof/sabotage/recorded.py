"""Faults that may survive, each with the reason in terms of packets. Everything else that survives fails a run."""

import re
from dataclasses import dataclass

from lab.profiles import ProxyMode


@dataclass(frozen=True, slots=True)
class Recorded:
    """pattern: a regular expression for whole names of faults. modes: in which it is so. why: what packets see."""

    pattern: str
    modes: frozenset[ProxyMode]
    why: str


NFTABLES = frozenset({ProxyMode.NFTABLES})
IPTABLES = frozenset({ProxyMode.IPTABLES})
BOTH = NFTABLES | IPTABLES

RECORDED: tuple[Recorded, ...] = ()


def reason_for(name: str, mode: ProxyMode) -> str:
    """The reason on record why this fault may survive; empty where there is none."""
    for recorded in RECORDED:
        if mode in recorded.modes and re.fullmatch(recorded.pattern, name):
            return recorded.why
    return ""
