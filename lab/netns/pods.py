"""The lab's standing pool of pods: made through the API, given their interface by CNI, reported Running and Ready."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from ipaddress import IPv4Address
from pathlib import Path

from lab.api import Deviation
from lab.kube import Kube, Manifest
from lab.model import NODES, PODS, Place
from lab.netns import plan
from lab.netns.kube_proxy import lock_of_its_own
from lab.netns.namespaces import Namespaces
from lab.networks import cni

_GRACE_SECONDS = 3600

DEVIATIONS = (
    Deviation(
        "no kubelet and no scheduler: the lab places pods, calls CNI and reports their status",
        "a kubelet needs a container runtime; the API objects and the CNI calls are the same",
    ),
    Deviation(
        "a pod is a network namespace with an echo server in it, not a container",
        "the data plane knows pods by their interface and address only",
    ),
)


@dataclass(slots=True)
class PodPool:
    """The pods of a lab. cni_programs: CNI plugin by type."""

    kube: Kube
    namespaces: Namespaces
    cni_programs: Mapping[str, Path]
    state: Path
    addresses: dict[Place, IPv4Address] = field(default_factory=dict)
    labels: dict[Place, dict[str, str]] = field(default_factory=dict)

    def make(self, plugins: Mapping[Place, Sequence[Mapping[str, object]]]) -> Mapping[Place, IPv4Address]:
        """Makes every pod, the nodes side by side; their addresses. plugins: CNI's, per node, in order."""
        with ThreadPoolExecutor(max_workers=len(NODES)) as threads:
            for made in threads.map(lambda node: self._make_on(node, plugins[node]), NODES):
                self.addresses.update(made)
        return self.addresses

    def label(self, pod: Place, labels: Mapping[str, str | None]) -> None:
        """Sets labels of a pod; None takes one away."""
        self.kube.label_pod(pod.value, labels)
        kept = {**self.labels.get(pod, {}), **labels}
        self.labels[pod] = {key: value for key, value in kept.items() if value is not None}

    def report(self, pod: Place, *, ready: bool) -> None:
        """What the pod's kubelet would report of it."""
        self.kube.patch_pod_status(pod.value, running(pod.node, self.addresses[pod], ready=ready))

    def terminate(self, pod: Place) -> None:
        """Deletes the pod with a grace period. No kubelet confirms, so it stays terminating."""
        self.kube.delete_pod(pod.value, _GRACE_SECONDS)

    def remove(self, pod: Place) -> None:
        """Deletes the pod's API object at once."""
        self.kube.delete_pod(pod.value, 0)

    def restore(self, pod: Place) -> None:
        """Creates the pod's API object anew; namespace, interface and address were kept."""
        self.kube.create_pod(manifest(pod, self.labels.get(pod, {})))
        self.report(pod, ready=True)

    def _make_on(self, node: Place, plugins: Sequence[Mapping[str, object]]) -> dict[Place, IPv4Address]:
        return {pod: self._make(pod, plugins) for pod in PODS if pod.node is node}

    def _make(self, pod: Place, plugins: Sequence[Mapping[str, object]]) -> IPv4Address:
        self.kube.create_pod(manifest(pod, {}))
        attachment = cni.Attachment(f"svcproof-{pod}", self.namespaces.path(pod), pod.value)
        lock = lock_of_its_own(self.state, pod.node)
        with self.namespaces.inside(pod.node):
            cni.add("loopback", [{"type": "loopback"}], attachment, self.cni_programs, "lo", lock)
            result = cni.add("cbr0", plugins, attachment, self.cni_programs, "eth0", lock)
        address = cni.pod_address(result)
        self.kube.patch_pod_status(pod.value, running(pod.node, address, ready=True))
        return address


def manifest(pod: Place, labels: Mapping[str, str]) -> Manifest:
    """The Pod, bound to its node, with its named ports."""
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": pod.value, "labels": {"app": "echo", **labels}},
        "spec": {
            "nodeName": pod.node.value,
            "automountServiceAccountToken": False,
            "containers": [
                {
                    "name": "echo",
                    "image": "svcproof.invalid/echo",
                    "ports": [
                        {"name": name, "containerPort": port} for name, port in plan.container_ports(pod)
                    ],
                }
            ],
        },
    }


def running(node: Place, address: IPv4Address, *, ready: bool) -> Manifest:
    """What a kubelet reports of a pod that runs."""
    host = str(plan.NODE_ADDRESSES[node])
    return {
        "phase": "Running",
        "podIP": str(address),
        "podIPs": [{"ip": str(address)}],
        "hostIP": host,
        "hostIPs": [{"ip": host}],
        "conditions": [{"type": "Ready", "status": str(ready)}],
    }


def echo_command(python: str, namespaces: Namespaces) -> list[str]:
    """The command line of the echo for all pods."""
    ports = ",".join(str(port) for port in plan.ECHO_PORTS)
    return [python, "-m", "lab.netns.echo", namespaces.prefix, ports, *PODS]
