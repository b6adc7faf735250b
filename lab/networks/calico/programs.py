"""How Calico's programs are called: environment, start script, CNI configuration. Pure.

Source: calico-node's own start script and https://docs.tigera.io/calico/latest/reference/configure-calico-node,
https://docs.tigera.io/calico/latest/reference/felix/configuration, .../reference/configure-cni-plugins.
"""

from pathlib import Path

from lab.model import Place
from lab.netns import plan
from lab.networks.calico.addressing import mtu
from lab.profiles import Encapsulation, ProxyMode

HEALTH_PORT = 9099
_OF_EVERY_NODE = {
    "DATASTORE_TYPE": "kubernetes",
    "NO_DEFAULT_POOLS": "true",
    "WAIT_FOR_DATASTORE": "true",
    "FELIX_DATASTORETYPE": "kubernetes",
    "FELIX_LOGFILEPATH": "none",
    "FELIX_LOGSEVERITYSYS": "none",
    "FELIX_LOGSEVERITYSCREEN": "INFO",
    "FELIX_USAGEREPORTINGENABLED": "false",
    "FELIX_IPV6SUPPORT": "false",
    "FELIX_XDPENABLED": "false",
    "FELIX_BPFENABLED": "false",
    "FELIX_DEBUGSKIPCTLBCLEANUP": "true",
    "FELIX_HEALTHENABLED": "true",
    "FELIX_HEALTHPORT": str(HEALTH_PORT),
    "FELIX_DEFAULTENDPOINTTOHOSTACTION": "ACCEPT",
    "FELIX_IPTABLESBACKEND": "NFT",
}
"""What calico-node is told of any node."""

# Felix ends with 129 when its configuration has changed, and wants to be started again. Each node has a mount
# namespace of its own: the programs keep node names, MTUs and sockets in directories that would be shared otherwise.
# The program is held open, for it may be in a home below /var/lib, which is about to be covered.
START = """set -e
exec 9< "$1"
program=/proc/self/fd/9
mkdir -p /run/calico
mount -t tmpfs tmpfs /run/calico
for directory in /var/lib /var/log; do mount -t tmpfs tmpfs "$directory"; done
mkdir -p /var/lib/calico /var/log/calico
"$program" -startup
"$program" -allocate-tunnel-addrs -allocate-tunnel-addrs-run-once
while :; do
    code=0
    "$program" -felix || code=$?
    [ "$code" -eq 129 ] || exit "$code"
    echo "felix has a new configuration: starting it again"
done
"""


def node_command(program: Path) -> list[str]:
    """The command line of a node: its own mounts, then calico-node's steps in their order."""
    return ["unshare", "--mount", "--propagation", "private", "sh", "-c", START, "calico-node", str(program)]


def node_environment(
    node: Place, kubeconfig: Path, mode: ProxyMode, encapsulation: Encapsulation
) -> dict[str, str]:
    """What calico-node is told of a node."""
    vxlan = encapsulation is Encapsulation.VXLAN
    return {
        **_OF_EVERY_NODE,
        "KUBECONFIG": str(kubeconfig),
        "NODENAME": node.value,
        "CALICO_NETWORKING_BACKEND": "vxlan" if vxlan else "none",
        "IP": f"{plan.NODE_ADDRESSES[node]}/{plan.UNDERLAY.prefixlen}",
        "FELIX_FELIXHOSTNAME": node.value,
        "FELIX_NFTABLESMODE": "Enabled" if mode is ProxyMode.NFTABLES else "Disabled",
        # Without VXLAN felix leaves the routes to BIRD, unless it is told to write them.
        "FELIX_PROGRAMCLUSTERROUTES": "Disabled" if vxlan else "Enabled",
    }


def cni_plugins(
    node: Place, kubeconfig: Path, state: Path, encapsulation: Encapsulation
) -> list[dict[str, object]]:
    """The CNI configuration of a node, with calico-ipam."""
    return [
        {
            "type": "calico",
            "log_level": "info",
            "log_file_path": str(state / f"calico-cni-{node}.log"),
            "datastore_type": "kubernetes",
            "nodename": node.value,
            "nodename_file_optional": True,
            "mtu": mtu(encapsulation),
            "ipam": {"type": "calico-ipam", "ipam_lock_file": str(state / f"ipam-{node}.lock")},
            "policy": {"type": "k8s"},
            "kubernetes": {"kubeconfig": str(kubeconfig)},
        }
    ]
