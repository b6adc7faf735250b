"""What the words of a rule stand for in this lab: whose address, whose port. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address

from lab.model import PODS, Facts, NodeAddress, Service, ServiceFacts

_ADDRESS = re.compile(r"(?<![\d.])\d+\.\d+\.\d+\.\d+(?:/32)?(?![\d./])")
_NUMBER = re.compile(r"\b3[0-2]\d{3}\b")
_HASH = re.compile(r"-[A-Z2-7]{8}-(?=default/)")
_LAB_PORTS = ("8080", "8081", "8082")
_OTHERS = {NodeAddress.SECONDARY: "secondary", NodeAddress.OTHER_NETWORK: "other network"}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """names: of addresses, in words. node_ports: of numbers. services: those under test, with their cluster IPs.

    pods: the addresses of all pods, in the order of their names. local: the CIDR by which kube-proxy knows pods.
    other_addresses: of nodes, which the Node objects do not name, in words, by the address that these do name.
    """

    names: Mapping[str, str]
    node_ports: Mapping[str, str]
    services: Mapping[str, str]
    pods: Sequence[str]
    local: str
    other_addresses: Mapping[str, Mapping[str, str]]

    def words(self, text: str) -> str:
        """A rule without what differs between two runs: allotted addresses, node ports, hashes of names."""
        named = _ADDRESS.sub(lambda found: self._name(found.group()), text)
        numbered = _NUMBER.sub(lambda found: self.node_ports.get(found.group(), found.group()), named)
        return _HASH.sub("-", numbered)

    def service_of(self, address: str) -> str:
        """The Service with this cluster IP; nothing where no Service under test has it."""
        return next((name for name, each in self.services.items() if each == address), "")

    def other_addresses_beside(self, address: str) -> Mapping[str, str]:
        """The other addresses of the node with this one, if a node has it."""
        return self.other_addresses.get(address, {})

    def other_pods(self, taken: Sequence[str]) -> tuple[str, ...]:
        """The address of a pod that is none of these; none where they are all there are."""
        return tuple(address for address in self.pods if address not in taken)[:1]

    def _name(self, address: str) -> str:
        return self.names.get(address.removesuffix("/32"), address)


def another_port(port: str) -> str:
    """A port on which every pod of the lab answers, and not this one."""
    return next(each for each in _LAB_PORTS if each != port)


def surroundings_of(facts: Facts, given: Sequence[Service], local: str) -> Surroundings:
    """What is so in a lab with these Services. given: also as they were, and as they are, under one name."""
    names = {str(address): place.value for address, place in facts.owners.items()}
    for node, addresses in facts.node_addresses.items():
        names |= {str(addresses[at]): f"{node}({word})" for at, word in _OTHERS.items()}
    node_ports: dict[str, str] = {}
    services: dict[str, str] = {}
    for service in given:
        if service.name in facts.services:
            allotted = facts.services[service.name]
            cluster_ip = service.cluster_ip or allotted.cluster_ip
            if cluster_ip is not None:
                services[service.name] = str(cluster_ip)
            names |= dict(_addresses(service, cluster_ip))
            node_ports |= dict(_node_ports(service, allotted))
    pods = [str(facts.primary[pod]) for pod in PODS]
    others = {
        str(each[NodeAddress.PRIMARY]): {word: str(each[at]) for at, word in _OTHERS.items()}
        for each in facts.node_addresses.values()
    }
    return Surroundings(names, node_ports, services, pods, local, others)


def _addresses(service: Service, cluster_ip: IPv4Address | None) -> Iterator[tuple[str, str]]:
    """The addresses of a Service, each with its name."""
    if cluster_ip is not None:
        yield str(cluster_ip), f"cluster-ip({service.name})"
    for address in service.load_balancer_ingress:
        yield str(address), f"load-balancer-ip({service.name})"
    for address in service.external_ips:
        yield str(address), f"external-ip({service.name})"


def _node_ports(service: Service, allotted: ServiceFacts) -> Iterator[tuple[str, str]]:
    """The numbers of a Service's node ports, those that it asks for and those that it was given, each with its name."""
    for port, number in allotted.node_ports.items():
        yield str(number), f"node-port({service.name}:{port})"
    for asked in service.ports:
        if asked.node_port:
            yield str(asked.node_port), f"node-port({service.name}:{asked.name})"
    if allotted.health_check_port:
        yield str(allotted.health_check_port), f"health-port({service.name})"
