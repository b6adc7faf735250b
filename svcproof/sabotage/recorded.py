"""What is known of faults that survive: that they change nothing, or which claim is owed. Anything else fails a run."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from lab.profiles import ProxyMode


@dataclass(frozen=True, slots=True)
class Recorded:
    """pattern: a regular expression for whole names of faults. modes: in which it is so.

    why: in terms of packets, why nobody sees a difference, or who would. owed: the claim that would notice; empty
    where the fault changes nothing for any sender and target of the lab.
    """

    pattern: str
    modes: frozenset[ProxyMode]
    why: str
    owed: str = ""

    def covers(self, name: str, mode: ProxyMode) -> bool:
        """Whether this record speaks of a fault."""
        return mode in self.modes and re.fullmatch(self.pattern, name) is not None


NFTABLES = frozenset({ProxyMode.NFTABLES})
IPTABLES = frozenset({ProxyMode.IPTABLES})
BOTH = NFTABLES | IPTABLES


def record_of(name: str, mode: ProxyMode, records: Iterable[Recorded]) -> Recorded | None:
    """The first record that speaks of this fault."""
    return next((each for each in records if each.covers(name, mode)), None)
