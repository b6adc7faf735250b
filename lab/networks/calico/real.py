"""Calico itself: calico-node on every node, its CNI plugin and its IPAM, handed in or out of its images."""

import http.client
from collections.abc import Mapping
from ipaddress import IPv4Address
from pathlib import Path

from lab.api import Deviation, ProgramFacts
from lab.commands import ip_batch
from lab.components.calico import CalicoParts, CalicoProgram
from lab.model import NODES, Place
from lab.netns.daemon import Daemon
from lab.netns.interfaces import PodInterfaces
from lab.netns.kube_proxy import lock_of_its_own
from lab.networks import cni
from lab.networks.calico import addressing, objects, programs
from lab.networks.network import Check, Site
from lab.polling import Limit, wait_until

_DEVIATIONS = (
    Deviation(
        "felix writes the routes between nodes in every encapsulation; neither BIRD nor confd nor typha runs",
        "felix does so by itself with VXLAN, and with ProgramClusterRoutes without; the routes are the same",
    ),
)


class CalicoReal:
    """lab.networks.network.Network: real Calico."""

    def __init__(self, site: Site, parts: CalicoParts) -> None:
        self._site = site
        self._parts = parts

    @property
    def pod_interfaces(self) -> PodInterfaces:
        """cali* towards each pod, and no bridge."""
        return PodInterfaces(prefix=addressing.POD_PREFIX, bridge="cni0")

    def start(self) -> tuple[Daemon, ...]:
        """Makes Calico's objects; starts calico-node on every node."""
        objects.create(self._site.kube, self._parts.crds, self._site.encapsulation)
        return tuple(self._calico_node(node) for node in NODES)

    def wait(self, check: Check) -> None:
        """Returns when felix of every node has written its first rules."""
        for node in NODES:

            def look(node: Place = node) -> bool | None:
                check()
                return self._is_ready(node) or None

            wait_until(f"felix on {node} is ready", Limit.NETWORK_READY, look)

    def attach(self, pod: Place) -> IPv4Address:
        """Has Calico's plugin connect the pod."""
        site, node = self._site, pod.node
        ip_batch(["link set lo up"], netns=site.namespaces.name(pod))
        attachment = cni.Attachment(f"svcproof-{pod}", site.namespaces.path(pod), pod.value)
        plugins = programs.cni_plugins(node, site.kubeconfig, site.state, site.encapsulation)
        lock = lock_of_its_own(site.state, node)
        with site.namespaces.inside(node):
            result = cni.add("k8s-pod-network", plugins, attachment, self._cni_programs(), "eth0", lock)
        return cni.pod_address(result)

    def says(self) -> str:
        """Calico, its version and encapsulation."""
        return f"calico {self._parts.version}, encapsulation {self._site.encapsulation}"

    def programs(self) -> tuple[ProgramFacts, ...]:
        """Calico's own, each with where it came from."""
        return tuple(
            ProgramFacts(
                program, self._parts.version, self._parts.sha256[program], self._parts.origins[program]
            )
            for program in CalicoProgram
        )

    def deviations(self) -> tuple[Deviation, ...]:
        """What a production cluster has besides."""
        return _DEVIATIONS

    def _calico_node(self, node: Place) -> Daemon:
        site = self._site
        environ = programs.node_environment(node, site.kubeconfig, site.mode, site.encapsulation)
        argv = programs.node_command(self._parts.programs[CalicoProgram.NODE])
        lock = lock_of_its_own(site.state, node)
        return site.launcher.start(f"calico-node-{node}", node, argv, {**environ, **lock})

    def _is_ready(self, node: Place) -> bool:
        with self._site.namespaces.inside(node):
            asking = http.client.HTTPConnection("127.0.0.1", programs.HEALTH_PORT, timeout=1)
            try:
                asking.request("GET", "/readiness")
                return asking.getresponse().status < http.client.BAD_REQUEST
            except OSError:
                return False
            finally:
                asking.close()

    def _cni_programs(self) -> Mapping[str, Path]:
        return {program.value: path for program, path in self._parts.programs.items()}
