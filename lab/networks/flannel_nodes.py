"""flannel on the nodes of a lab: flanneld runs on each, and pods are attached by CNI with the subnet that it leased."""

from collections.abc import Mapping
from ipaddress import IPv4Address
from pathlib import Path

from lab.api import Deviation, ProgramFacts
from lab.components.program import Program
from lab.model import NODES, Place
from lab.netns import plan
from lab.netns.daemon import Daemon
from lab.netns.interfaces import PodInterfaces
from lab.netns.kube_proxy import lock_of_its_own
from lab.networks import cni, flannel
from lab.networks.network import Check, Site

_CNI_PROGRAMS = (Program.BRIDGE, Program.HOST_LOCAL, Program.PORTMAP, Program.LOOPBACK)


class Flannel:
    """lab.networks.network.Network: flanneld, and the CNI plugins that its own plugin would call."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._plugins: dict[Place, list[dict[str, object]]] = {}

    @property
    def pod_interfaces(self) -> PodInterfaces:
        """The bridge that CNI makes, and the only interface that begins so."""
        return PodInterfaces(prefix="cni", bridge=flannel.BRIDGE)

    def start(self) -> tuple[Daemon, ...]:
        """Starts flanneld on every node."""
        site = self._site
        file = site.state / "net-conf.json"
        backend = flannel.backend_of(site.encapsulation)
        file.write_text(flannel.network_configuration(str(plan.POD_CIDR), backend, site.mode))
        return tuple(self._flanneld(node, file) for node in NODES)

    def wait(self, check: Check) -> None:
        """Returns when flanneld has its lease on every node."""
        for node in NODES:
            subnet = flannel.wait_subnet(self._subnet_file(node), check)
            data = self._site.state / f"cni-{node}"
            self._plugins[node] = flannel.cni_plugins(subnet, str(plan.POD_CIDR), data)

    def attach(self, pod: Place) -> IPv4Address:
        """Gives a pod its interfaces as a container runtime does: loopback, then the bridge."""
        site, programs = self._site, self._cni_programs()
        attachment = cni.Attachment(f"svcproof-{pod}", site.namespaces.path(pod), pod.value)
        lock = lock_of_its_own(site.state, pod.node)
        with site.namespaces.inside(pod.node):
            cni.add("loopback", [{"type": "loopback"}], attachment, programs, "lo", lock)
            result = cni.add("cbr0", self._plugins[pod.node], attachment, programs, "eth0", lock)
        return cni.pod_address(result)

    def says(self) -> str:
        """Flannel and its backend."""
        return f"flannel, {flannel.backend_of(self._site.encapsulation)}"

    def programs(self) -> tuple[ProgramFacts, ...]:
        """None: flanneld and the plugins are components."""
        return ()

    def deviations(self) -> tuple[Deviation, ...]:
        """Those of the CNI configuration."""
        return flannel.DEVIATIONS

    def _flanneld(self, node: Place, configuration: Path) -> Daemon:
        site = self._site
        argv = flannel.flanneld(
            site.components[Program.FLANNELD].path,
            site.kubeconfig,
            configuration,
            plan.NODE_ADDRESSES[node],
            self._subnet_file(node),
        )
        environ = {"NODE_NAME": node.value, **lock_of_its_own(site.state, node)}
        return site.launcher.start(f"flanneld-{node}", node, argv, environ)

    def _subnet_file(self, node: Place) -> Path:
        """Where flanneld writes its lease on this node."""
        return self._site.state / f"subnet-{node}.env"

    def _cni_programs(self) -> Mapping[str, Path]:
        return {program.value: self._site.components[program].path for program in _CNI_PROGRAMS}
