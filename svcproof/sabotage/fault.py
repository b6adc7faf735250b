"""A fault: one entry of the rules, and what stands in its place while the fault lasts. Pure."""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from lab.rules.ruleset import Ruleset, Spot

_OWN = (
    (re.compile(r"default/[a-z0-9-]+"), "default/*"),
    (re.compile(r"\((?:[a-z0-9-]+)(?::[a-z0-9-]+)?( pod-[abc]\d)?:?\d*\)"), "(*)"),
    (
        re.compile(r"pod-[abc]\d|worker-[abc](?:\((?:secondary|other network)\))?|10\.244\.\d+\.\d+(?:/24)?"),
        "*",
    ),
    (re.compile(r"(?<=default/\*)[/:][a-z0-9/-]+"), ""),
    (re.compile(r"mod \d+ (v?map) \{[^}]*\}"), r"mod n \1 {*}"),
    (re.compile(r"--probability [\d.]+"), "--probability p"),
    (re.compile(r"--seconds \d+"), "--seconds n"),
    (re.compile(r"(?<![\d.])\d{2,5}(?![\d./])|node-port\(\*\)"), "n"),
    (re.compile(r"\b(?:tcp|udp|sctp)\b"), "p"),
    (re.compile(r"(?:load-balancer-ip|external-ip)\(\*\)"), "outside-ip(*)"),
)
"""What differs between rules that kube-proxy writes by the same code for different Services."""


class Kind(StrEnum):
    """What is broken. The kinds from KUBE_PROXY_KILLED on lie beside the rules."""

    DELETE = "delete"
    OTHER_ENDPOINT = "other-endpoint"
    OTHER_PORT = "other-port"
    DROP_MARK = "drop-mark"
    ADD_MARK = "add-mark"
    PROBABILITY = "probability"
    WIDEN = "widen"
    NARROW = "narrow"
    REJECT_TO_DROP = "reject-to-drop"
    DROP_TO_REJECT = "drop-to-reject"
    FORGET_AFFINITY = "forget-affinity"
    TIME_OUT = "time-out"
    KUBE_PROXY_KILLED = "kube-proxy-killed"
    CONNTRACK_FLUSHED = "conntrack-flushed"
    IP_FORWARD_OFF = "ip-forward-off"
    RP_FILTER_STRICT = "rp-filter-strict"
    FOREIGN_TABLE_DROP = "foreign-table-drop"
    RULES_GONE = "rules-gone"
    FOREIGN_TABLE_TRANSLATES = "foreign-table-translates"
    CONNTRACK_LIBERAL = "conntrack-liberal"
    ENDPOINT_NAMESPACE_GONE = "endpoint-namespace-gone"
    POD_NETWORK = "pod-network"


OPPOSITES = frozenset({Kind.RULES_GONE, Kind.FOREIGN_TABLE_TRANSLATES})
"""No flow to a Service comes to the same with both: a claim about one must notice at least one of them."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One change of the rules.

    becomes: what stands in place of the entry; nothing where it is deleted.
    change: the fault in words that are the same in every run. service: whose entry it is; empty where it is shared.
    owned: whether the entry stands in a chain of that Service alone, which other Services' packets never come to.
    """

    kind: Kind
    spot: Spot
    entry: str
    becomes: tuple[str, ...]
    change: str
    service: str
    owned: bool

    @property
    def name(self) -> str:
        """The fault as the table shows it."""
        return f"{self.kind}: {self.change}"

    @property
    def chooses(self) -> bool:
        """Whether the entry decides between endpoints by chance."""
        return "numgen" in self.entry or "--mode random" in self.entry

    @property
    def sticks(self) -> bool:
        """Whether the entry concerns the clients of one endpoint only, by session affinity."""
        return (
            "-m recent" in self.entry or "@affinity" in self.entry or self.spot.name.startswith("endpoint-")
        )


def broken(rules: Ruleset, fault: Fault) -> Ruleset:
    """The rules with the fault in them. ValueError where its entry does not stand there."""
    return rules.replaced(fault.spot, fault.entry, fault.becomes)


@cache
def shape_of(name: str) -> str:
    """A fault's name without what differs between Services of the same kind."""
    for pattern, by in _OWN:
        name = pattern.sub(by, name)
    return name
