"""Services as a scenario declares them. Field names are the API's, in snake_case."""

from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network

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
    EXTERNAL_NAME = "ExternalName"


class TrafficPolicy(StrEnum):
    """`externalTrafficPolicy` and `internalTrafficPolicy`."""

    CLUSTER = "Cluster"
    LOCAL = "Local"


class IPMode(StrEnum):
    """`ipMode` of a load balancer address: whether nodes take it for their own, or leave it to the balancer."""

    VIP = "VIP"
    PROXY = "Proxy"


class TrafficDistribution(StrEnum):
    """`trafficDistribution`: which endpoints are preferred while there are any. PREFER_CLOSE is the older name."""

    PREFER_CLOSE = "PreferClose"
    PREFER_SAME_ZONE = "PreferSameZone"
    PREFER_SAME_NODE = "PreferSameNode"


@dataclass(frozen=True, slots=True)
class ServicePort:
    """One port of a Service.

    target_port: a number, or the name of a container port. Every pod of the lab answers on 8080, 8081
    and 8082 and names two of them: `web`, which is 8080 in pods numbered 1 and 8081 in the others,
    and `admin`, which is 8082.
    node_port: the nodePort to ask the API for; 0 for one that it chooses.
    """

    name: str
    port: int
    target_port: int | str = 8080
    protocol: Protocol = Protocol.TCP
    node_port: int = 0


@dataclass(frozen=True, slots=True)
class ListedEndpoint:
    """An endpoint that a hand-made EndpointSlice lists, as a rule without conditions.

    address: whose own address it has, a pod's or a node's. further: whose addresses stand behind that one.
    node: its nodeName; without one it is local to no node.
    terminating: it has conditions, of an endpoint that serves and is terminating.
    """

    address: Place
    node: Place | None = None
    terminating: bool = False
    further: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A Service and the pods that its selector shall match.

    name: unique in a run. endpoints: the lab labels these pods, the real endpointslice controller does the rest.
    listed: instead of a selector, a hand-made EndpointSlice with these.
    load_balancer_ingress: addresses that the lab writes to status.loadBalancer.ingress, as a cloud would.
    session_affinity_seconds: ClientIP affinity with this time-out; None for none.
    topology_mode: the annotation service.kubernetes.io/topology-mode.
    proxy_name: the label service.kubernetes.io/service-proxy-name, which takes the Service from kube-proxy.
    external_name: of a Service of type ExternalName.
    cluster_ip, health_check_node_port: those to ask the API for; None and 0 for those that it chooses.
    headless_slice: its hand-made EndpointSlice has the label service.kubernetes.io/headless, which hides it from
    kube-proxy. On a Service the label means nothing: the endpointslice controller sets it by the cluster IP.
    """

    name: str
    ports: tuple[ServicePort, ...]
    endpoints: tuple[Place, ...] = ()
    listed: tuple[ListedEndpoint, ...] = ()
    type: ServiceType = ServiceType.CLUSTER_IP
    headless: bool = False
    external_name: str = ""
    external_ips: tuple[IPv4Address, ...] = ()
    load_balancer_ingress: tuple[IPv4Address, ...] = ()
    load_balancer_ip_mode: IPMode = IPMode.VIP
    load_balancer_source_ranges: tuple[IPv4Network, ...] = ()
    allocate_load_balancer_node_ports: bool = True
    external_traffic_policy: TrafficPolicy = TrafficPolicy.CLUSTER
    internal_traffic_policy: TrafficPolicy = TrafficPolicy.CLUSTER
    traffic_distribution: TrafficDistribution | None = None
    session_affinity_seconds: int | None = None
    publish_not_ready_addresses: bool = False
    topology_mode: str = ""
    proxy_name: str = ""
    cluster_ip: IPv4Address | None = None
    health_check_node_port: int = 0
    headless_slice: bool = False

    def port(self, name: str) -> ServicePort:
        """The port of this name. KeyError where there is none."""
        for port in self.ports:
            if port.name == name:
                return port
        raise KeyError(f"Service {self.name} has no port {name!r}")
