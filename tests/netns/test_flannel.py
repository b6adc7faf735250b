"""flannel: its lease as a file, its configuration, and the CNI plugins that follow from them."""

import json
from ipaddress import IPv4Address, IPv4Interface
from pathlib import Path

import pytest

from lab.errors import DaemonDied
from lab.networks import flannel
from lab.networks.flannel import Backend, Subnet
from lab.profiles import ProxyMode

ENV = """FLANNEL_NETWORK=10.244.0.0/16
FLANNEL_SUBNET=10.244.1.1/24
FLANNEL_MTU=1450
FLANNEL_IPMASQ=true
"""
SUBNET = Subnet(IPv4Interface("10.244.1.1/24"), 1450, masquerades=True)


def test_a_lease_is_read() -> None:
    """Gateway, MTU and masquerading are those of subnet.env."""
    assert flannel.parse_subnet(ENV) == SUBNET


def test_a_lease_without_masquerading_is_read() -> None:
    """What subnet.env calls false is false."""
    read = flannel.parse_subnet(ENV.replace("true", "false"))
    assert read == Subnet(IPv4Interface("10.244.1.1/24"), 1450, masquerades=False)


@pytest.mark.parametrize("length", range(len(ENV) - 1))
def test_half_a_lease_is_none(length: int) -> None:
    """A file that is still being written is nothing yet, wherever it ends."""
    assert flannel.parse_subnet(ENV[:length]) is None


@pytest.mark.parametrize(
    ("old", "new"), [("10.244.1.1/24", "nonsense"), ("1450", "many"), ("FLANNEL_MTU", "MTU")]
)
def test_a_wrong_lease_is_none(old: str, new: str) -> None:
    """Values that cannot be read are as good as none."""
    assert flannel.parse_subnet(ENV.replace(old, new)) is None


def test_a_lease_is_awaited(tmp_path: Path) -> None:
    """The file may come later, empty at first; the daemons are looked after meanwhile."""
    file = tmp_path / "subnet.env"
    texts = iter(["", ENV])

    def check() -> None:
        file.write_text(next(texts))

    assert flannel.wait_subnet(file, check) == SUBNET


def test_a_daemon_that_died_ends_the_wait(tmp_path: Path) -> None:
    """Nobody waits for the lease of a flanneld that is gone."""

    def check() -> None:
        raise DaemonDied("flanneld-worker-a ended by itself with exit code 1")

    with pytest.raises(DaemonDied):
        flannel.wait_subnet(tmp_path / "subnet.env", check)


@pytest.mark.parametrize("mode", ProxyMode)
@pytest.mark.parametrize("backend", Backend)
def test_flannel_uses_the_tool_of_the_proxy(backend: Backend, mode: ProxyMode) -> None:
    """net-conf.json names pod range and backend, and nftables exactly where kube-proxy uses it."""
    made = json.loads(flannel.network_configuration("10.244.0.0/16", backend, mode))
    assert made == {
        "Network": "10.244.0.0/16",
        "EnableNFTables": mode is ProxyMode.NFTABLES,
        "Backend": {"Type": backend.value},
    }


def test_flanneld_is_told_its_node() -> None:
    """Address, configuration and lease file are this node's own."""
    argv = flannel.flanneld(
        Path("/bin/flanneld"),
        Path("/s/kubeconfig"),
        Path("/s/net-conf.json"),
        IPv4Address("172.18.0.11"),
        Path("/s/subnet.env"),
    )
    assert argv[0] == "/bin/flanneld"
    assert {
        "--public-ip=172.18.0.11",
        "--net-config-path=/s/net-conf.json",
        "--subnet-file=/s/subnet.env",
        "--kubeconfig-file=/s/kubeconfig",
        "--ip-masq",
    } <= set(argv)


@pytest.mark.parametrize("masquerades", [True, False])
def test_one_of_two_masquerades(*, masquerades: bool) -> None:
    """Where flannel does not masquerade the plugin `bridge` does, as flannel's own plugin has it."""
    subnet = Subnet(SUBNET.gateway, 1450, masquerades)
    bridge, portmap = flannel.cni_plugins(subnet, "10.244.0.0/16", Path("/s/cni"))
    assert bridge["ipMasq"] is not masquerades
    assert portmap["type"] == "portmap"


def test_the_bridge_gives_addresses_of_the_lease() -> None:
    """Range, gateway and MTU come from the lease; pods route the pod network through the bridge; hairpins work."""
    bridge, _ = flannel.cni_plugins(SUBNET, "10.244.0.0/16", Path("/s/cni"))
    assert (bridge["type"], bridge["mtu"], bridge["hairpinMode"]) == ("bridge", 1450, True)
    assert bridge["isDefaultGateway"] is True
    assert bridge["ipam"] == {
        "type": "host-local",
        "dataDir": "/s/cni",
        "ranges": [[{"subnet": "10.244.1.0/24"}]],
        "routes": [{"dst": "10.244.0.0/16"}],
    }
