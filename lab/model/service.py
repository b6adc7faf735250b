"""Services as a scenario declares them. Field names are the API's, in snake_case."""

from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Address

from lab.model.place import Place


class Protocol(StrEnum):
    """A port's `protocol`."""

    TCP = "TCP"
    UDP = "UDP"
    SCTP = "SCTP"


class ServiceType(StrEnum):
    """A Service's `type`."""

    CLUSTER_IP = "ClusterIP"
    NODE_PORT = "NodePort"
    LOAD_BALANCER = "LoadBalancer"


class TrafficPolicy(StrEnum):
    """`externalTrafficPolicy` and `internalTrafficPolicy`."""

    CLUSTER = "Cluster"
    LOCAL = "Local"


@dataclass(frozen=True, slots=True)
class ServicePort:
    """One port of a Service.

    target_port: a number, or the name of a container port. Every pod of the lab answers on 8080, 8081
    and 8082 and names two of them: `web`, which is 8080 in pods numbered 1 and 8081 in the others,
    and `admin`, which is 8082.
    """

    name: str
    port: int
    target_port: int | str = 8080
    protocol: Protocol = Protocol.TCP


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A Service and the pods that its selector shall match.

    name: unique in a run. endpoints: the lab labels these pods, the real endpointslice controller does the rest.
    load_balancer_ingress: addresses that the lab writes to status.loadBalancer.ingress, as a cloud would.
    """

    name: str
    ports: tuple[ServicePort, ...]
    endpoints: tuple[Place, ...] = ()
    type: ServiceType = ServiceType.CLUSTER_IP
    external_ips: tuple[IPv4Address, ...] = ()
    load_balancer_ingress: tuple[IPv4Address, ...] = ()
    external_traffic_policy: TrafficPolicy | None = None
    internal_traffic_policy: TrafficPolicy | None = None

    def port(self, name: str) -> ServicePort:
        """The port of this name. KeyError where there is none."""
        for port in self.ports:
            if port.name == name:
                return port
        raise KeyError(f"Service {self.name} has no port {name!r}")
