"""The nodes of a lab: their API objects, and the addresses that their kernels have."""

import json
from ipaddress import IPv4Address

from lab.commands import run
from lab.kube import Kube
from lab.model import NODES, Interface, Place
from lab.netns import plan
from lab.netns.namespaces import Namespaces


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


def pod_mtu(namespaces: Namespaces, pod: Place) -> int:
    """The MTU of a pod's interface in bytes, from the kernel."""
    [link] = json.loads(run(["ip", "-json", "-n", namespaces.name(pod), "link", "show", "eth0"]))
    return int(link["mtu"])
