"""What the oracle must be told: the Services of a run, the topology that they are served in, what is so just now."""

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address

from lab.model import (
    Circumstance,
    NodeAddress,
    NodeIs,
    NodeState,
    Place,
    PodIs,
    PodState,
    ProxyHas,
    Service,
    ServiceIs,
)
from lab.profiles import NetworkName, ProxyMode


class Undocumented(Exception):
    """No source says what becomes of this flow; or there is no one outcome that could be said of every probe."""


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """The Services of a run by name, and the topology. Which pod is on which node its Place says.

    zones: the label topology.kubernetes.io/zone of each node, one of two.
    container_ports: the named ports of each pod's containers, all of them TCP.
    listeners: the ports on which every pod answers TCP and UDP.
    primary: one address per place, the one that others reach it by.
    node_addresses: the addresses of nodes that flows may name.
    """

    services: Mapping[str, Service]
    zones: Mapping[Place, str]
    container_ports: Mapping[Place, Mapping[str, int]]
    listeners: frozenset[int]
    primary: Mapping[Place, IPv4Address]
    node_addresses: Mapping[Place, Mapping[NodeAddress, IPv4Address]]


@dataclass(frozen=True, slots=True)
class Setting:
    """A world at one moment, under one proxy mode, on one pod network."""

    mode: ProxyMode
    network: NetworkName
    world: World
    when: tuple[Circumstance, ...] = ()

    @property
    def nftables(self) -> bool:
        """Whether kube-proxy is in nftables mode."""
        return self.mode is ProxyMode.NFTABLES

    def proxy(self, node: Place) -> ProxyHas:
        """How a node's kube-proxy is configured: by its defaults, unless a circumstance says otherwise."""
        said = [each for each in self.when if isinstance(each, ProxyHas) and node in each.nodes]
        return said[0] if said else ProxyHas()

    def state(self, pod: Place) -> PodState:
        """The state of a pod: ready, unless a circumstance says otherwise."""
        said = [each.state for each in self.when if isinstance(each, PodIs) and each.pod is pod]
        return said[0] if said else PodState.READY

    def node_state(self, node: Place) -> NodeState:
        """What a Node object says: what it was made with, unless a circumstance says otherwise."""
        said = [each.state for each in self.when if isinstance(each, NodeIs) and each.node is node]
        return said[0] if said else NodeState.AS_MADE

    def zone(self, node: Place) -> str | None:
        """The zone of a node as its object says it now."""
        made = self.world.zones[node]
        match self.node_state(node):
            case NodeState.IN_NO_ZONE:
                return None
            case NodeState.IN_OTHER_ZONE:
                return next(zone for zone in self.world.zones.values() if zone != made)
            case NodeState.AS_MADE | NodeState.TO_BE_DELETED:
                return made

    def now(self, given: Service) -> Service | None:
        """What has become of a Service: nothing, unless a circumstance says otherwise; None for a deleted one."""
        said = [each for each in self.when if isinstance(each, ServiceIs) and each.service.name == given.name]
        return said[0].now if said else given
