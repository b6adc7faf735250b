"""Load balancer IPs and external IPs are a Service's at its ports only; at others, their packets are routed.

Source: https://kubernetes.io/docs/concepts/services-networking/service/#loadbalancer
"""

from collections.abc import Mapping
from ipaddress import IPv4Address, IPv4Network

from conformance.live import Live
from conformance.outcome import Forwarded, Outcome
from conformance.vocabulary import Claim, claims, given, requirement
from lab.model import (
    ExternalIP,
    Flow,
    LoadBalancerIP,
    OtherPort,
    Place,
    Protocol,
    Service,
    ServicePort,
    ServiceType,
    TrafficPolicy,
    Transport,
)

A1, B1, NODE = Place.POD_A1, Place.POD_B1, Place.WORKER_B
ROUTED = Forwarded(Place.ROUTER)


def balanced(
    name: str, number: int, *endpoints: Place, policy: TrafficPolicy = TrafficPolicy.CLUSTER, ranges: str = ""
) -> Service:
    """A Service with a TCP and a UDP port at a load balancer IP and at an external IP."""
    return Service(
        name=name,
        type=ServiceType.LOAD_BALANCER,
        external_traffic_policy=policy,
        load_balancer_ingress=(IPv4Address(f"203.0.113.{number}"),),
        load_balancer_source_ranges=(IPv4Network(ranges),) if ranges else (),
        external_ips=(IPv4Address(f"203.0.113.{number + 1}"),),
        endpoints=endpoints,
        ports=(ServicePort("http", 80), ServicePort("dns", 530, 8081, protocol=Protocol.UDP)),
    )


SERVICES = (
    balanced("lb-serving", 70, A1, B1),
    balanced("lb-dropping", 72, A1, policy=TrafficPolicy.LOCAL),
    balanced("lb-refusing", 74),
    balanced("lb-shut", 76, A1, ranges="10.244.0.0/16"),
)
BESIDE = {
    "other_protocol": ("http", Transport.UDP, 0),
    "other_protocol_than_udp": ("dns", Transport.TCP, 0),
    "number_behind": ("http", Transport.TCP, 1),
    "number_behind_udp": ("dns", Transport.UDP, 1),
}
DOORS: Mapping[str, type[LoadBalancerIP | ExternalIP]] = {
    "load_balancer_ip": LoadBalancerIP,
    "external_ip": ExternalIP,
}

pytestmark = given(*SERVICES)


@requirement("lb-badport")
@claims(
    **{
        f"{service.name.replace('-', '_')}_{door}_{beside}": Claim(
            Flow(Place.CLIENT, OtherPort(DOORS[door](service, port), transport, after), via=NODE), ROUTED
        )
        for service in SERVICES
        for door in DOORS
        for beside, (port, transport, after) in BESIDE.items()
    }
)
def test_beside_a_port(live: Live, flow: Flow, expect: Outcome) -> None:
    """A node routes what is not its Service's, whether at the port it serves, drops, refuses or shuts out."""
    assert live.observe(flow) == expect
