"""A Service may be given an address that a node has for itself; that node serves, refuses and drops there as elsewhere.

Its packets come to the node as to their destination, not to be forwarded, and meet other rules.

Source: https://kubernetes.io/docs/concepts/services-networking/service/#external-ips
"""

from ipaddress import IPv4Address, IPv4Network

from conformance.live import Live
from conformance.outcome import Dropped, Masqueraded, Outcome, Refused, delivered
from conformance.vocabulary import Claim, claims, given, requirement
from lab.model import ExternalIP, Flow, LoadBalancerIP, Place, Refusal, Service, ServicePort, ServiceType

NODE, CLIENT, POD, A1 = Place.WORKER_B, Place.CLIENT, Place.POD_B2, Place.POD_A1
OF_THE_NODE = IPv4Address("172.18.0.22")  # worker-b's secondary address

ECHO = Service(name="on-node", external_ips=(OF_THE_NODE,), endpoints=(A1,), ports=(ServicePort("http", 80),))
NONE = Service(name="on-node-none", external_ips=(OF_THE_NODE,), ports=(ServicePort("http", 81),))


def shut(name: str, port: int, ranges: str) -> Service:
    """A Service whose balancer has the node's address, for these senders only."""
    return Service(
        name=name,
        type=ServiceType.LOAD_BALANCER,
        load_balancer_ingress=(OF_THE_NODE,),
        load_balancer_source_ranges=(IPv4Network(ranges),),
        endpoints=(A1,),
        ports=(ServicePort("http", port),),
    )


PODS_ONLY, CLIENT_ONLY = (
    shut("on-node-pods", 82, "10.244.0.0/16"),
    shut("on-node-client", 83, "172.18.0.100/32"),
)
SERVED = delivered(A1, source=Masqueraded(NODE))
REFUSED = Refused(NODE, Refusal.PORT_UNREACHABLE)

pytestmark = given(ECHO, NONE, PODS_ONLY, CLIENT_ONLY)


@requirement("ext-on-node")
@claims(
    served_to_outside=Claim(Flow(CLIENT, ExternalIP(ECHO, "http"), via=NODE), SERVED),
    served_to_pod=Claim(Flow(POD, ExternalIP(ECHO, "http")), SERVED),
    refused_to_outside=Claim(Flow(CLIENT, ExternalIP(NONE, "http"), via=NODE), REFUSED),
    refused_to_pod=Claim(Flow(POD, ExternalIP(NONE, "http")), REFUSED),
)
def test_external_ip(live: Live, flow: Flow, expect: Outcome) -> None:
    """An external IP that is a node's own address is served there, and refuses there without endpoints."""
    assert live.observe(flow) == expect


@requirement("lb-on-node")
@claims(
    pod_in_range=Claim(Flow(POD, LoadBalancerIP(PODS_ONLY, "http")), SERVED),
    client_out_of_range=Claim(Flow(CLIENT, LoadBalancerIP(PODS_ONLY, "http"), via=NODE), Dropped()),
    client_in_range=Claim(Flow(CLIENT, LoadBalancerIP(CLIENT_ONLY, "http"), via=NODE), SERVED),
    pod_out_of_range=Claim(Flow(POD, LoadBalancerIP(CLIENT_ONLY, "http")), Dropped()),
)
def test_source_ranges(live: Live, flow: Flow, expect: Outcome) -> None:
    """Source ranges hold at a balancer's address that is a node's own too."""
    assert live.observe(flow) == expect
