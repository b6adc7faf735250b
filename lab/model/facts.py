"""What is so in a lab that is up: who has which address, and where Services can be reached."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address
from itertools import count, islice

from lab.errors import UsageError
from lab.model.flow import (
    ClusterIP,
    Creation,
    Destination,
    ExternalIP,
    HealthCheckPort,
    Host,
    LoadBalancerIP,
    NodeAddress,
    NodePort,
    OtherPort,
    PodIP,
    ProxyHealth,
    Target,
    Transport,
    Unallocated,
)
from lab.model.place import Place
from lab.model.service import Service
from lab.profiles import Encapsulation

_HTTP = 80
_PROXY_HEALTH = 10256


@dataclass(frozen=True, slots=True)
class Interface:
    """One interface of a place with its IPv4 addresses."""

    place: Place
    name: str
    addresses: tuple[IPv4Address, ...]


@dataclass(frozen=True, slots=True)
class ServiceFacts:
    """What the API allotted to a Service. node_ports is by port name; health_check_port is 0 where there is none.

    cluster_ip: None for a headless Service and an ExternalName.
    """

    cluster_ip: IPv4Address | None
    node_ports: Mapping[str, int]
    health_check_port: int = 0


@dataclass(frozen=True, slots=True)
class NetworkFacts:
    """How the pod network carries packets. pod_mtu: of a pod's interface. bridged: a node's pods share a bridge.

    gateways: of pods, to which their default routes lead.
    """

    encapsulation: Encapsulation = Encapsulation.NONE
    pod_mtu: int = 1500
    bridged: bool = False
    gateways: Mapping[Place, IPv4Address] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Facts:
    """The addresses of a lab.

    primary: one address per place, the one that others reach it by.
    node_addresses: the addresses of nodes that flows may name.
    unallocated: a cluster IP that no Service has.
    listeners: the ports on which the echo answers, in every pod and at every node.
    api: where the API is asked.
    """

    interfaces: tuple[Interface, ...]
    primary: Mapping[Place, IPv4Address]
    node_addresses: Mapping[Place, Mapping[NodeAddress, IPv4Address]]
    unallocated: IPv4Address
    owners: Mapping[IPv4Address, Place]
    listeners: frozenset[int]
    services: Mapping[str, ServiceFacts]
    api: Destination
    network: NetworkFacts = NetworkFacts()

    def cluster_ip(self, service: Service) -> IPv4Address:
        """The Service's cluster IP, or the one that it asks for. ValueError where it has none."""
        address = service.cluster_ip or self.services[service.name].cluster_ip
        if address is None:
            raise ValueError(f"Service {service.name} has no cluster IP")
        return address

    def masquerade_address(self, node: Place, interface: str) -> IPv4Address | None:
        """The address that masquerading gives to what leaves a node by this interface: the interface's first.

        One without addresses lends the first that the node has on another (inet_select_addr of the kernel).
        """
        mine = [each for each in self.interfaces if each.place is node and each.addresses]
        named = [each for each in mine if each.name == interface]
        return next((each.addresses[0] for each in [*named, *mine]), None)

    def destination(self, target: Target) -> Destination:  # noqa: C901, PLR0911 - one line for each kind of target
        """Where packets for this target go."""
        match target:
            case Host(place=place):
                return Destination(self.primary[place], 0)
            case PodIP(pod=pod, port=port):
                return Destination(self.primary[pod], port)
            case ClusterIP(service=service, port=name):
                return Destination(self.cluster_ip(service), service.port(name).port)
            case OtherPort():
                return self._beside(target)
            case Unallocated():
                return Destination(self.unallocated, _HTTP)
            case NodePort(service=service, port=name, node=node, at=at):
                port = service.port(name).node_port or self.services[service.name].node_ports[name]
                return Destination(self._node_address(node, at), port)
            case HealthCheckPort(service=service, node=node):
                port = service.health_check_node_port or self.services[service.name].health_check_port
                return Destination(self.primary[node], port)
            case Creation():
                return self.api
            case ProxyHealth(node=node):
                return Destination(self.primary[node], _PROXY_HEALTH)
            case LoadBalancerIP(service=service, port=name):
                return Destination(service.load_balancer_ingress[0], service.port(name).port)
            case ExternalIP(service=service, port=name):
                return Destination(service.external_ips[0], service.port(name).port)

    def _beside(self, target: OtherPort) -> Destination:
        door = self.destination(target.door)
        if target.transport is Transport.ICMP:
            return Destination(door.address, 0)
        if isinstance(target.door, NodePort):
            return Destination(door.address, self._free_behind(door.port, target.after))
        return Destination(door.address, door.port + target.after)

    def _free_behind(self, port: int, after: int) -> int:
        """The number so many behind this one, passing over those that the API allotted to other ports."""
        taken = {number for service in self.services.values() for number in service.node_ports.values()}
        taken |= {service.health_check_port for service in self.services.values()}
        free = (number for number in count(port + 1) if number not in taken)
        return port if after == 0 else next(islice(free, after - 1, None))

    def _node_address(self, node: Place, at: NodeAddress) -> IPv4Address:
        if at not in self.node_addresses[node]:
            raise UsageError(f"{node} has no {at}: not every network has a bridge")
        return self.node_addresses[node][at]
