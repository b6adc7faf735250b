"""Services that more than one scenario asks, and what is claimed of them in the same words.

Modules that are given the same ones can share them as they stand.
"""

from ipaddress import IPv4Address

from conformance.outcome import Refused
from conformance.vocabulary import Claim
from lab.model import Flow, Place, Protocol, Refusal, Service, ServicePort, ServiceType, Target

NONE = Service(
    name="none",
    type=ServiceType.LOAD_BALANCER,
    load_balancer_ingress=(IPv4Address("203.0.113.10"),),
    external_ips=(IPv4Address("203.0.113.11"),),
    ports=(ServicePort("http", 80), ServicePort("dns", 53, protocol=Protocol.UDP)),
)
"""Every front door, and no endpoint."""


def refused(by: Place, sender: Place, target: Target, via: Place | None = None) -> Claim:
    """Refused by this node with the ICMP error that says that no one listens."""
    return Claim(Flow(sender, target, via), Refused(by, Refusal.PORT_UNREACHABLE))


PAIR = Service(
    name="coming-and-going",
    type=ServiceType.LOAD_BALANCER,
    endpoints=(Place.POD_A1, Place.POD_B1),
    load_balancer_ingress=(IPv4Address("203.0.113.61"),),
    ports=(ServicePort("dns", 53, 8080, Protocol.UDP), ServicePort("http", 80)),
)
"""Two endpoints, TCP and UDP, for what becomes of open and new flows while it changes."""
