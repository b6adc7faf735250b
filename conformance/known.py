"""Claims that a proxy mode is known to answer otherwise. Strict both ways: the recorded outcome must be observed."""

from dataclasses import dataclass
from enum import StrEnum

from conformance.outcome import Forwarded, Outcome
from lab.model import Place
from lab.profiles import Profile, ProxyMode


class DifferenceKind(StrEnum):
    """Whether the difference is meant, or a bug that upstream knows."""

    DOCUMENTED = "documented"
    UPSTREAM_BUG = "upstream bug"


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownDifference:
    """What is observed in place of a claim's expectation. since, until: Kubernetes versions; until is open if empty."""

    claim: str
    proxy_mode: ProxyMode
    instead: Outcome
    kind: DifferenceKind
    reason: str
    link: str
    since: str = ""
    until: str = ""


_EXTERNAL_SERVICES = "https://github.com/kubernetes/kubernetes/blob/v1.36.2/pkg/proxy/iptables/proxier.go"
_NO_ENDPOINTS_FROM_A_NODE = (
    "the chain KUBE-EXTERNAL-SERVICES, which refuses, hangs on INPUT and FORWARD only; "
    "a node's own packets to an address that is not local pass OUTPUT and leave the node"
)

KNOWN_DIFFERENCES: tuple[KnownDifference, ...] = tuple(
    KnownDifference(
        claim=claim,
        proxy_mode=ProxyMode.IPTABLES,
        instead=Forwarded(Place.ROUTER),
        kind=DifferenceKind.DOCUMENTED,
        reason=_NO_ENDPOINTS_FROM_A_NODE,
        link=_EXTERNAL_SERVICES,
    )
    for claim in ("noep-lb-node.load_balancer_ip_from_node", "noep-lb-node.external_ip_from_node")
)


def known_difference(claim: str, profile: Profile) -> KnownDifference | None:
    """The known difference of this claim in this profile, if there is one."""
    for difference in KNOWN_DIFFERENCES:
        if difference.claim == claim and difference.proxy_mode is profile.proxy_mode:
            return difference
    return None
