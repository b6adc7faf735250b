"""The lab's standing pool of pods: made through the API, attached by the network, reported Running and Ready."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from ipaddress import IPv4Address

from lab.api import Deviation
from lab.errors import NotThere
from lab.kube import Kube, Manifest
from lab.model import NODES, PODS, Place, PodState
from lab.netns import plan
from lab.netns.namespaces import Namespaces

_GRACE_SECONDS = 3600
_ENDED = (PodState.TERMINATING, PodState.DYING, PodState.GONE)
"""A pod in one of these never comes back; one of the same name can be made."""

DEVIATIONS = (
    Deviation(
        "no kubelet and no scheduler: the lab places pods, has the network attach them and reports their status",
        "a kubelet needs a container runtime; the API objects are the same",
    ),
    Deviation(
        "a pod is a network namespace with an echo server in it, not a container",
        "the data plane knows pods by their interface and address only",
    ),
)


@dataclass(slots=True)
class PodPool:
    """The pods of a lab. attach: gives a pod its interface; its address.

    in_doubt: pods of which a write began and did not end; the API may have them so, otherwise, or not at all.
    """

    kube: Kube
    attach: Callable[[Place], IPv4Address]
    addresses: dict[Place, IPv4Address] = field(default_factory=dict)
    labels: dict[Place, dict[str, str]] = field(default_factory=dict)
    states: dict[Place, PodState] = field(default_factory=dict)
    in_doubt: set[Place] = field(default_factory=set)

    def make(self) -> Mapping[Place, IPv4Address]:
        """Makes every pod, the nodes side by side; their addresses."""
        with ThreadPoolExecutor(max_workers=len(NODES)) as threads:
            for made in threads.map(self._make_on, NODES):
                self.addresses.update(made)
        return self.addresses

    def label(self, pod: Place, labels: Mapping[str, str | None]) -> None:
        """Sets labels of a pod; None takes one away."""
        self.kube.label_pod(pod.value, labels)
        kept = {**self.labels.get(pod, {}), **labels}
        self.labels[pod] = {key: value for key, value in kept.items() if value is not None}

    def bring(self, pod: Place, state: PodState) -> None:
        """Brings a pod into a state, by what a user and a kubelet would write."""
        made_anew = pod in self.in_doubt or self.states.get(pod, PodState.READY) in _ENDED
        self.in_doubt.add(pod)
        if made_anew:
            self._restore(pod)
        match state:
            case PodState.READY:
                self._report(pod, ready=True)
            case PodState.NOT_READY:
                self._report(pod, ready=False)
            case PodState.TERMINATING | PodState.DYING:
                # No kubelet confirms, so the pod stays terminating.
                self.kube.delete_pod(pod.value, _GRACE_SECONDS)
                self._report(pod, ready=state is PodState.TERMINATING)
            case PodState.GONE:
                self.kube.delete_pod(pod.value, 0)
        self.states[pod] = state
        self.in_doubt.discard(pod)

    def _report(self, pod: Place, *, ready: bool) -> None:
        self.kube.patch_pod_status(pod.value, running(pod.node, self.addresses[pod], ready=ready))

    def _restore(self, pod: Place) -> None:
        """Makes the pod's API object anew; namespace, interface and address were kept."""
        with suppress(NotThere):
            self.kube.delete_pod(pod.value, 0)
        self.kube.create_pod(manifest(pod, self.labels.get(pod, {})))

    def _make_on(self, node: Place) -> dict[Place, IPv4Address]:
        return {pod: self._make(pod) for pod in PODS if pod.node is node}

    def _make(self, pod: Place) -> IPv4Address:
        self.kube.create_pod(manifest(pod, {}))
        address = self.attach(pod)
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
    """The command line of the echo for all pods, and for programs of the nodes."""
    ports = ",".join(str(port) for port in plan.ECHO_PORTS)
    return [python, "-m", "lab.netns.echo", namespaces.prefix, ports, *PODS, *NODES]
