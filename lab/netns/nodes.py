"""The nodes of a lab: their API objects, their kube-proxy and flanneld, and the addresses that come with these."""

import json
from collections.abc import Mapping
from ipaddress import IPv4Address
from pathlib import Path

from lab.commands import run
from lab.components.program import Component, Program
from lab.kube import Kube
from lab.model import NODES, Interface, Place
from lab.netns import plan
from lab.netns.daemon import Daemon, Launcher
from lab.netns.kube_proxy import lock_of_its_own
from lab.netns.namespaces import Namespaces
from lab.networks import flannel
from lab.profiles import ProxyMode


def create_nodes(kube: Kube) -> None:
    """Creates the three Nodes. A Node must exist before its kube-proxy looks for its address, and before its pods."""
    for node in NODES:
        pod_cidr = str(plan.NODE_POD_CIDRS[node])
        kube.create_node(
            {
                "apiVersion": "v1",
                "kind": "Node",
                "metadata": {
                    "name": node.value,
                    "labels": {
                        "kubernetes.io/hostname": node.value,
                        plan.ZONE_LABEL: plan.ZONES[node],
                    },
                    # flanneld 0.28.9 panics on a Node that has no annotations at all.
                    "annotations": {"svcproof.invalid/lab": "netns"},
                },
                "spec": {"podCIDR": pod_cidr, "podCIDRs": [pod_cidr]},
                "status": {
                    "addresses": [
                        {"type": "InternalIP", "address": str(plan.NODE_ADDRESSES[node])},
                        {"type": "Hostname", "address": node.value},
                    ]
                },
            }
        )


def start_flanneld(
    mode: ProxyMode,
    backend: flannel.Backend,
    components: Mapping[Program, Component],
    launcher: Launcher,
    kubeconfig: Path,
    state: Path,
) -> tuple[Daemon, ...]:
    """Starts flanneld on every node."""
    configuration = state / "net-conf.json"
    configuration.write_text(flannel.network_configuration(str(plan.POD_CIDR), backend, mode))
    return tuple(
        launcher.start(
            f"flanneld-{node}",
            node,
            flannel.flanneld(
                components[Program.FLANNELD].path,
                kubeconfig,
                configuration,
                plan.NODE_ADDRESSES[node],
                subnet_file(state, node),
            ),
            {"NODE_NAME": node.value, **lock_of_its_own(state, node)},
        )
        for node in NODES
    )


def subnet_file(state: Path, node: Place) -> Path:
    """Where flanneld writes its lease on this node."""
    return state / f"subnet-{node}.env"


def interfaces(namespaces: Namespaces, node: Place) -> tuple[Interface, ...]:
    """The node's interfaces that have IPv4 addresses, from the kernel."""
    listed = json.loads(run(["ip", "-json", "-4", "-n", namespaces.name(node), "addr", "show"]))
    return tuple(
        Interface(
            node,
            item["ifname"],
            tuple(IPv4Address(address["local"]) for address in item["addr_info"]),
        )
        for item in listed
        if item["ifname"] != "lo"
    )
