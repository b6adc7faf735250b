"""From what comes to a place to what becomes of it."""

from collections.abc import Iterable, Sequence

from conformance.oracle.endpoints import Endpoint
from conformance.oracle.packets import From, Packet
from conformance.oracle.sources import Answer, seen_by
from conformance.oracle.world import Setting, Undocumented
from conformance.outcome import (
    AnsweredFrom,
    Arrival,
    Delivered,
    Dropped,
    Kept,
    LocalError,
    Masqueraded,
    Outcome,
    Refused,
    Stuck,
    Unanswered,
)
from lab.model import Flow, Place, PlaceKind, PodIP, Refusal, Transport
from lab.profiles import NetworkName


def refused(packet: Packet) -> Outcome:
    """kube-proxy refuses with ICMP port unreachable, TCP too, on the node that the packet has come to.

    Source: TestNoEndpointsReject; test/e2e/network/service.go "should be rejected when no endpoints exist".
    """
    return Refused(packet.node, Refusal.PORT_UNREACHABLE)


def dropped(packet: Packet) -> Outcome:
    """kube-proxy drops; a node's own programs get an error for what is dropped before it leaves.

    Source: TestInternalTrafficPolicy, TestExternalTrafficPolicyLocal; send(2), EPERM.
    """
    return LocalError("EPERM") if packet.came is From.ITSELF else Dropped()


def answer_of_kernel(place: Place, transport: Transport) -> Outcome:
    """A place's own answer to what is sent to a port where nothing listens.

    Source: RFC 9293 section 3.10.7.1 for TCP, RFC 1122 section 4.1.3.1 for UDP.
    """
    match transport:
        case Transport.TCP:
            return Refused(place, Refusal.TCP_RESET)
        case Transport.UDP:
            return Refused(place, Refusal.PORT_UNREACHABLE)
        case Transport.ICMP | Transport.SCTP:
            raise Undocumented(f"what the kernel of {place} answers to {transport}")


def answer_of_pod(
    setting: Setting, pod: Place, port: int, transport: Transport, source: Kept | Masqueraded
) -> Outcome:
    """A pod answers where it listens, and pings."""
    if transport is Transport.ICMP:
        return Delivered(frozenset({Arrival(pod, 0, source)}))
    if transport is Transport.SCTP or port not in setting.world.listeners:
        return answer_of_kernel(pod, transport)
    return Delivered(frozenset({Arrival(pod, port, source)}))


def answer_of_host(sender: Place, host: Place) -> Outcome:
    """A ping of a pod or a node to the own address of a node, or of a place outside.

    Pods keep their address at their own node. On the way to any other place that is no pod their node masquerades
    them, by flannel's ip-masq and by Calico's natOutgoing: node addresses are not of the pod network.

    Source: https://github.com/flannel-io/flannel/blob/v0.28.9/Documentation/configuration.md ip-masq;
    https://docs.tigera.io/calico/latest/networking/configuring/workloads-outside-cluster.
    """
    if sender.kind is PlaceKind.OUTSIDE or sender is host:
        raise Undocumented(f"what becomes of a ping from {sender} to {host}")
    leaves = host.kind is PlaceKind.OUTSIDE or host is not sender.node
    source = Masqueraded(sender.node) if leaves else Kept()
    return Delivered(frozenset({Arrival(host, 0, source)}))


def answer_to_forged(setting: Setting, flow: Flow) -> Outcome:
    """What a pod sends in the name of another place: Calico's nodes drop it, flannel's do not look.

    Source: https://docs.tigera.io/calico/latest/reference/felix/configuration (rp_filter on workload interfaces);
    https://github.com/flannel-io/flannel#networking-details.
    """
    if flow.sender.kind is not PlaceKind.POD or not isinstance(flow.target, PodIP):
        raise Undocumented(f"what becomes of what {flow.sender} sends as {flow.bearing}")
    if setting.network is NetworkName.CALICO:
        return Dropped()
    return Unanswered(frozenset({Arrival(flow.target.pod, flow.target.port, Kept())}))


def answer_of_service(
    setting: Setting,
    packet: Packet,
    endpoints: Sequence[Endpoint],
    transport: Transport,
    *,
    masqueraded: bool,
) -> Outcome:
    """What a packet comes to that is translated to one of these endpoints, none preferred."""
    return together(
        [_answer_of(setting, packet, endpoint, transport, masqueraded=masqueraded) for endpoint in endpoints]
    )


def _answer_of(
    setting: Setting, packet: Packet, endpoint: Endpoint, transport: Transport, *, masqueraded: bool
) -> Outcome:
    seen = seen_by(setting, packet, endpoint, transport, masqueraded=masqueraded)
    outcome = answer_of_pod(setting, endpoint.pod, endpoint.port, transport, seen.source)
    if not isinstance(outcome, Delivered) or seen.answer is Answer.TRANSLATED:
        return outcome
    if seen.answer is Answer.NEVER:
        return Unanswered(outcome.arrivals)
    return Delivered(outcome.arrivals, AnsweredFrom.ENDPOINT)


def together(outcomes: Sequence[Outcome]) -> Outcome:
    """The one outcome of probes that each had one of these. They may differ in where they arrived, in nothing else."""
    for answered_from in AnsweredFrom:
        if all(isinstance(each, Delivered) and each.answered_from is answered_from for each in outcomes):
            return Delivered(_arrivals(outcomes), answered_from)
    if all(isinstance(each, Unanswered) for each in outcomes):
        return Unanswered(_arrivals(outcomes))
    if len(set(outcomes)) > 1:
        fates = "; ".join(sorted(str(each) for each in outcomes))
        raise Undocumented(f"one outcome for all probes, whose fates differ by endpoint: {fates}")
    return outcomes[0]


def always_the_same(outcome: Outcome) -> Outcome:
    """With session affinity, a client stays at its first endpoint; of several, no one says which that is.

    Source: https://kubernetes.io/docs/reference/networking/virtual-ips/#session-affinity.
    """
    if not isinstance(outcome, Delivered) or len(outcome.arrivals) == 1:
        return outcome
    kinds = {Stuck(each.source, each.port, outcome.answered_from) for each in outcome.arrivals}
    if len(kinds) > 1:
        raise Undocumented("which endpoint a client is given first: what they see of it differs")
    return kinds.pop()


def _arrivals(outcomes: Iterable[Outcome]) -> frozenset[Arrival]:
    return frozenset(
        arrival for each in outcomes if isinstance(each, Delivered | Unanswered) for arrival in each.arrivals
    )
