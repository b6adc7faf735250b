"""kube-proxy of one node: its configuration, and nothing else that could change what is under test."""

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from lab.api import Deviation
from lab.errors import NotReady
from lab.model import NODES, DetectLocal, Place, ProxyHas
from lab.netns import plan
from lab.netns.daemon import Daemon, Launcher
from lab.netns.interfaces import PodInterfaces
from lab.netns.syncs import Syncs
from lab.polling import Limit
from lab.profiles import ProxyMode

MIN_SYNC_PERIOD = "50ms"

DEVIATIONS = (
    Deviation(
        f"kube-proxy syncs after {MIN_SYNC_PERIOD} instead of 1 s (minSyncPeriod)",
        "so that a run does not wait for it; what it then writes is the same",
    ),
    Deviation(
        "kube-proxy leaves nf_conntrack_max alone (conntrack.maxPerCore 0)",
        "it is one value for the whole kernel and cannot be written from a namespace",
    ),
)


@dataclass(frozen=True, slots=True)
class _Running:
    """A kube-proxy that was started. has: its options, without the nodes that have them."""

    has: ProxyHas
    daemon: Daemon
    syncs: Syncs


class KubeProxies:
    """The kube-proxies of a lab, one per node."""

    def __init__(
        self,
        mode: ProxyMode,
        program: Path,
        launcher: Launcher,
        kubeconfig: Path,
        state: Path,
        pod_interfaces: PodInterfaces,
    ) -> None:
        self._mode = mode
        self._program = program
        self._launcher = launcher
        self._kubeconfig = kubeconfig
        self._state = state
        self._pod_interfaces = pod_interfaces
        self._round = 0
        self._running: dict[Place, _Running] = {}

    def have(self, configured: Sequence[ProxyHas]) -> None:
        """Starts the kube-proxies that have ended or are configured otherwise. Rules stay in between."""
        wanted = {node: _on(node, configured) for node in NODES}
        others = [node for node, has in wanted.items() if not self._runs(node, has)]
        self._end([node for node in others if node in self._running])
        self._round += 1
        for node in others:
            daemon = self._start(node, wanted[node])
            self._running[node] = _Running(wanted[node], daemon, Syncs(daemon.log, daemon.check))

    def running(self) -> tuple[Daemon, ...]:
        """The kube-proxies as they are now."""
        return tuple(each.daemon for each in self._running.values())

    def wait_syncs_ended(self) -> bool:
        """Returns when each has ended the sync that it is in; False where the log of one does not tell."""
        return all(each.syncs.wait_ended() for each in self._running.values())

    def _runs(self, node: Place, has: ProxyHas) -> bool:
        running = self._running.get(node)
        return running is not None and running.has == has and running.daemon.process.poll() is None

    def _end(self, nodes: Sequence[Place]) -> None:
        """Ends these kube-proxies. One that does not end is still known: two of a node would write the same rules."""
        for node in nodes:
            self._running[node].daemon.process.terminate()
        for node in nodes:
            daemon = self._running[node].daemon
            try:
                daemon.process.wait(Limit.ENDED.seconds)
            except subprocess.TimeoutExpired as error:
                raise NotReady(
                    f"{daemon.name} has ended: not so {Limit.ENDED.seconds} s after SIGTERM",
                    output=daemon.last_lines(),
                    next_step=f"the whole log: {daemon.log}",
                ) from error
            del self._running[node]

    def _start(self, node: Place, options: ProxyHas) -> Daemon:
        name = f"kube-proxy-{node}" if self._round == 1 else f"kube-proxy-{node}-{self._round}"
        # A file of its own each time: kube-proxy ends when its configuration file changes.
        file = self._state / f"{name}.json"
        wanted = configuration(self._mode, node, self._kubeconfig, options, self._pod_interfaces)
        file.write_text(json.dumps(wanted, indent=1))
        return self._launcher.start(
            name,
            node,
            [str(self._program), f"--config={file}", "-v=2"],
            lock_of_its_own(self._state, node),
        )


def _on(node: Place, configured: Sequence[ProxyHas]) -> ProxyHas:
    """What one node's kube-proxy has."""
    said = [each for each in configured if node in each.nodes]
    return replace(said[0] if said else ProxyHas(), nodes=())


def lock_of_its_own(state: Path, node: Place) -> dict[str, str]:
    """/run/xtables.lock is one file for all namespaces; nodes must not wait for each other."""
    return {"XTABLES_LOCKFILE": str(state / f"xtables-{node}.lock")}


def configuration(
    mode: ProxyMode, node: Place, kubeconfig: Path, options: ProxyHas, pod_interfaces: PodInterfaces
) -> dict[str, object]:
    """KubeProxyConfiguration of one node."""
    return {
        "apiVersion": "kubeproxy.config.k8s.io/v1alpha1",
        "kind": "KubeProxyConfiguration",
        "mode": mode.value,
        "hostnameOverride": node.value,
        "clientConnection": {"kubeconfig": str(kubeconfig), "qps": 100, "burst": 200},
        "conntrack": {"maxPerCore": 0, "min": 0},
        "iptables": {"minSyncPeriod": MIN_SYNC_PERIOD, "masqueradeAll": options.masquerade_all},
        "nftables": {"minSyncPeriod": MIN_SYNC_PERIOD, "masqueradeAll": options.masquerade_all},
        "featureGates": {} if options.external_ips else {"AllowServiceExternalIPs": False},
        "nodePortAddresses": list(options.node_port_addresses) or None,
        **_local_detection(options.detect_local, pod_interfaces),
    }


def _local_detection(detect: DetectLocal, pod_interfaces: PodInterfaces) -> dict[str, object]:
    """How kube-proxy is told to know the traffic of pods."""
    cluster_cidr = str(plan.POD_CIDR)
    match detect:
        case DetectLocal.CLUSTER_CIDR:
            return {"detectLocalMode": "ClusterCIDR", "clusterCIDR": cluster_cidr}
        case DetectLocal.NODE_CIDR:
            return {"detectLocalMode": "NodeCIDR", "clusterCIDR": cluster_cidr}
        case DetectLocal.BRIDGE_INTERFACE:
            bridge = {"bridgeInterface": pod_interfaces.bridge}
            return {"detectLocalMode": "BridgeInterface", "detectLocal": bridge}
        case DetectLocal.INTERFACE_NAME_PREFIX:
            prefix = {"interfaceNamePrefix": pod_interfaces.prefix}
            return {"detectLocalMode": "InterfaceNamePrefix", "detectLocal": prefix}
        case DetectLocal.NOTHING:
            return {"detectLocalMode": "ClusterCIDR", "clusterCIDR": ""}
