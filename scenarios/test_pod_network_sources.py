"""Whose address packets bear that pods and nodes send past any Service: their own in the cluster, else their node's.

Source: https://docs.tigera.io/calico/latest/networking/configuring/workloads-outside-cluster and
https://kubernetes.io/docs/concepts/services-networking/#the-kubernetes-network-model
"""

from conformance.live import Live
from conformance.outcome import Dropped, Kept, Masqueraded, Outcome, delivered
from conformance.vocabulary import Claim, claims, requirement
from lab.model import Flow, Host, Place, PodIP, Transport

A, B, C = Place.WORKER_A, Place.WORKER_B, Place.WORKER_C
A1, A2, B1 = Place.POD_A1, Place.POD_A2, Place.POD_B1


def ping(sender: Place, host: Place, source: Kept | Masqueraded) -> Claim:
    """A ping to a host's own address."""
    return Claim(Flow(sender, Host(host)), delivered(host, source=source, port=0))


def forged(pod: Place, bearing: Place) -> Claim:
    """What a pod sends with the address of another place never arrives."""
    return Claim(Flow(A2, PodIP(pod, 8080, Transport.UDP), bearing=bearing), Dropped())


@requirement("net-node")
@claims(
    node_to_its_own_pod=Claim(Flow(A, PodIP(A1, 8080, Transport.TCP)), delivered(A1, source=Masqueraded(A))),
    node_to_a_pod_of_another=Claim(
        Flow(A, PodIP(B1, 8080, Transport.TCP)), delivered(B1, source=Masqueraded(A))
    ),
    pod_to_its_own_node=ping(A2, A, Kept()),
)
def test_nodes_and_pods_reach_each_other(live: Live, flow: Flow, expect: Outcome) -> None:
    """A node has an address of its own, a pod keeps its own at its node."""
    assert live.observe(flow) == expect


@requirement("net-nat")
@claims(
    pod_to_an_outside_host=ping(A2, Place.CLIENT, Masqueraded(A)),
    pod_beyond_the_router=ping(B1, Place.FAR_CLIENT, Masqueraded(B)),
    pod_to_another_node=ping(A2, C, Masqueraded(A)),
)
def test_what_leaves_the_pod_network_is_masqueraded(live: Live, flow: Flow, expect: Outcome) -> None:
    """Who is outside sees the pod's node; other nodes are outside too."""
    assert live.observe(flow) == expect


@requirement("net-spoof")
@claims(as_a_neighbour=forged(B1, Place.POD_A3), as_an_outside_host=forged(A1, Place.CLIENT))
def test_a_forged_source_is_dropped(live: Live, flow: Flow, expect: Outcome) -> None:
    """A node lets through what bears the pod's own address, and nothing else."""
    assert live.observe(flow) == expect
