"""A load balancer IP with source ranges whose Service has no endpoints: who is shut out is dropped, others are refused.

Source: https://kubernetes.io/docs/concepts/services-networking/service/#loadbalancer
"""

from ipaddress import IPv4Address, IPv4Network

from conformance.live import Live
from conformance.outcome import Dropped, LocalError, Outcome, Refused
from conformance.vocabulary import Claim, claims, given, requirement
from lab.model import Flow, LoadBalancerIP, Place, Protocol, Refusal, Service, ServicePort, ServiceType

A, B, CLIENT = Place.WORKER_A, Place.WORKER_B, Place.CLIENT
NONE = Service(
    name="none-guarded",
    type=ServiceType.LOAD_BALANCER,
    load_balancer_ingress=(IPv4Address("203.0.113.12"),),
    load_balancer_source_ranges=(IPv4Network("172.18.0.100/32"),),
    ports=(ServicePort("http", 80), ServicePort("dns", 53, protocol=Protocol.UDP)),
)
HTTP, DNS = LoadBalancerIP(NONE, "http"), LoadBalancerIP(NONE, "dns")
REFUSED = Refused(B, Refusal.PORT_UNREACHABLE)

pytestmark = given(NONE)


@requirement("noep-lbsr")
@claims(
    in_range=Claim(Flow(CLIENT, HTTP, via=B), REFUSED),
    in_range_udp=Claim(Flow(CLIENT, DNS, via=B), REFUSED),
    out_of_range=Claim(Flow(Place.POD_B1, HTTP), Dropped()),
    out_of_range_udp=Claim(Flow(Place.POD_B1, DNS), Dropped()),
    node_out_of_range=Claim(Flow(A, HTTP), LocalError("EPERM")),
)
def test_source_ranges_without_endpoints(live: Live, flow: Flow, expect: Outcome) -> None:
    """Source ranges count before it counts that there is no endpoint."""
    assert live.observe(flow) == expect
