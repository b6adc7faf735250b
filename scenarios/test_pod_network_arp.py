"""Who asks for whom by ARP where pods reach each other: pods for their gateway, nodes for their own pods.

A pod's address is asked for on its own node only. Pods of one node ask for each other where a bridge joins them; the
network between the nodes knows nodes alone.

Source: https://docs.tigera.io/calico/latest/reference/architecture/data-path and
https://kubernetes.io/docs/concepts/services-networking/#the-kubernetes-network-model
"""

from conformance.live import Live
from conformance.outcome import Kept, Outcome, delivered
from conformance.vocabulary import Claim, claims, requirement
from lab.model import Flow, Place, PodIP, Transport

A1, A2, B1, C2 = Place.POD_A1, Place.POD_A2, Place.POD_B1, Place.POD_C2


def between(sender: Place, pod: Place, transport: Transport) -> Claim:
    """From one pod to another, when all have forgotten their neighbours."""
    return Claim(Flow(sender, PodIP(pod, 8080, transport)), delivered(pod, source=Kept()))


@requirement("net-arp")
@claims(
    tcp_on_one_node=between(A2, A1, Transport.TCP),
    tcp_from_first_node_to_second=between(A2, B1, Transport.TCP),
    udp_from_third_node_to_first=between(C2, A1, Transport.UDP),
)
def test_a_pod_is_asked_for_on_its_own_node_only(live: Live, flow: Flow, expect: Outcome) -> None:
    """Pods ask for their gateway and for whom a bridge joins them with; nobody asks for a pod of another node."""
    assert live.observe_resolution(flow) == expect
