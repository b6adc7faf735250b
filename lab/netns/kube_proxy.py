"""kube-proxy of one node: its configuration, and nothing else that could change what is under test."""

import json
from collections.abc import Mapping
from pathlib import Path

from lab.api import Deviation
from lab.components.program import Component, Program
from lab.model import NODES, Place
from lab.netns import plan
from lab.netns.daemon import Daemon, Launcher
from lab.profiles import ProxyMode

MIN_SYNC_PERIOD = "10ms"

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


def start_kube_proxies(
    mode: ProxyMode,
    components: Mapping[Program, Component],
    launcher: Launcher,
    kubeconfig: Path,
    state: Path,
) -> tuple[Daemon, ...]:
    """Starts kube-proxy on every node."""
    return tuple(
        _start(mode, components[Program.KUBE_PROXY].path, launcher, kubeconfig, state, node) for node in NODES
    )


def _start(
    mode: ProxyMode, program: Path, launcher: Launcher, kubeconfig: Path, state: Path, node: Place
) -> Daemon:
    # Written once and never touched: kube-proxy ends when its configuration file changes.
    configuration = state / f"kube-proxy-{node}.json"
    configuration.write_text(json.dumps(_configuration(mode, node, kubeconfig), indent=1))
    return launcher.start(
        f"kube-proxy-{node}",
        node,
        [str(program), f"--config={configuration}", "-v=2"],
        lock_of_its_own(state, node),
    )


def lock_of_its_own(state: Path, node: Place) -> dict[str, str]:
    """/run/xtables.lock is one file for all namespaces; nodes must not wait for each other."""
    return {"XTABLES_LOCKFILE": str(state / f"xtables-{node}.lock")}


def _configuration(mode: ProxyMode, node: Place, kubeconfig: Path) -> dict[str, object]:
    return {
        "apiVersion": "kubeproxy.config.k8s.io/v1alpha1",
        "kind": "KubeProxyConfiguration",
        "mode": mode.value,
        "hostnameOverride": node.value,
        "clientConnection": {"kubeconfig": str(kubeconfig), "qps": 100, "burst": 200},
        "clusterCIDR": str(plan.POD_CIDR),
        "conntrack": {"maxPerCore": 0, "min": 0},
        "iptables": {"minSyncPeriod": MIN_SYNC_PERIOD},
        "nftables": {"minSyncPeriod": MIN_SYNC_PERIOD},
    }
