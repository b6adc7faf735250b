"""Says when the rules of every node have caught up with the API, by packets.

A canary Service without selector and its EndpointSlice are both given a port that was never used before, after all
other writes. Services and EndpointSlices are separate watches, each in order; so once a packet to the canary's new
port comes out at its new target port, kube-proxy on that node has seen everything written earlier. kube-proxy writes
the rules of a sync in one nft transaction, or in one iptables-restore that commits nat, where the canary is, last.

The canary speaks TCP: endpoints with UDP that change have kube-proxy clear conntrack for all Services
(https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/proxy/endpointschangetracker.go#L178), and whether a change
of its own does that to a Service is among what is claimed.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from lab.kube import Kube
from lab.model import NODES, Place, Transport
from lab.netns import plan
from lab.polling import Limit, wait_until
from lab.side_by_side import side_by_side
from lab.traffic.craft import Shape
from lab.traffic.exchange import Exchange
from lab.traffic.way import Way

_NAME = "svcproof-canary"
_FIRST_PORT = 20_000
_ASKED_EVERY_SECONDS = 0.01
"""A probe passes a dozen captures: asked more often, it takes kube-proxy the time in which it would be done."""


@dataclass(slots=True)
class Barrier:
    """The canary of one lab. Its endpoint is the router: an address outside the cluster, whose capture tells."""

    kube: Kube
    exchange: Exchange
    check: Callable[[], None]
    _round: int = field(default=0)

    def create(self) -> None:
        """Creates the canary."""
        self.kube.create_service(
            {
                "apiVersion": "v1",
                "kind": "Service",
                "metadata": {"name": _NAME},
                "spec": {"clusterIP": str(plan.CANARY), "ports": self._service_ports()},
            }
        )
        self.kube.create_endpoint_slice(
            {
                "apiVersion": "discovery.k8s.io/v1",
                "kind": "EndpointSlice",
                "metadata": {
                    "name": _NAME,
                    "labels": {"kubernetes.io/service-name": _NAME},
                },
                "addressType": "IPv4",
                "endpoints": [{"addresses": [str(plan.ROUTER)], "conditions": {"ready": True}}],
                "ports": self._slice_ports(),
            }
        )

    def wait(self) -> None:
        """Changes the canary and returns when every node's rules lead there. What `check` raises ends the wait."""
        self._round += 1
        side_by_side(lambda write: write(), (self._write_service, self._write_slice))
        for node in NODES:
            self.wait_node(node)

    def _write_service(self) -> None:
        self.kube.patch_service(_NAME, {"spec": {"ports": self._service_ports()}})

    def _write_slice(self) -> None:
        self.kube.patch_endpoint_slice(_NAME, {"ports": self._slice_ports()})

    def wait_node(self, node: Place) -> None:
        """Returns when this node's rules lead to the canary as it is now."""
        way = Way(node, 0, plan.CANARY, self._port, Shape(Transport.TCP))
        wait_until(
            f"kube-proxy on {node} has programmed what was written before the canary",
            Limit.RULES_PROGRAMMED,
            lambda: self._is_there(way),
            _ASKED_EVERY_SECONDS,
        )

    def _is_there(self, way: Way) -> bool | None:
        self.check()
        return self.exchange.reached(way, Place.ROUTER, self._target_port) or None

    @property
    def _port(self) -> int:
        return _FIRST_PORT + self._round

    @property
    def _target_port(self) -> int:
        return 2 * _FIRST_PORT + self._round

    def _service_ports(self) -> list[dict[str, object]]:
        return [{"name": "canary", "protocol": "TCP", "port": self._port, "targetPort": self._target_port}]

    def _slice_ports(self) -> list[dict[str, object]]:
        return [{"name": "canary", "protocol": "TCP", "port": self._target_port}]
