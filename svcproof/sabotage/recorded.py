"""What is known of faults that survive: that they change nothing, or which claim is owed. Anything else fails a run."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from lab.profiles import NetworkName, Profile, ProxyMode


@dataclass(frozen=True, slots=True)
class Recorded:
    """pattern: a regular expression for whole names of faults. modes: in which it is so.

    why: in terms of packets, why nobody sees a difference, or who would. owed: the claim that would notice; empty
    where the fault changes nothing for any sender and target of the lab. network: where only in this one it is so.
    """

    pattern: str
    modes: frozenset[ProxyMode]
    why: str
    owed: str = ""
    network: NetworkName | None = None

    def covers(self, name: str, profile: Profile) -> bool:
        """Whether this record speaks of a fault."""
        here = profile.proxy_mode in self.modes and self.network in (None, profile.network)
        return here and re.fullmatch(self.pattern, name) is not None


NFTABLES = frozenset({ProxyMode.NFTABLES})
IPTABLES = frozenset({ProxyMode.IPTABLES})
BOTH = NFTABLES | IPTABLES


def record_of(name: str, profile: Profile, records: Iterable[Recorded]) -> Recorded | None:
    """The first record that speaks of this fault."""
    return next((each for each in records if each.covers(name, profile)), None)
