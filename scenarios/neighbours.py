"""Services side by side at the same port numbers: one serves, one drops, one refuses, one shuts out, one is left alone.

Several scenarios ask them, so that each is asked at all of its doors: what concerns one must not concern another.
"""

from ipaddress import IPv4Address, IPv4Network

from conformance.vocabulary import given
from lab.model import IPMode, Place, Protocol, Service, ServicePort, ServiceType, TrafficPolicy


def balanced(
    name: str,
    number: int,
    *endpoints: Place,
    policy: TrafficPolicy = TrafficPolicy.CLUSTER,
    ranges: str = "",
    mode: IPMode = IPMode.VIP,
) -> Service:
    """A Service with a TCP and a UDP port at node ports, at a load balancer IP and at an external IP."""
    return Service(
        name=name,
        type=ServiceType.LOAD_BALANCER,
        external_traffic_policy=policy,
        load_balancer_ingress=(IPv4Address(f"203.0.113.{number}"),),
        load_balancer_ip_mode=mode,
        load_balancer_source_ranges=(IPv4Network(ranges),) if ranges else (),
        external_ips=(IPv4Address(f"203.0.113.{number + 1}"),),
        endpoints=endpoints,
        ports=(ServicePort("http", 80), ServicePort("dns", 530, 8081, protocol=Protocol.UDP)),
    )


SERVING = balanced("lb-serving", 70, Place.POD_A1, Place.POD_B1)
DROPPING = balanced("lb-dropping", 72, Place.POD_A1, policy=TrafficPolicy.LOCAL)
REFUSING = balanced("lb-refusing", 74)
SHUT = balanced("lb-shut", 76, Place.POD_A1, ranges="10.244.0.0/16")
LEFT_ALONE = balanced("lb-left-alone", 78, Place.POD_A1, mode=IPMode.PROXY)
SIDE_BY_SIDE = given(SERVING, DROPPING, REFUSING, SHUT, LEFT_ALONE)
TARGET_PORTS = {"http": 8080, "dns": 8081}
