"""The oracle, asked about one Service at a time."""

from ipaddress import IPv4Address

from conformance.oracle import documented
from conformance.outcome import Outcome
from lab.model import (
    Circumstance,
    ClusterIP,
    ExternalIP,
    Flow,
    Host,
    LoadBalancerIP,
    NodePort,
    Place,
    PodIP,
    ProxyHealth,
    Service,
    ServicePort,
    ServiceType,
    Target,
    Unallocated,
)
from lab.profiles import PROFILES, NetworkName, Profile
from tests.oracle.topology import world_of

FLANNEL = tuple(each for each in PROFILES if each.network is NetworkName.FLANNEL)
IPTABLES, NFTABLES = FLANNEL
A, B, C = Place.WORKER_A, Place.WORKER_B, Place.WORKER_C
A1, A2, B1, B2, C1 = Place.POD_A1, Place.POD_A2, Place.POD_B1, Place.POD_B2, Place.POD_C1
HTTP = (ServicePort("http", 80),)
OPEN = Service(
    name="open",
    type=ServiceType.LOAD_BALANCER,
    endpoints=(A1, B1),
    external_ips=(IPv4Address("203.0.113.2"),),
    load_balancer_ingress=(IPv4Address("203.0.113.1"),),
    ports=HTTP,
)
"""A Service with every door, an endpoint on worker-a and another on worker-b."""


def said(
    profile: Profile, sender: Place, target: Target, *when: Circumstance, via: Place | None = None
) -> Outcome:
    """What the oracle says of a flow, where the Service that it asks for is the only one."""
    without = PodIP | Host | Unallocated | ProxyHealth
    services = [] if isinstance(target, without) else [target.service]
    return documented(profile, world_of(services), Flow(sender, target, via), when)


def cluster_ip(service: Service) -> ClusterIP:
    """The cluster IP."""
    return ClusterIP(service, "http")


def balancer(service: Service) -> LoadBalancerIP:
    """The load balancer's address."""
    return LoadBalancerIP(service, "http")


def external(service: Service) -> ExternalIP:
    """The external IP."""
    return ExternalIP(service, "http")


def node_port(service: Service) -> NodePort:
    """The node port of worker-a, at its primary address."""
    return NodePort(service, "http", A)
