"""flannel: flanneld on every node, and the CNI configuration that flannel's own plugin would write.

flannel's CNI plugin reads subnet.env and delegates to the plugin `bridge`; the configuration here is that delegate,
with the same values (https://github.com/flannel-io/cni-plugin).
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Address, IPv4Interface
from pathlib import Path
from typing import assert_never

from lab.api import Deviation
from lab.polling import Limit, wait_until
from lab.profiles import Encapsulation, ProxyMode

BRIDGE = "cni0"
"""The bridge that the pods of a node hang on."""


class Backend(StrEnum):
    """How flannel carries packets between nodes, in flannel's own spelling."""

    VXLAN = "vxlan"
    HOST_GW = "host-gw"
    IPIP = "ipip"


def backend_of(encapsulation: Encapsulation) -> Backend:
    """Flannel's own word for an encapsulation."""
    match encapsulation:
        case Encapsulation.NONE:
            return Backend.HOST_GW
        case Encapsulation.VXLAN:
            return Backend.VXLAN
        case Encapsulation.IPIP:
            return Backend.IPIP
        case _:
            assert_never(encapsulation)


@dataclass(frozen=True, slots=True)
class Subnet:
    """What flanneld leased for a node (subnet.env). gateway: the bridge's address in the subnet; mtu: bytes."""

    gateway: IPv4Interface
    mtu: int
    masquerades: bool


_LOOKS_AFTER_SECONDS = 3600

DEVIATIONS = (
    Deviation(
        "flanneld looks after its masquerading rules once an hour instead of every 5 s (--iptables-resync)",
        "they are the same; nobody takes them away but sabotage, which stops flanneld",
    ),
    Deviation(
        "the CNI plugin `bridge` is configured by the lab from flannel's subnet.env",
        "flannel's own CNI plugin does just that, and its sources are not to be had as a Go module",
    ),
)


def network_configuration(pod_cidr: str, backend: Backend, mode: ProxyMode) -> str:
    """net-conf.json. flanneld writes its own rules with the tool that kube-proxy uses."""
    return json.dumps(
        {
            "Network": pod_cidr,
            "EnableNFTables": mode is ProxyMode.NFTABLES,
            "Backend": {"Type": backend.value},
        }
    )


def flanneld(
    program: Path, kubeconfig: Path, configuration: Path, address: IPv4Address, subnet_file: Path
) -> list[str]:
    """The command line of flanneld on the node with this address."""
    return [
        str(program),
        "--kube-subnet-mgr",
        f"--kubeconfig-file={kubeconfig}",
        f"--net-config-path={configuration}",
        "--iface=eth0",
        f"--public-ip={address}",
        f"--subnet-file={subnet_file}",
        "--ip-masq",
        f"--iptables-resync={_LOOKS_AFTER_SECONDS}",
    ]


def wait_subnet(subnet_file: Path, check: Callable[[], None]) -> Subnet:
    """Returns when flanneld has written its lease. check: raises when a program of the lab has ended."""

    def look() -> Subnet | None:
        check()
        return parse_subnet(subnet_file.read_text()) if subnet_file.exists() else None

    return wait_until(f"flanneld has written {subnet_file.name}", Limit.NETWORK_READY, look)


def parse_subnet(text: str) -> Subnet | None:
    """subnet.env; None while it is not complete."""
    values: Mapping[str, str] = dict(line.split("=", 1) for line in text.splitlines() if "=" in line)
    try:
        return Subnet(
            IPv4Interface(values["FLANNEL_SUBNET"]),
            int(values["FLANNEL_MTU"]),
            {"true": True, "false": False}[values["FLANNEL_IPMASQ"]],
        )
    except (KeyError, ValueError):
        return None


def cni_plugins(subnet: Subnet, pod_cidr: str, data: Path) -> list[dict[str, object]]:
    """The plugins of a pod's interface in order, as flannel's plugin delegates them. data: this node's own."""
    bridge: dict[str, object] = {
        "type": "bridge",
        "bridge": BRIDGE,
        "hairpinMode": True,
        "isDefaultGateway": True,
        "ipMasq": not subnet.masquerades,
        "mtu": subnet.mtu,
        "ipam": {
            "type": "host-local",
            "dataDir": str(data),
            "ranges": [[{"subnet": str(subnet.gateway.network)}]],
            "routes": [{"dst": pod_cidr}],
        },
    }
    portmap: dict[str, object] = {"type": "portmap", "capabilities": {"portMappings": True}}
    return [bridge, portmap]
