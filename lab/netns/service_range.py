"""Finds out, by packets, whether every kube-proxy in nftables mode drops what no Service has.

kube-proxy 1.36 stores the ranges of ServiceCIDR objects as they come, and writes the rule that drops with its next
full sync only: where the first one was before them, the rule is missing until something else asks for another, after
an hour at the latest (https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/proxy/nftables/proxier.go
OnServiceCIDRsChanged, docs/findings.md).
"""

from dataclasses import dataclass, field

from lab.api import Deviation
from lab.kube import Kube
from lab.model import Place, Transport
from lab.netns import plan
from lab.netns.told_again import told_again
from lab.polling import Limit, wait_until
from lab.profiles import ProxyMode
from lab.traffic.craft import Shape
from lab.traffic.exchange import Exchange
from lab.traffic.way import Way

_PORT = 80


@dataclass(slots=True)
class ServiceRange:
    """The range of cluster IPs, as nodes know it. missed: nodes of which one start of kube-proxy did not."""

    kube: Kube
    exchange: Exchange
    mode: ProxyMode
    missed: list[Place] = field(default_factory=list)

    def wait(self) -> None:
        """Returns when every node drops; asks for a full sync where one does not, by a change of its topology."""
        if self.mode is ProxyMode.NFTABLES:
            self.missed += told_again(self.kube, self._wait_node)

    def deviations(self) -> tuple[Deviation, ...]:
        """What had to be done for kube-proxies whose first sync was before they knew the range."""
        return tuple(
            Deviation(
                f"kube-proxy on {node} did not drop what no Service has; the lab had it sync in full once more",
                "a race in kube-proxy's start, see docs/findings.md; without this, the rule would be missing there",
            )
            for node in self.missed
        )

    def _wait_node(self, node: Place, limit: Limit) -> None:
        way = Way(node, 0, plan.UNALLOCATED, _PORT, Shape(Transport.UDP))
        what = f"kube-proxy on {node} drops packets to a cluster IP that no Service has"
        wait_until(what, limit, lambda: self.exchange.is_refused_by_sender(way) or None)
