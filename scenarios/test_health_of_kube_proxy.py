"""What kube-proxy says of itself over HTTP, while its node is there to stay and while it is to be deleted.

Asked over sockets of the sender's own kernel.

Source: https://github.com/kubernetes/enhancements/tree/master/keps/sig-network/3836-kube-proxy-improved-ingress-connectivity-reliability
"""

from conformance.live import Live
from conformance.outcome import Answered, Outcome
from conformance.vocabulary import Claim, claims, requirement
from lab.model import Flow, NodeIs, NodeState, Place, ProxyHealth

A, B, C, CLIENT = Place.WORKER_A, Place.WORKER_B, Place.WORKER_C, Place.CLIENT
GOES = (NodeIs(C, NodeState.TO_BE_DELETED),)


@requirement("healthz")
@claims(
    healthz=Claim(Flow(CLIENT, ProxyHealth(A)), Answered(200)),
    healthz_from_the_node_itself=Claim(Flow(C, ProxyHealth(C)), Answered(200)),
    livez=Claim(Flow(CLIENT, ProxyHealth(B, "/livez")), Answered(200)),
    node_to_be_deleted=Claim(Flow(CLIENT, ProxyHealth(C)), Answered(503), GOES),
    livez_of_a_node_to_be_deleted=Claim(Flow(CLIENT, ProxyHealth(C, "/livez")), Answered(200), GOES),
    node_beside_it=Claim(Flow(CLIENT, ProxyHealth(A)), Answered(200), GOES),
    node_that_stays_after_all=Claim(Flow(CLIENT, ProxyHealth(C)), Answered(200)),
)
def test_health_of_kube_proxy(live: Live, flow: Flow, expect: Outcome) -> None:
    """A kube-proxy that has written its rules is healthy; /healthz speaks for its node too, which may be to go."""
    assert live.observe(flow) == expect
