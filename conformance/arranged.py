"""Brings a cluster into the circumstances of a claim, changing only what differs from those of the claim before."""

from collections.abc import Collection, Mapping

from lab.api import Cluster
from lab.model import Circumstance, Place, PodIs, PodState, ProxyHas


class Arranged:
    """The circumstances that a cluster is in. At first every pod is ready and kube-proxy has its defaults."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._pods: Mapping[Place, PodState] = {}
        self._proxy = ProxyHas()

    def arrange(self, when: Collection[Circumstance]) -> None:
        """Makes exactly these circumstances so, and all others as at first."""
        proxies = [each for each in when if isinstance(each, ProxyHas)]
        pods = {each.pod: each.state for each in when if isinstance(each, PodIs)}
        proxy = proxies[0] if proxies else ProxyHas()
        changed = _changes(self._pods, pods)
        if changed:
            self._cluster.set_pods(changed)
            self._pods = pods
        if proxy != self._proxy:
            self._cluster.set_proxy(proxy)
            self._proxy = proxy


def _changes(before: Mapping[Place, PodState], after: Mapping[Place, PodState]) -> dict[Place, PodState]:
    """The pods whose state must change; those that are no longer named become ready."""
    return {
        pod: after.get(pod, PodState.READY)
        for pod in sorted({*before, *after})
        if before.get(pod, PodState.READY) is not after.get(pod, PodState.READY)
    }
