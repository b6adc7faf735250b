"""What the words of a rule stand for in this lab: whose address, whose port. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lab.model import PODS, Facts, NodeAddress, Service

_ADDRESS = re.compile(r"(?<![\d.])\d+\.\d+\.\d+\.\d+(?:/32)?(?![\d./])")
_NUMBER = re.compile(r"\b3[0-2]\d{3}\b")
_HASH = re.compile(r"-[A-Z2-7]{8}-(?=default/)")
_LAB_PORTS = ("8080", "8081", "8082")
_OTHERS = {NodeAddress.SECONDARY: "secondary", NodeAddress.OTHER_NETWORK: "other network"}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """names: of addresses, in words. node_ports: of numbers. services: those under test, with their cluster IPs.

    pods: the addresses of all pods, in the order of their names. local: the CIDR by which kube-proxy knows pods.
    other_addresses: of nodes, which the Node objects do not name, by the address that these do name.
    """

    names: Mapping[str, str]
    node_ports: Mapping[str, str]
    services: Mapping[str, str]
    pods: Sequence[str]
    local: str
    other_addresses: Mapping[str, Sequence[str]]

    def words(self, text: str) -> str:
        """A rule without what differs between two runs: allotted addresses, node ports, hashes of names."""
        named = _ADDRESS.sub(lambda found: self._name(found.group()), text)
        numbered = _NUMBER.sub(lambda found: self.node_ports.get(found.group(), found.group()), named)
        return _HASH.sub("-", numbered)

    def service_of(self, address: str) -> str:
        """The Service with this cluster IP; nothing where no Service under test has it."""
        return next((name for name, each in self.services.items() if each == address), "")

    def other_addresses_beside(self, address: str) -> Sequence[str]:
        """The other addresses of the node with this one, if a node has it."""
        return self.other_addresses.get(address, ())

    def other_pods(self, taken: Sequence[str]) -> tuple[str, ...]:
        """The address of a pod that is none of these; none where they are all there are."""
        return tuple(address for address in self.pods if address not in taken)[:1]

    def _name(self, address: str) -> str:
        return self.names.get(address.removesuffix("/32"), address)


def another_port(port: str) -> str:
    """A port on which every pod of the lab answers, and not this one."""
    return next(each for each in _LAB_PORTS if each != port)


def surroundings_of(facts: Facts, given: Sequence[Service], local: str) -> Surroundings:
    """What is so in a lab with these Services."""
    names = {str(address): place.value for address, place in facts.owners.items()}
    for node, addresses in facts.node_addresses.items():
        names |= {str(addresses[at]): f"{node}({word})" for at, word in _OTHERS.items()}
    node_ports: dict[str, str] = {}
    services: dict[str, str] = {}
    for service in given:
        if service.name not in facts.services:
            continue
        allotted = facts.services[service.name]
        if allotted.cluster_ip is not None:
            names[str(allotted.cluster_ip)] = f"cluster-ip({service.name})"
        services[service.name] = str(allotted.cluster_ip)
        for port, number in allotted.node_ports.items():
            node_ports[str(number)] = f"node-port({service.name}:{port})"
        if allotted.health_check_port:
            node_ports[str(allotted.health_check_port)] = f"health-port({service.name})"
        names |= {str(each): f"load-balancer-ip({service.name})" for each in service.load_balancer_ingress}
        names |= {str(each): f"external-ip({service.name})" for each in service.external_ips}
    pods = [str(facts.primary[pod]) for pod in PODS]
    others = {
        str(each[NodeAddress.PRIMARY]): [str(each[at]) for at in _OTHERS]
        for each in facts.node_addresses.values()
    }
    return Surroundings(names, node_ports, services, pods, local, others)
