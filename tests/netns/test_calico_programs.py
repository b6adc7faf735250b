"""How real Calico is configured and started, against stand-ins that note how they were called."""

import subprocess
from pathlib import Path

import pytest

from lab.model import Place
from lab.networks.calico import objects, programs
from lab.profiles import Encapsulation, ProxyMode
from tests.components.fakes import write_executable

NODE, CONFIG = Place.WORKER_B, Path("/s/kubeconfig")


@pytest.mark.parametrize("encapsulation", Encapsulation)
def test_the_pool_has_the_wanted_encapsulation_only(encapsulation: Encapsulation) -> None:
    """NatOutgoing is on, blocks have Calico's default size, tunnels may have addresses of it."""
    spec = objects.pool(encapsulation)["spec"]
    always = [mode for mode in ("ipipMode", "vxlanMode") if spec[mode] == "Always"]
    wanted = {Encapsulation.NONE: [], Encapsulation.IPIP: ["ipipMode"], Encapsulation.VXLAN: ["vxlanMode"]}
    assert always == wanted[encapsulation]
    assert (spec["natOutgoing"], spec["blockSize"], spec["cidr"]) == (True, 26, "10.244.0.0/16")
    assert "Tunnel" in spec["allowedUses"]


def test_only_definitions_are_taken_from_the_files(tmp_path: Path) -> None:
    """Several stand in one file; what else stands there is left out."""
    file = tmp_path / "crds.yaml"
    file.write_text(
        "kind: CustomResourceDefinition\n---\nkind: List\n---\n---\nkind: CustomResourceDefinition\n"
    )
    assert [each["kind"] for each in objects.definitions((file,))] == ["CustomResourceDefinition"] * 2


@pytest.mark.parametrize(
    ("encapsulation", "backend", "routes"),
    [
        (Encapsulation.VXLAN, "vxlan", "Disabled"),
        (Encapsulation.NONE, "none", "Enabled"),
        (Encapsulation.IPIP, "none", "Enabled"),
    ],
)
def test_felix_writes_the_routes_that_no_bird_would(
    encapsulation: Encapsulation, backend: str, routes: str
) -> None:
    """With VXLAN it does so anyhow."""
    environ = programs.node_environment(NODE, CONFIG, ProxyMode.IPTABLES, encapsulation)
    assert environ["CALICO_NETWORKING_BACKEND"] == backend
    assert environ["FELIX_PROGRAMCLUSTERROUTES"] == routes
    assert environ["IP"] == "172.18.0.12/24"
    assert environ["NODENAME"] == environ["FELIX_FELIXHOSTNAME"] == "worker-b"


@pytest.mark.parametrize("mode", ProxyMode)
def test_felix_uses_the_tool_of_the_proxy(mode: ProxyMode) -> None:
    """It is told; it would guess from the rules that it finds."""
    environ = programs.node_environment(NODE, CONFIG, mode, Encapsulation.NONE)
    assert (environ["FELIX_NFTABLESMODE"] == "Enabled") is (mode is ProxyMode.NFTABLES)


def test_the_cni_plugin_is_told_its_node_and_mtu() -> None:
    """Lock and log are the node's own, or three nodes would share them."""
    [plugin] = programs.cni_plugins(NODE, CONFIG, Path("/s"), Encapsulation.VXLAN)
    assert (plugin["type"], plugin["nodename"], plugin["mtu"]) == ("calico", "worker-b", 1450)
    assert plugin["ipam"] == {"type": "calico-ipam", "ipam_lock_file": "/s/ipam-worker-b.lock"}


def started(directory: Path, felix: str) -> subprocess.CompletedProcess[str]:
    """Runs the start script with stand-ins: calico-node notes its arguments, mount and mkdir do nothing."""
    for tool in ("mount", "mkdir"):
        write_executable(directory / "bin" / tool, f"#!/bin/sh\necho {tool} $* >> {directory}/mounts\n")
    node = write_executable(
        directory / "calico-node",
        f'#!/bin/sh\necho "$*" >> {directory}/calls\n[ "$1" = -felix ] || exit 0\n{felix}\n',
    )
    command = ["sh", "-c", programs.START, "calico-node", str(node)]
    environ = {"PATH": f"{directory / 'bin'}:/usr/bin:/bin"}
    return subprocess.run(command, env=environ, capture_output=True, text=True, check=False, timeout=20)


def test_the_steps_come_in_their_order_in_directories_of_the_nodes_own(tmp_path: Path) -> None:
    """Startup, tunnel addresses, felix; its end by itself is the end of all."""
    assert started(tmp_path, "exit 3").returncode == 3
    assert (tmp_path / "calls").read_text().splitlines() == [
        "-startup",
        "-allocate-tunnel-addrs -allocate-tunnel-addrs-run-once",
        "-felix",
    ]
    mounted = (tmp_path / "mounts").read_text()
    assert all(
        f"mount -t tmpfs tmpfs {place}\n" in mounted for place in ("/run/calico", "/var/lib", "/var/log")
    )
    assert mounted.index("tmpfs /var/lib") < mounted.index("mkdir -p /var/lib/calico")


def test_the_program_may_be_in_a_home_that_is_covered(tmp_path: Path) -> None:
    """Some users' homes are below /var/lib. The stand-in for mount takes the program away with its directory."""
    home = tmp_path / "home"
    node = write_executable(home / "calico-node", f'#!/bin/sh\necho "$*" >> {tmp_path}/calls\n')
    write_executable(tmp_path / "bin" / "mount", f"#!/bin/sh\nrm -rf {home}\n")
    write_executable(tmp_path / "bin" / "mkdir", "#!/bin/sh\n")
    environ = {"PATH": f"{tmp_path / 'bin'}:/usr/bin:/bin"}
    command = ["sh", "-c", programs.START, "calico-node", str(node)]
    assert subprocess.run(command, env=environ, check=False, timeout=20).returncode == 0
    assert not node.exists()
    assert (tmp_path / "calls").read_text().splitlines()[-1] == "-felix"


def test_felix_is_started_again_after_129(tmp_path: Path) -> None:
    """That is how it asks for a start with its new configuration; any other code is an end."""
    twice = f"[ -e {tmp_path}/again ] && exit 5\ntouch {tmp_path}/again\nexit 129"
    finished = started(tmp_path, twice)
    assert finished.returncode == 5
    assert (tmp_path / "calls").read_text().count("-felix") == 2
    assert "starting it again" in finished.stdout


def test_a_startup_that_fails_starts_no_felix(tmp_path: Path) -> None:
    """The lab sees the program end."""
    node = write_executable(tmp_path / "calico-node", f"#!/bin/sh\necho $1 >> {tmp_path}/calls\nexit 7\n")
    for tool in ("mount", "mkdir"):
        write_executable(tmp_path / "bin" / tool, "#!/bin/sh\n")
    environ = {"PATH": f"{tmp_path / 'bin'}:/usr/bin:/bin"}
    command = ["sh", "-c", programs.START, "calico-node", str(node)]
    assert subprocess.run(command, env=environ, check=False, timeout=20).returncode == 7
    assert (tmp_path / "calls").read_text() == "-startup\n"
