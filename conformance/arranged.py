"""Brings a cluster into the circumstances of a claim, changing only what differs from those of the claim before."""

from collections.abc import Collection, Mapping, Sequence
from typing import TypeVar

from lab.api import Cluster
from lab.model import Circumstance, NodeIs, NodeState, Place, PodIs, PodState, ProxyHas, Service, ServiceIs

State = TypeVar("State", PodState, NodeState)


class Arranged:
    """The circumstances of a cluster. At first: no Services, pods ready, nodes as made, kube-proxy with defaults."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._pods: Mapping[Place, PodState | None] = {}
        self._nodes: Mapping[Place, NodeState | None] = {}
        self._proxies: Collection[ProxyHas] | None = ()
        self._services: tuple[Service, ...] | None = ()
        self._changed: Mapping[Service, Service | None] = {}

    def arrange(self, services: Sequence[Service], when: Collection[Circumstance]) -> None:
        """Makes exactly these Services and circumstances so, and all else as at first.

        Pods and nodes first become what they were, so that Services are given to pods that are ready, and change while
        they are; few Services at a time, because iptables-nft in a user namespace cannot send rules of many in one
        message. What only goes back to how it was is awaited together; what a claim changes is not: kube-proxy must
        have written what is to be taken away.
        """
        proxies = tuple(each for each in when if isinstance(each, ProxyHas))
        pods = {each.pod: each.state for each in when if isinstance(each, PodIs)}
        nodes = {each.node: each.state for each in when if isinstance(each, NodeIs)}
        changed = {each.service: each.now for each in when if isinstance(each, ServiceIs)}
        if tuple(services) != self._services:
            self._serve(services)
        if differing := self._differing(changed):
            self._change_some(differing, pods)
        self._set_pods(pods)
        if proxies != self._proxies:
            # A kube-proxy that starts is waited for until it knows the zone that its node was made with.
            self._set_nodes({})
            self._proxies = None
            self._cluster.set_proxies(proxies)
            self._proxies = proxies
        self._set_nodes(nodes)

    def _serve(self, services: Sequence[Service]) -> None:
        """Has these Services, and all else as at first."""
        with self._cluster.awaited_together():
            self._set_pods({})
            self._set_nodes({})
            if self._services is None:
                self._changed = {}  # What has become of any is not known: those that are not as given are made anew.
            self._change_services(self._differing({}))
            self._services = None  # Unknown, until the change has succeeded.
            self._cluster.set_services(services)
        self._services = tuple(services)

    def _change_some(
        self, differing: Mapping[Service, Service | None], pods: Mapping[Place, PodState]
    ) -> None:
        """Has some of the Services as they were given, and then others otherwise.

        Endpoints change last: kube-proxy sees Services and EndpointSlices in no order.
        """
        anew = {given: now for given, now in differing.items() if given != now}
        known, self._services = self._services, None
        with self._cluster.awaited_together():
            self._set_pods({pod: state for pod, state in pods.items() if self._pods.get(pod) is state})
            self._change_services({given: now for given, now in differing.items() if given == now})
        self._services = known
        self._change_services(anew)

    def _set_pods(self, pods: Mapping[Place, PodState]) -> None:
        changed = _changes(self._pods, pods, PodState.READY)
        if changed:
            self._pods = {**self._pods, **dict.fromkeys(changed)}
            self._cluster.set_pods(changed)
            self._pods = pods

    def _set_nodes(self, nodes: Mapping[Place, NodeState]) -> None:
        changed = _changes(self._nodes, nodes, NodeState.AS_MADE)
        if changed:
            self._nodes = {**self._nodes, **dict.fromkeys(changed)}
            self._cluster.set_nodes(changed)
            self._nodes = nodes

    def _change_services(self, differing: Mapping[Service, Service | None]) -> None:
        for given, now in differing.items():
            services, self._services = self._services, None
            self._cluster.change_service(given.name, now)
            self._services, self._changed = services, {**self._changed, given: now}

    def _differing(self, changed: Mapping[Service, Service | None]) -> dict[Service, Service | None]:
        """What must become of Services; those that are no longer named become what they were given as."""
        every = dict.fromkeys((*self._changed, *changed))
        wanted = {given: changed.get(given, given) for given in every}
        return {given: now for given, now in wanted.items() if self._changed.get(given, given) != now}


def _changes(
    before: Mapping[Place, State | None], after: Mapping[Place, State], at_first: State
) -> dict[Place, State]:
    """The places whose state must change, or is unknown (None); those that are no longer named become as at first."""
    return {
        place: after.get(place, at_first)
        for place in sorted({*before, *after})
        if before.get(place, at_first) is not after.get(place, at_first)
    }
