"""A packet on its way: at which node, how it got there, and whose address it bears by then."""

from dataclasses import dataclass
from enum import StrEnum, auto

from conformance.oracle.world import Setting, Undocumented
from conformance.outcome import Kept, Masqueraded
from lab.model import DetectLocal, NodeAddress, Place, PlaceKind
from lab.profiles import NetworkName


class From(StrEnum):
    """Where a node got a packet from."""

    ITSELF = auto()
    ITS_POD = auto()
    THE_NETWORK = auto()
    THE_TUNNEL = auto()


@dataclass(frozen=True, slots=True)
class Packet:
    """A packet as a node has it.

    source: whose address it bears. is_of_pod_network: whether that address is of the pod network.
    """

    sender: Place
    node: Place
    came: From
    source: Kept | Masqueraded
    is_of_pod_network: bool


def at_first_node(sender: Place, node: Place) -> Packet:
    """A packet at the first node that it comes to: the sender's own, or the one that an outside sender chose."""
    match sender.kind:
        case PlaceKind.POD:
            return Packet(sender, node, From.ITS_POD, Kept(), is_of_pod_network=True)
        case PlaceKind.NODE:
            return Packet(sender, node, From.ITSELF, Kept(), is_of_pod_network=False)
        case PlaceKind.OUTSIDE:
            return Packet(sender, node, From.THE_NETWORK, Kept(), is_of_pod_network=False)


def at_other_node(packet: Packet, node: Place, at: NodeAddress) -> Packet:
    """A packet that its first node did not take for its own, at the node whose address it asks for.

    The bridge's address is of the pod network, and pods keep their own there. To every other address flannel
    masquerades pods with their node's, and so does Calico's natOutgoing. A node sends from the address of the way
    that the packet takes.

    Source: https://github.com/flannel-io/flannel/blob/v0.28.9/pkg/trafficmngr/iptables/iptables.go masqRules.
    """
    by_tunnel = at is NodeAddress.BRIDGE
    if by_tunnel and packet.sender.kind is PlaceKind.OUTSIDE:
        raise Undocumented(f"who {packet.sender} is to {node} after a way through {packet.node}")
    keeps = by_tunnel if packet.sender.kind is PlaceKind.POD else packet.sender.kind is PlaceKind.OUTSIDE
    source = Kept() if keeps else Masqueraded(packet.node)
    came = From.THE_TUNNEL if by_tunnel else From.THE_NETWORK
    return Packet(packet.sender, node, came, source, is_of_pod_network=by_tunnel)


def tells_pods(setting: Setting, node: Place) -> bool:
    """Whether a node's kube-proxy can tell what pods send: not in ClusterCIDR mode without a CIDR.

    Source: pkg/proxy/util/localdetector.go IsImplemented; cmd/kube-proxy/app/server_linux.go getLocalDetectors.
    """
    return setting.proxy(node).detect_local is not DetectLocal.NOTHING


def is_pod_traffic(setting: Setting, packet: Packet) -> bool:
    """Whether a node takes a packet for one of a pod: by its address, or by the interface that it came in at.

    Source: https://kubernetes.io/docs/reference/config-api/kube-proxy-config.v1alpha1/ LocalMode;
    pkg/proxy/util/localdetector_test.go.
    """
    match setting.proxy(packet.node).detect_local:
        case DetectLocal.CLUSTER_CIDR:
            return packet.is_of_pod_network
        case DetectLocal.NODE_CIDR:
            return packet.is_of_pod_network and packet.came is From.ITS_POD
        case DetectLocal.BRIDGE_INTERFACE if setting.network is NetworkName.CALICO:
            # Its pods hang on no bridge: https://docs.tigera.io/calico/latest/reference/architecture/data-path
            return False
        case DetectLocal.BRIDGE_INTERFACE | DetectLocal.INTERFACE_NAME_PREFIX:
            return packet.came is From.ITS_POD
        case DetectLocal.NOTHING:
            return False
