"""The network under the Services: pods reach each other on their own addresses.

kube-proxy's answers rest on it: what fails here is not kube-proxy's doing.

Source: https://kubernetes.io/docs/concepts/services-networking/#the-kubernetes-network-model
"""

from conformance.live import Live
from conformance.outcome import Kept, Outcome, delivered
from conformance.vocabulary import Claim, claims, requirement
from lab.model import Flow, Place, PodIP, Transport


@requirement("net-pod")
@claims(
    tcp_on_one_node=Claim(
        Flow(Place.POD_A2, PodIP(Place.POD_A1, 8080, Transport.TCP)),
        delivered(Place.POD_A1, source=Kept()),
    ),
    tcp_across_nodes=Claim(
        Flow(Place.POD_A2, PodIP(Place.POD_B1, 8080, Transport.TCP)),
        delivered(Place.POD_B1, source=Kept()),
    ),
    udp_across_nodes=Claim(
        Flow(Place.POD_C2, PodIP(Place.POD_B1, 8080, Transport.UDP)),
        delivered(Place.POD_B1, source=Kept()),
    ),
    ping_across_nodes=Claim(
        Flow(Place.POD_B2, PodIP(Place.POD_C1, 0, Transport.ICMP)),
        delivered(Place.POD_C1, source=Kept(), port=0),
    ),
)
def test_pods_reach_each_other(live: Live, flow: Flow, expect: Outcome) -> None:
    """A pod reaches another pod, which sees the sender's own address."""
    assert live.observe(flow) == expect
