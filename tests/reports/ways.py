"""Ways of packets as a lab with flannel sees them: pods 10.244.x.y, nodes 172.18.0.11 to .13, VXLAN."""

from collections.abc import Sequence

from conformance.results import Step, Way
from lab.model import Place

POD = "10.244.1.10:40112"
CLUSTER_IP = "10.96.14.7:80"
ENDPOINT = "10.244.2.10:8080"
CLIENT = "172.18.0.100:51544"
NODE_PORT = "172.18.0.11:30080"
MASQUERADED = "10.244.1.0:23817"
TUNNEL = "vxlan 172.18.0.11 > 172.18.0.12"
TUNNEL_BACK = "vxlan 172.18.0.12 > 172.18.0.11"

Row = tuple[int, str, str, str, str, str, int, str]


def cluster_ip_way() -> Way:
    """A pod of worker-a asks a cluster IP and is answered by a pod of worker-b."""
    asked: Sequence[Row] = (
        (0, "pod-a1", "eth0", "out", POD, CLUSTER_IP, 64, ""),
        (18, "worker-a", "veth3f1c09d2", "in", POD, CLUSTER_IP, 64, ""),
        (57, "worker-a", "flannel.1", "out", POD, ENDPOINT, 63, ""),
        (66, "worker-a", "eth0", "out", POD, ENDPOINT, 63, TUNNEL),
        (81, "worker-b", "eth0", "in", POD, ENDPOINT, 63, TUNNEL),
        (92, "worker-b", "flannel.1", "in", POD, ENDPOINT, 63, ""),
        (109, "worker-b", "veth8a40be17", "out", POD, ENDPOINT, 62, ""),
        (114, "pod-b1", "eth0", "in", POD, ENDPOINT, 62, ""),
    )
    answered: Sequence[Row] = (
        (139, "pod-b1", "eth0", "out", ENDPOINT, POD, 64, ""),
        (171, "worker-b", "eth0", "out", ENDPOINT, POD, 63, TUNNEL_BACK),
        (188, "worker-a", "eth0", "in", ENDPOINT, POD, 63, TUNNEL_BACK),
        (214, "worker-a", "veth3f1c09d2", "out", CLUSTER_IP, POD, 62, ""),
        (219, "pod-a1", "eth0", "in", CLUSTER_IP, POD, 62, ""),
    )
    return Way(
        outcome="delivered to pod-b1:8080",
        probes=17,
        summary=f"IP / TCP {POD} > {CLUSTER_IP} S",
        steps=(*_steps("probe", "TCP S", asked), *_steps("reply", "TCP SA", answered)),
    )


def node_port_way() -> Way:
    """The client asks worker-a's node port and is answered by a pod of worker-b, which saw worker-a."""
    asked: Sequence[Row] = (
        (0, "client", "eth0", "out", CLIENT, NODE_PORT, 64, ""),
        (14, "worker-a", "eth0", "in", CLIENT, NODE_PORT, 64, ""),
        (73, "worker-a", "flannel.1", "out", MASQUERADED, ENDPOINT, 63, ""),
        (80, "worker-a", "eth0", "out", MASQUERADED, ENDPOINT, 63, TUNNEL),
        (97, "worker-b", "eth0", "in", MASQUERADED, ENDPOINT, 63, TUNNEL),
        (126, "pod-b1", "eth0", "in", MASQUERADED, ENDPOINT, 62, ""),
    )
    answered: Sequence[Row] = (
        (151, "pod-b1", "eth0", "out", ENDPOINT, MASQUERADED, 64, ""),
        (196, "worker-a", "flannel.1", "in", ENDPOINT, MASQUERADED, 63, ""),
        (224, "worker-a", "eth0", "out", NODE_PORT, CLIENT, 62, ""),
        (232, "client", "eth0", "in", NODE_PORT, CLIENT, 62, ""),
    )
    return Way(
        outcome="delivered to pod-b1:8080",
        probes=31,
        summary=f"IP / TCP {CLIENT} > {NODE_PORT} S",
        steps=(*_steps("probe", "TCP S", asked), *_steps("reply", "TCP SA", answered)),
    )


def refused_way(probes: int, target: str = CLUSTER_IP) -> Way:
    """Worker-a refuses a pod's probe."""
    return _refused(probes, "pod-a1", "veth3f1c09d2", (POD, target), "10.244.1.1:0")


def node_port_refused_way(probes: int) -> Way:
    """Worker-a refuses the client's probe."""
    return _refused(probes, "client", "eth0", (CLIENT, NODE_PORT), "172.18.0.11:0")


def _refused(probes: int, sender: str, interface: str, flow: tuple[str, str], refuser: str) -> Way:
    source, target = flow
    quoted = f"{source.partition(':')[0]}:0"
    asked: Sequence[Row] = (
        (0, sender, "eth0", "out", source, target, 64, ""),
        (16, "worker-a", interface, "in", source, target, 64, ""),
    )
    refused: Sequence[Row] = (
        (41, "worker-a", interface, "out", refuser, quoted, 64, ""),
        (46, sender, "eth0", "in", refuser, quoted, 64, ""),
    )
    return Way(
        outcome="refused by worker-a with ICMP port unreachable",
        probes=probes,
        summary=f"IP / TCP {source} > {target} S",
        steps=(*_steps("probe", "TCP S", asked), *_steps("refusal", "ICMP port unreachable", refused)),
    )


def forwarded_way() -> Way:
    """A probe to a port that the Service lacks leaves for the router."""
    sent: Sequence[Row] = (
        (0, "pod-a1", "eth0", "out", POD, "10.96.14.7:81", 64, ""),
        (15, "worker-a", "veth3f1c09d2", "in", POD, "10.96.14.7:81", 64, ""),
        (38, "worker-a", "eth0", "out", "172.18.0.11:40112", "10.96.14.7:81", 63, ""),
        (52, "router", "eth0", "in", "172.18.0.11:40112", "10.96.14.7:81", 63, ""),
    )
    return Way(
        outcome="forwarded untranslated to router",
        probes=4,
        summary=f"IP / TCP {POD} > 10.96.14.7:81 S",
        steps=_steps("probe", "TCP S", sent),
    )


def _steps(part: str, packet: str, rows: Sequence[Row]) -> tuple[Step, ...]:
    return tuple(
        Step(
            time_us=time,
            place=Place(place).value,
            interface=interface,
            direction=direction,
            part=part,
            packet=packet,
            source=source,
            destination=destination,
            ttl=ttl,
            tunnel=tunnel,
        )
        for time, place, interface, direction, source, destination, ttl, tunnel in rows
    )
