"""Runs CNI plugins as a container runtime does (https://www.cni.dev/docs/spec/, version 1.0.0)."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Interface
from pathlib import Path

from lab.commands import run

_VERSION = "1.0.0"


@dataclass(frozen=True, slots=True)
class Attachment:
    """The pod that gets an interface. netns: the file of its network namespace, as the node sees it."""

    container_id: str
    netns: Path
    pod: str


def add(
    network: str,
    plugins: Sequence[Mapping[str, object]],
    attachment: Attachment,
    programs: Mapping[str, Path],
    interface: str,
    environ: Mapping[str, str],
) -> Mapping[str, object]:
    """Runs ADD through the list of plugins, in the caller's network namespace; the last result."""
    result: Mapping[str, object] = {}
    for plugin in plugins:
        configuration = {**plugin, "cniVersion": _VERSION, "name": network}
        if result:
            configuration["prevResult"] = result
        program = programs[str(plugin["type"])]
        answer = run(
            [str(program)],
            stdin=json.dumps(configuration),
            environ={**environ, **_environ("ADD", attachment, interface, programs)},
        )
        result = json.loads(answer)
    return result


def pod_address(result: Mapping[str, object]) -> IPv4Address:
    """The pod's IPv4 address in a plugin's result."""
    ips = result["ips"]
    assert isinstance(ips, list)
    return IPv4Interface(ips[0]["address"]).ip


def _environ(
    command: str, attachment: Attachment, interface: str, programs: Mapping[str, Path]
) -> dict[str, str]:
    return {
        "CNI_COMMAND": command,
        "CNI_CONTAINERID": attachment.container_id,
        "CNI_NETNS": str(attachment.netns),
        "CNI_IFNAME": interface,
        "CNI_PATH": ":".join(sorted({str(program.parent) for program in programs.values()})),
        "CNI_ARGS": f"IgnoreUnknown=1;K8S_POD_NAMESPACE=default;K8S_POD_NAME={attachment.pod}",
    }
