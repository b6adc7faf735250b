"""The rules that kube-proxy wrote on worker-a for two Services, and what their addresses stand for.

`cip` is a ClusterIP over pod-a1 and pod-b1; `web` a LoadBalancer over the same, with a source range, session
affinity and externalTrafficPolicy Local.
"""

from pathlib import Path

from lab.profiles import ProxyMode
from lab.rules import iptables, nftables
from lab.rules.ruleset import Ruleset, Spot
from svcproof.sabotage import of_iptables, of_nftables
from svcproof.sabotage.fault import Fault, Kind
from svcproof.sabotage.surroundings import Surroundings

STORED = Path(__file__).parent / "stored"
MODES = tuple(ProxyMode)
_PODS = {f"10.244.{node}.{pod + 1}": f"pod-{'abc'[node - 1]}{pod}" for node in (1, 2, 3) for pod in (1, 2, 3)}
_CLUSTER_IPS = {
    ProxyMode.NFTABLES: {"cip": "10.96.2.197", "web": "10.96.210.173"},
    ProxyMode.IPTABLES: {"cip": "10.96.118.246", "web": "10.96.246.244"},
}
_NODE_PORTS = {ProxyMode.NFTABLES: "30667", ProxyMode.IPTABLES: "30870"}


def listing(mode: ProxyMode) -> str:
    """What the tool of this mode printed."""
    return (STORED / f"{mode}.txt").read_text()


def rules(mode: ProxyMode) -> Ruleset:
    """The same, read."""
    parse = nftables.parse if mode is ProxyMode.NFTABLES else iptables.parse
    return parse(listing(mode))


def surroundings(mode: ProxyMode, *more: str) -> Surroundings:
    """What the addresses stand for. more: Services that are taken to be under test too."""
    services = {**_CLUSTER_IPS[mode], **dict.fromkeys(more, "")}
    allotted = {address: f"cluster-ip({name})" for name, address in _CLUSTER_IPS[mode].items()}
    return Surroundings(
        names={
            **_PODS,
            **allotted,
            "172.18.0.11": "worker-a",
            "172.18.0.21": "worker-a(secondary)",
            "203.0.113.12": "load-balancer-ip(web)",
        },
        node_ports={_NODE_PORTS[mode]: "node-port(web:http)"},
        services=services,
        pods=sorted(_PODS),
        local="10.244.0.0/16",
        other_addresses={"172.18.0.11": {"secondary": "172.18.0.21", "other network": "172.19.0.11"}},
    )


def faults(mode: ProxyMode, *more: str) -> list[Fault]:
    """Every fault of the stored rules."""
    of = of_nftables if mode is ProxyMode.NFTABLES else of_iptables
    return list(of.faults(rules(mode), surroundings(mode, *more)))


def chosen(mode: ProxyMode, kind: Kind, *words: str) -> list[Fault]:
    """The faults of a kind whose names have all of these words."""
    every = faults(mode, "kubernetes")
    return [fault for fault in every if fault.kind is kind and all(word in fault.name for word in words)]


def entries(of: Ruleset) -> dict[Spot, tuple[str, ...]]:
    """The entries by where they stand."""
    return {block.spot: block.entries for block in of.blocks}
