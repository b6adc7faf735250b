"""What is so in a lab that is up: who has which address, and where Services can be reached."""

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address

from lab.model.flow import (
    ClusterIP,
    Destination,
    ExternalIP,
    LoadBalancerIP,
    NodePort,
    PodIP,
    Target,
)
from lab.model.place import Place


@dataclass(frozen=True, slots=True)
class Interface:
    """One interface of a place with its IPv4 addresses."""

    place: Place
    name: str
    addresses: tuple[IPv4Address, ...]


@dataclass(frozen=True, slots=True)
class ServiceFacts:
    """What the API allotted to a Service. node_ports is by port name."""

    cluster_ip: IPv4Address
    node_ports: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Facts:
    """The addresses of a lab.

    primary: one address per place, the one that others reach it by.
    listeners: the ports on which every pod's echo answers.
    """

    interfaces: tuple[Interface, ...]
    primary: Mapping[Place, IPv4Address]
    owners: Mapping[IPv4Address, Place]
    listeners: frozenset[int]
    services: Mapping[str, ServiceFacts]

    def destination(self, target: Target) -> Destination:
        """Where packets for this target go."""
        match target:
            case PodIP(pod=pod, port=port):
                return Destination(self.primary[pod], port)
            case ClusterIP(service=service, port=name):
                return Destination(self.services[service.name].cluster_ip, service.port(name).port)
            case NodePort(service=service, port=name, node=node):
                return Destination(self.primary[node], self.services[service.name].node_ports[name])
            case LoadBalancerIP(service=service, port=name):
                return Destination(service.load_balancer_ingress[0], service.port(name).port)
            case ExternalIP(service=service, port=name):
                return Destination(service.external_ips[0], service.port(name).port)
