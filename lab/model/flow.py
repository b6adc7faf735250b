"""Flows: from a place to a front door of a Service, or straight to a pod."""

from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Address

from lab.model.place import Place
from lab.model.service import Protocol, Service


class Transport(StrEnum):
    """What a probe is made of. SCTP probes are INIT chunks, ICMP probes echo requests."""

    TCP = "TCP"
    UDP = "UDP"
    SCTP = "SCTP"
    ICMP = "ICMP"


@dataclass(frozen=True, slots=True)
class ClusterIP:
    """A Service's cluster IP, at the port of this name."""

    service: Service
    port: str


@dataclass(frozen=True, slots=True)
class Unallocated:
    """A cluster IP that no Service has, at TCP port 80."""


class NodeAddress(StrEnum):
    """Which of a node's addresses."""

    PRIMARY = "primary address"
    SECONDARY = "secondary address"
    OTHER_NETWORK = "address of another network"
    BRIDGE = "address towards its pods"
    LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class NodePort:
    """A Service's node port on one of a node's addresses."""

    service: Service
    port: str
    node: Place
    at: NodeAddress = NodeAddress.PRIMARY


@dataclass(frozen=True, slots=True)
class LoadBalancerIP:
    """The first address of a Service's load balancer status."""

    service: Service
    port: str


@dataclass(frozen=True, slots=True)
class ExternalIP:
    """The first of a Service's external IPs."""

    service: Service
    port: str


@dataclass(frozen=True, slots=True)
class PodIP:
    """A pod's own address, without any Service. Port 0 for transports that have none."""

    pod: Place
    port: int
    transport: Transport


@dataclass(frozen=True, slots=True)
class HealthCheckPort:
    """A Service's healthCheckNodePort at a node, where a load balancer asks by HTTP whether it shall send here."""

    service: Service
    node: Place


@dataclass(frozen=True, slots=True)
class ProxyHealth:
    """kube-proxy's own health at a node, by HTTP on port 10256. path: `/healthz` or `/livez`."""

    node: Place
    path: str = "/healthz"


HttpTarget = HealthCheckPort | ProxyHealth
"""What is asked by an HTTP GET over a socket that is opened at the sender, not by probes."""


@dataclass(frozen=True, slots=True)
class Creation:
    """The API, asked to create a Service; what it accepts is deleted again.

    spec: fields in the API's own words, for what the model cannot say, in place of the Service's.
    """

    service: Service
    spec: tuple[tuple[str, object], ...] = ()


ServiceTarget = ClusterIP | NodePort | LoadBalancerIP | ExternalIP
"""The front doors of a Service, each at one of its ports."""


@dataclass(frozen=True, slots=True)
class OtherPort:
    """The address of a front door, over another transport than the Service's port, or at another number.

    after: how many numbers behind that of the door; on a node, of those that no Service has. ICMP has no number.
    """

    door: ServiceTarget
    transport: Transport
    after: int = 0

    @property
    def service(self) -> Service:
        """The Service whose address is asked."""
        return self.door.service


@dataclass(frozen=True, slots=True)
class Host:
    """A node's or an outside place's own address, which is pinged."""

    place: Place


Target = ServiceTarget | OtherPort | Unallocated | PodIP | Host | HttpTarget | Creation


@dataclass(frozen=True, slots=True)
class Flow:
    """Packets from `sender` to `target`.

    via: the node through which a sender outside the cluster routes the target's address (for cluster IPs,
    load balancer IPs, external IPs and pod IPs, which no network but the cluster's own knows).
    padding: bytes of payload beyond the mark, for UDP and ICMP; a probe that outgrows the path is sent in fragments.
    source_port: the port of every probe, which makes them one flow to the kernel; 0 for a port of its own each.
    TCP with a source port is data on one connection, which must have been opened.
    stray_of: an open TCP flow with a source port. The probes are segments of its connection, from one of its ends to
    the other, whose numbers are far outside the window: conntrack takes them for invalid. Sender, target and source
    port are as these packets bear them.
    own_addresses: each probe of a batch comes from an address of its own, and the next batch from the same ones in
    the same order: so many clients, at the place of one.
    bearing: the place whose address the probes bear in place of the sender's, which is forged then.
    beyond_mtu: how many bytes a probe is larger than the MTU of a pod's interface, and never to be fragmented;
    None for probes that are small.
    """

    sender: Place
    target: Target
    via: Place | None = None
    padding: int = 0
    source_port: int = 0
    own_addresses: bool = False
    bearing: Place | None = None
    beyond_mtu: int | None = None
    stray_of: "Flow | None" = None

    @property
    def address_of(self) -> ServiceTarget | Unallocated | PodIP | Host | HttpTarget | Creation:
        """The target whose address the packets bear."""
        return self.target.door if isinstance(self.target, OtherPort) else self.target

    @property
    def transport(self) -> Transport:
        """The probe's transport: the Service port's protocol, or what a PodIP names."""
        match self.target:
            case PodIP(transport=transport) | OtherPort(transport=transport):
                return transport
            case Unallocated() | HealthCheckPort() | ProxyHealth() | Creation():
                return Transport.TCP
            case Host():
                return Transport.ICMP
            case ClusterIP() | NodePort() | LoadBalancerIP() | ExternalIP():
                protocol: Protocol = self.target.service.port(self.target.port).protocol
                return Transport(protocol.value)


@dataclass(frozen=True, slots=True)
class Destination:
    """A target as packets see it: address and port (0 for ICMP)."""

    address: IPv4Address
    port: int
