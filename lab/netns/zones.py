"""Finds out, by packets, whether every kube-proxy knows the zone of its node.

kube-proxy 1.36 can miss it for good: it adds its handler of Node events to an informer that runs already, and makes
itself known to that handler afterwards. An event in between is stored as known and told to nobody
(https://github.com/kubernetes/kubernetes/blob/v1.36.3/cmd/kube-proxy/app/server.go#L628, docs/findings.md).
"""

from dataclasses import dataclass, field
from ipaddress import IPv4Address
from typing import assert_never

from lab.api import Deviation
from lab.kube import Kube
from lab.model import NodeState, Place, Transport
from lab.netns import plan
from lab.netns.told_again import told_again
from lab.polling import Limit, wait_until
from lab.traffic.craft import Shape
from lab.traffic.exchange import Exchange
from lab.traffic.way import Way

_NAME = "svcproof-zones"
_PORT = 19_999
_ASKED_EVERY_SECONDS = 0.02
_PROBES = 24
"""Without its zone a node picks one of two addresses at random: all right by chance once in 2^24."""

_TO_BE_DELETED = {"key": "ToBeDeletedByClusterAutoscaler", "effect": "NoSchedule"}
_ADDRESSES = {"zone-1": plan.ROUTER, "zone-2": plan.ROUTER_BEYOND}


@dataclass(slots=True)
class Zones:
    """A Service with one endpoint for each zone, both of them addresses of the router."""

    kube: Kube
    exchange: Exchange
    missed: list[Place] = field(default_factory=list)
    _leaving: set[Place] = field(default_factory=set)

    def create(self) -> None:
        """Creates the Service and its hand-made slice with hints."""
        port = {"name": "zones", "protocol": "UDP", "port": _PORT}
        self.kube.create_service(
            {
                "apiVersion": "v1",
                "kind": "Service",
                "metadata": {"name": _NAME},
                "spec": {"clusterIP": str(plan.ZONES_CANARY), "ports": [{**port, "targetPort": _PORT}]},
            }
        )
        self.kube.create_endpoint_slice(
            {
                "apiVersion": "discovery.k8s.io/v1",
                "kind": "EndpointSlice",
                "metadata": {"name": _NAME, "labels": {"kubernetes.io/service-name": _NAME}},
                "addressType": "IPv4",
                "endpoints": [_endpoint(zone, address) for zone, address in _ADDRESSES.items()],
                "ports": [port],
            }
        )

    def wait(self) -> None:
        """Returns when every node knows its zone. Where one has missed it, writes the label again and notes that."""
        self.missed += told_again(self.kube, self._wait_node)

    def bring(self, node: Place, state: NodeState) -> None:
        """Brings a Node into a state; returns when its kube-proxy has followed, as far as packets can tell.

        A taint shows in no packet. But kube-proxy gets the changes of a Node in their order: once it follows a change
        of the zone that was written behind the taint, and the way back, it has had the taint before both. So it is with
        a taint that is taken away.
        """
        leaves = state is NodeState.TO_BE_DELETED
        self.kube.taint_node(node.value, [_TO_BE_DELETED] if leaves else [])
        if leaves or node in self._leaving:
            self._label(node, _other(plan.ZONES[node]))
        self._label(node, _zone_in(node, state))
        (self._leaving.add if leaves else self._leaving.discard)(node)

    def _label(self, node: Place, zone: str | None) -> None:
        self.kube.label_node(node.value, {plan.ZONE_LABEL: zone})
        self._wait_zone(node, zone, Limit.RULES_PROGRAMMED)

    def deviations(self) -> tuple[Deviation, ...]:
        """What had to be done for kube-proxies that missed their zone."""
        return tuple(
            Deviation(
                f"kube-proxy on {node} missed the zone of its node at start; the lab wrote the label again",
                "a race in kube-proxy's start, see docs/findings.md; without this, topology would be ignored there",
            )
            for node in self.missed
        )

    def _wait_node(self, node: Place, limit: Limit) -> None:
        self._wait_zone(node, plan.ZONES[node], limit)

    def _wait_zone(self, node: Place, zone: str | None, limit: Limit) -> None:
        """zone: None for a node without one, which uses the endpoints of all zones."""
        way = Way(node, 0, plan.ZONES_CANARY, _PORT, Shape(Transport.UDP))
        wanted = set(_ADDRESSES.values()) if zone is None else {_ADDRESSES[zone]}
        wait_until(
            f"kube-proxy on {node} knows the zone of its node",
            limit,
            lambda: self.exchange.all_reach(way, Place.ROUTER, wanted, _PROBES) or None,
            _ASKED_EVERY_SECONDS,
        )


def _zone_in(node: Place, state: NodeState) -> str | None:
    match state:
        case NodeState.AS_MADE | NodeState.TO_BE_DELETED:
            return plan.ZONES[node]
        case NodeState.IN_OTHER_ZONE:
            return _other(plan.ZONES[node])
        case NodeState.IN_NO_ZONE:
            return None
        case _:
            assert_never(state)


def _other(zone: str) -> str:
    return next(each for each in _ADDRESSES if each != zone)


def _endpoint(zone: str, address: IPv4Address) -> dict[str, object]:
    return {
        "addresses": [str(address)],
        "conditions": {"ready": True},
        "hints": {"forZones": [{"name": zone}]},
    }
