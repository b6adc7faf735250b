"""Who is outside the cluster and routes pods' addresses to a node reaches pods past any Service.

Source: https://docs.tigera.io/calico/latest/networking/determine-best-networking, "Pod IP routability outside of the
cluster"
"""

from conformance.live import Live
from conformance.outcome import Kept, Outcome, delivered
from conformance.vocabulary import Claim, claims, requirement
from lab.model import Flow, Place, PodIP, Transport

B1 = Place.POD_B1


def by(node: Place, transport: Transport) -> Claim:
    """A pod's own address, routed to this node."""
    return Claim(Flow(Place.CLIENT, PodIP(B1, 8080, transport), via=node), delivered(B1, source=Kept()))


@requirement("net-outside")
@claims(
    by_its_own_node=by(Place.WORKER_B, Transport.TCP),
    tcp_by_another_node=by(Place.WORKER_A, Transport.TCP),
    udp_by_another_node=by(Place.WORKER_C, Transport.UDP),
)
def test_a_pod_is_reached_from_outside(live: Live, flow: Flow, expect: Outcome) -> None:
    """Through whichever node the sender's routes name; the pod sees who it was, and its answer comes back."""
    assert live.observe(flow) == expect
