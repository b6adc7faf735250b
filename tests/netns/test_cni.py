"""CNI: plugins are run in order, as the specification has it, by real programs that write down how they were called."""

import json
from ipaddress import IPv4Address
from pathlib import Path

import pytest

from lab.errors import CommandFailed
from lab.networks import cni

PLUGIN = """#!/bin/sh
cat > "$0.stdin"
env | grep -E '^(CNI_|XTABLES)' | sort > "$0.env"
echo "$ANSWERS" | grep -q "$(basename "$0")" && exit 3
echo '{"cniVersion": "1.0.0", "by": "'"$(basename "$0")"'", "ips": [{"address": "10.244.1.7/24"}]}'
"""
ATTACHMENT = cni.Attachment("svcproof-pod-a1", Path("/run/netns/gw0.pod-a1"), "pod-a1")
PLUGINS = ({"type": "bridge", "mtu": 1450}, {"type": "portmap", "capabilities": {"portMappings": True}})


@pytest.fixture
def programs(tmp_path: Path) -> dict[str, Path]:
    """Return two plugins in two directories."""
    made = {}
    for name in ("bridge", "portmap"):
        made[name] = tmp_path / f"of-{name}" / name
        made[name].parent.mkdir()
        made[name].write_text(PLUGIN)
        made[name].chmod(0o755)
    return made


def called(program: Path, how: str) -> str:
    """What a plugin wrote down of its call."""
    return program.with_name(f"{program.name}.{how}").read_text()


def test_plugins_run_in_order_and_hand_on_their_results(programs: dict[str, Path]) -> None:
    """Each plugin gets its own configuration with the list's name and version, and the result before it."""
    result = cni.add("cbr0", PLUGINS, ATTACHMENT, programs, "eth0", {})
    assert result["by"] == "portmap"
    common = {"cniVersion": "1.0.0", "name": "cbr0"}
    assert json.loads(called(programs["bridge"], "stdin")) == {**PLUGINS[0], **common}
    second = json.loads(called(programs["portmap"], "stdin"))
    assert second.pop("prevResult")["by"] == "bridge"
    assert second == {**PLUGINS[1], **common}


def test_a_plugin_learns_of_its_pod_from_the_environment(programs: dict[str, Path]) -> None:
    """The parameters of CNI, the directories of all plugins, and what the lab adds."""
    cni.add("cbr0", PLUGINS, ATTACHMENT, programs, "eth0", {"XTABLES_LOCKFILE": "/s/lock"})
    environ = dict(line.split("=", 1) for line in called(programs["bridge"], "env").splitlines())
    assert environ == {
        "CNI_COMMAND": "ADD",
        "CNI_CONTAINERID": "svcproof-pod-a1",
        "CNI_NETNS": "/run/netns/gw0.pod-a1",
        "CNI_IFNAME": "eth0",
        "CNI_PATH": ":".join(str(program.parent) for program in programs.values()),
        "CNI_ARGS": "IgnoreUnknown=1;K8S_POD_NAMESPACE=default;K8S_POD_NAME=pod-a1",
        "XTABLES_LOCKFILE": "/s/lock",
    }


def test_a_plugin_that_fails_ends_the_list(programs: dict[str, Path]) -> None:
    """The error shows the command and the configuration; later plugins are not run."""
    with pytest.raises(CommandFailed) as caught:
        cni.add("cbr0", PLUGINS, ATTACHMENT, programs, "eth0", {"ANSWERS": "not bridge"})
    assert caught.value.command == (str(programs["bridge"]),)
    assert '"mtu": 1450' in caught.value.output
    assert not programs["portmap"].with_name("portmap.stdin").exists()


def test_configurations_are_left_as_they_were(programs: dict[str, Path]) -> None:
    """The same list is used for every pod of a node."""
    before = json.dumps(PLUGINS)
    cni.add("cbr0", PLUGINS, ATTACHMENT, programs, "eth0", {})
    assert json.dumps(PLUGINS) == before


def test_the_pods_address_is_the_first_of_the_result() -> None:
    """The address without its prefix length."""
    ips = [{"address": "10.244.1.7/24", "gateway": "10.244.1.1"}, {"address": "10.244.1.8/24"}]
    assert cni.pod_address({"ips": ips}) == IPv4Address("10.244.1.7")
