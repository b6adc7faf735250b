"""Finds out, by packets, whether every kube-proxy knows the zone of its node.

kube-proxy 1.36 can miss it for good: it adds its handler of Node events to an informer that runs already, and makes
itself known to that handler afterwards. An event in between is stored as known and told to nobody
(https://github.com/kubernetes/kubernetes/blob/v1.36.3/cmd/kube-proxy/app/server.go#L628, docs/findings.md).
"""

from dataclasses import dataclass, field
from ipaddress import IPv4Address

from lab.api import Deviation
from lab.errors import NotReady
from lab.kube import Kube
from lab.model import NODES, Place, Transport
from lab.netns import plan
from lab.polling import Limit, wait_until
from lab.traffic.craft import Shape
from lab.traffic.exchange import Exchange, Way

_NAME = "svcproof-zones"
_PORT = 19_999
_PROBES = 24
"""Without its zone a node picks one of two addresses at random: all right by chance once in 2^24."""

_ADDRESSES = {"zone-1": plan.ROUTER, "zone-2": plan.ROUTER_BEYOND}


@dataclass(slots=True)
class Zones:
    """A Service with one endpoint for each zone, both of them addresses of the router."""

    kube: Kube
    exchange: Exchange
    missed: list[Place] = field(default_factory=list)

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
        for node in NODES:
            try:
                self._wait_node(node, Limit.ZONE_KNOWN)
            except NotReady:
                self.missed.append(node)
                self.kube.label_node(node.value, {plan.ZONE_LABEL: None})
                self.kube.label_node(node.value, {plan.ZONE_LABEL: plan.ZONES[node]})
                self._wait_node(node, Limit.RULES_PROGRAMMED)

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
        way = Way(node, 0, plan.ZONES_CANARY, _PORT, Shape(Transport.UDP))
        wanted = _ADDRESSES[plan.ZONES[node]]
        wait_until(
            f"kube-proxy on {node} knows the zone of its node",
            limit,
            lambda: self.exchange.all_reach(way, Place.ROUTER, wanted, _PROBES) or None,
        )


def _endpoint(zone: str, address: IPv4Address) -> dict[str, object]:
    return {
        "addresses": [str(address)],
        "conditions": {"ready": True},
        "hints": {"forZones": [{"name": zone}]},
    }
