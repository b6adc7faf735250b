"""Whose address an endpoint sees, and whether its answer finds the way back."""

from dataclasses import dataclass
from enum import StrEnum, auto

from conformance.oracle.endpoints import Endpoint
from conformance.oracle.hairpins import is_masqueraded_to_itself
from conformance.oracle.packets import From, Packet, is_pod_traffic, tells_pods
from conformance.oracle.world import Setting, Undocumented
from conformance.outcome import Kept, Masqueraded
from lab.model import Place, PlaceKind, PodState, Transport
from lab.profiles import NetworkName


class Answer(StrEnum):
    """How an endpoint's answer gets back."""

    TRANSLATED = auto()
    """By the node that translated the packet, which gives it the address that was asked."""
    DIRECTLY = auto()
    """Past that node: it bears the endpoint's own address."""
    NEVER = auto()


@dataclass(frozen=True, slots=True)
class Seen:
    """What an endpoint sees of a sender."""

    source: Kept | Masqueraded
    answer: Answer


def is_masqueraded_at_cluster_ip(setting: Setting, packet: Packet) -> bool:
    """Whether kube-proxy masquerades what it translates at a cluster IP: all with masqueradeAll, else what no pod sent.

    Where it cannot tell what pods send, it masquerades nothing.

    Source: TestInternalExternalMasquerade.
    """
    if setting.proxy(packet.node).masquerade_all:
        return True
    return tells_pods(setting, packet.node) and not is_pod_traffic(setting, packet)


def seen_by(
    setting: Setting, packet: Packet, endpoint: Endpoint, transport: Transport, *, masqueraded: bool
) -> Seen:
    """What this endpoint sees. masqueraded: kube-proxy said so, for the front door."""
    if endpoint.pod.kind is PlaceKind.NODE:
        return _seen_by_node(packet, endpoint.pod, masqueraded=masqueraded)
    if masqueraded:
        return Seen(Masqueraded(packet.node), Answer.TRANSLATED)
    if endpoint.pod is packet.sender and packet.source == Kept():
        if is_masqueraded_to_itself(setting, packet.node, endpoint, transport):
            return Seen(Masqueraded(packet.node), Answer.TRANSLATED)
        return Seen(Kept(), Answer.NEVER)
    is_of_node = packet.is_of_pod_network and packet.came is From.ITS_POD
    if not is_of_node and endpoint.pod.node is not packet.node:
        return _seen_across_nodes(setting, packet)
    return Seen(packet.source, Answer.TRANSLATED)


def _seen_by_node(packet: Packet, node: Place, *, masqueraded: bool) -> Seen:
    """What an endpoint sees that is a node's own address.

    What comes to the node itself and goes to its own programs passes no POSTROUTING, where masquerading takes place;
    what it sends to itself does. On the way to another node the network masquerades pods.

    Source: https://wiki.nftables.org/wiki-nftables/index.php/Netfilter_hooks; the network as for answer_of_host.
    """
    if packet.came is From.ITSELF:
        return Seen(Masqueraded(packet.node), Answer.TRANSLATED)
    if node is packet.node:
        return Seen(packet.source, Answer.TRANSLATED)
    if masqueraded or packet.came is From.ITS_POD:
        return Seen(Masqueraded(packet.node), Answer.TRANSLATED)
    raise Undocumented(f"what {node} sees of {packet.sender}, whom {packet.node} did not masquerade")


def _seen_across_nodes(setting: Setting, packet: Packet) -> Seen:
    """A sender that kube-proxy did not masquerade and that is no pod of the node, seen by an endpoint elsewhere.

    flannel masquerades it with iptables. With nftables, its rule that spares packets to the node's own pods spares
    those to all pods, and the answer goes straight to the sender. A node that asked itself translates it still.
    Calico's natOutgoing masquerades pods only.

    Source: https://github.com/flannel-io/flannel/blob/v0.28.9/pkg/trafficmngr/iptables/iptables.go masqRules and
    https://github.com/flannel-io/flannel/blob/v0.28.9/pkg/trafficmngr/nftables/nftables.go addMasqRules;
    https://docs.tigera.io/calico/latest/networking/configuring/workloads-outside-cluster.
    """
    if _masquerades_strangers(setting):
        return Seen(Masqueraded(packet.node), Answer.TRANSLATED)
    if packet.came is From.ITSELF:
        return Seen(Kept(), Answer.TRANSLATED)
    if packet.source == Kept():
        return Seen(Kept(), Answer.DIRECTLY)
    raise Undocumented(f"what {packet.sender} makes of an answer that its own node did not ask for")


def _masquerades_strangers(setting: Setting) -> bool:
    """Whether the network masquerades who is no pod, on the way from one node to pods of another."""
    return setting.network is NetworkName.FLANNEL and not setting.nftables


def seen_without_service(
    setting: Setting, sender: Place, via: Place | None, pod: Place
) -> Kept | Masqueraded:
    """What a pod sees of who asks it by its own address: pods as they are, nodes by an address of theirs.

    Source: https://kubernetes.io/docs/concepts/services-networking/#the-kubernetes-network-model; flannel as above.
    """
    if PodState.GONE in {setting.state(each) for each in (sender, pod)} or sender is pod:
        raise Undocumented(f"what becomes of packets from {sender} to {pod}, itself or no more")
    match sender.kind:
        case PlaceKind.POD:
            return Kept()
        case PlaceKind.NODE:
            return Masqueraded(sender)
        case PlaceKind.OUTSIDE:
            if via is None:
                raise ValueError(f"no network but the cluster's own knows {pod}: {sender} needs `via`")
            spared = via is pod.node or not _masquerades_strangers(setting)
            return Kept() if spared else Masqueraded(via)
