"""What a claim presupposes beyond its Services: states of pods and nodes, changes of Services, kube-proxy's options."""

from dataclasses import dataclass
from enum import StrEnum

from lab.model.place import NODES, Place
from lab.model.service import Service


class PodState(StrEnum):
    """A pod as its kubelet and the API show it.

    TERMINATING pods are deleted with a grace period and serve still; DYING ones are terminating and not ready.
    """

    READY = "ready"
    NOT_READY = "not ready"
    TERMINATING = "terminating, serving"
    DYING = "terminating, not serving"
    GONE = "gone"


class NodeState(StrEnum):
    """What a Node object says, beyond its addresses: its zone, and whether it is to go.

    A node to be deleted bears the taint by which Cluster Autoscaler announces it.
    """

    AS_MADE = "as made"
    IN_OTHER_ZONE = "in the other zone"
    IN_NO_ZONE = "in no zone"
    TO_BE_DELETED = "to be deleted"


class DetectLocal(StrEnum):
    """kube-proxy's `detectLocalMode`: what it takes for traffic of pods."""

    CLUSTER_CIDR = "ClusterCIDR"
    NODE_CIDR = "NodeCIDR"
    BRIDGE_INTERFACE = "BridgeInterface"
    INTERFACE_NAME_PREFIX = "InterfaceNamePrefix"
    NOTHING = "ClusterCIDR without a CIDR"


@dataclass(frozen=True, slots=True)
class PodIs:
    """A pod is in this state."""

    pod: Place
    state: PodState


@dataclass(frozen=True, slots=True)
class NodeIs:
    """A node's object is so."""

    node: Place
    state: NodeState


@dataclass(frozen=True, slots=True)
class ProxyHas:
    """kube-proxy is configured so on these nodes; by its defaults on those of which nothing is said.

    node_port_addresses: CIDRs or `primary`; empty for the mode's default. external_ips: the feature gate
    AllowServiceExternalIPs. nodes: those that packets are translated on; each can have its own way at once, for a
    restart takes a second.
    """

    masquerade_all: bool = False
    detect_local: DetectLocal = DetectLocal.CLUSTER_CIDR
    node_port_addresses: tuple[str, ...] = ()
    external_ips: bool = True
    nodes: tuple[Place, ...] = NODES


@dataclass(frozen=True, slots=True)
class ServiceIs:
    """A Service with a selector, that the module is given, is as `now`, which has its name; None: it is deleted.

    It keeps its cluster IP and node ports; one that was deleted is made again with those that it had.
    """

    service: Service
    now: Service | None


Circumstance = PodIs | NodeIs | ProxyHas | ServiceIs
