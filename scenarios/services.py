"""Services that more than one scenario asks. Modules that are given the same ones can share them as they stand."""

from ipaddress import IPv4Address

from lab.model import Place, Protocol, Service, ServicePort, ServiceType

NONE = Service(
    name="none",
    type=ServiceType.LOAD_BALANCER,
    load_balancer_ingress=(IPv4Address("203.0.113.10"),),
    external_ips=(IPv4Address("203.0.113.11"),),
    ports=(ServicePort("http", 80), ServicePort("dns", 53, protocol=Protocol.UDP)),
)
"""Every front door, and no endpoint."""

PAIR = Service(
    name="coming-and-going",
    type=ServiceType.LOAD_BALANCER,
    endpoints=(Place.POD_A1, Place.POD_B1),
    load_balancer_ingress=(IPv4Address("203.0.113.61"),),
    ports=(ServicePort("dns", 53, 8080, Protocol.UDP), ServicePort("http", 80)),
)
"""Two endpoints, TCP and UDP, for what becomes of open and new flows while it changes."""
