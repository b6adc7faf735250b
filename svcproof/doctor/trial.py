"""The program that the doctor runs inside a capsule: it does what a lab does, once and small.

It writes its attempts as JSON to the file descriptor that is its argument.
"""

import json
import os
import shutil
import socket
import struct
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import closing
from ipaddress import IPv4Address
from pathlib import Path
from types import MappingProxyType

from lab.capsule import linux
from lab.traffic.places import open_capture
from lab.traffic.ring import Ring
from svcproof.doctor.steps import MEANINGS, Attempt, Result, Step

_SECONDS = 10
_NETNS = "trial"

# What kube-proxy writes for a Service, one of each kind of statement.
_NFT_RULES = """
add table ip trial { comment "rules of a trial" ; }
add chain ip trial endpoint-a
add chain ip trial endpoint-b
add rule ip trial endpoint-a meta l4proto tcp dnat to 192.0.2.1:80
add rule ip trial endpoint-b meta l4proto tcp dnat to 192.0.2.2:80
add set ip trial affinity { type ipv4_addr ; flags dynamic,timeout ; timeout 60s ; }
add chain ip trial prerouting { type nat hook prerouting priority -100 ; }
add rule ip trial prerouting update @affinity { ip saddr }
add rule ip trial prerouting fib daddr type local numgen random mod 2 \
    vmap { 0 : goto endpoint-a , 1 : goto endpoint-b } comment "nodeports"
add chain ip trial postrouting { type nat hook postrouting priority 100 ; }
add rule ip trial postrouting mark and 0x4000 != 0 mark set mark xor 0x4000 masquerade fully-random
add chain ip trial forward { type filter hook forward priority -110 ; }
add rule ip trial forward ct state new reject
"""
_IPTABLES_RULES = """*nat
:TRIAL-SVC - [0:0]
:TRIAL-SEP - [0:0]
-A PREROUTING -m comment --comment trial -m addrtype --dst-type LOCAL -j TRIAL-SVC
-A TRIAL-SVC -m recent --name TRIAL --rcheck --seconds 60 --reap -j TRIAL-SEP
-A TRIAL-SVC -m statistic --mode random --probability 0.5 -j TRIAL-SEP
-A TRIAL-SEP -m recent --name TRIAL --set -m tcp -p tcp -j DNAT --to-destination 192.0.2.1:80
-A POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
-A POSTROUTING -j MARK --xor-mark 0x4000
-A POSTROUTING -j MASQUERADE --random-fully
COMMIT
*filter
-A FORWARD -m conntrack --ctstate INVALID -j DROP
-A FORWARD -m conntrack --ctstate NEW -j REJECT
COMMIT
"""

Outcomes = dict[Step, Attempt]
Action = Callable[[], None]


def main() -> None:
    """Tries every step and reports."""
    report = os.fdopen(int(sys.argv[1]), "w")
    with report:
        json.dump([[each.step, each.result, each.detail] for each in try_all(ACTIONS)], report)


def try_all(actions: Mapping[Step, Action]) -> list[Attempt]:
    """Tries the steps in order; one whose program or earlier step is not there stays untried."""
    done: Outcomes = {}
    for step, action in actions.items():
        done[step] = _try(step, action) if _can_try(step, done) else Attempt(step, Result.UNTRIED)
    return list(done.values())


def _can_try(step: Step, done: Outcomes) -> bool:
    meaning = MEANINGS[step]
    if meaning.needs and shutil.which(meaning.needs) is None:
        return False
    return meaning.after is None or done[meaning.after].result is Result.WORKED


def _try(step: Step, action: Action) -> Attempt:
    try:
        action()
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        return Attempt(step, Result.FAILED, str(error))
    return Attempt(step, Result.WORKED)


def _run(*command: str, stdin: str = "") -> str:
    """Runs a command; OSError with its words where it fails."""
    done = subprocess.run(command, input=stdin, capture_output=True, text=True, check=False, timeout=_SECONDS)
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip()
        raise OSError(f"{' '.join(command)}: {said or f'status {done.returncode}'}")
    return done.stdout


def _own_proc() -> None:
    seen = int(Path("/proc/self/stat").read_text().split()[0])
    if seen != os.getpid():
        raise OSError(f"/proc knows this process as {seen}, but it is {os.getpid()}")


def _write_sysctl() -> None:
    forwarding = Path("/proc/sys/net/ipv4/ip_forward")
    forwarding.write_text("1")
    if forwarding.read_text().strip() != "1":
        raise OSError(f"{forwarding} was written, but did not change")


def _add_netns() -> None:
    _run("ip", "netns", "add", _NETNS)
    with linux.in_network_namespace(Path("/run/netns", _NETNS)):
        _write_sysctl()


def _add_veth() -> None:
    _run("ip", "link", "add", "near", "type", "veth", "peer", "name", "far", "netns", _NETNS)


def _add_bridge() -> None:
    _run("ip", "link", "add", "bridge0", "type", "bridge")
    _run("ip", "link", "set", "near", "master", "bridge0", "up")


def _find_bridge_netfilter() -> None:
    calls = Path("/proc/sys/net/bridge/bridge-nf-call-iptables")
    with linux.in_network_namespace(Path("/run/netns", _NETNS)):
        if not calls.exists():
            raise OSError(f"{calls} does not exist: br_netfilter is not loaded")
        calls.write_text("1")


def _add_vxlan() -> None:
    link = ["ip", "-n", _NETNS, "link", "add", "tunnel", "type", "vxlan", "id", "1"]
    _run(*link, "local", "192.0.2.1", "dev", "far", "dstport", "8472", "nolearning")


def _add_ipip() -> None:
    tunnel = ["ip", "-n", _NETNS, "link", "add", "tunnel2", "type", "ipip"]
    _run(*tunnel, "local", "192.0.2.1", "remote", "192.0.2.2")


def _add_rule() -> None:
    _run("ip", "rule", "add", "fwmark", "1", "lookup", "101")


def _write_nftables() -> None:
    _run("nft", "-f", "-", stdin=_NFT_RULES)
    listed = json.loads(_run("nft", "-j", "list", "ruleset"))["nftables"]
    if not any(item.get("table", {}).get("name") == "trial" for item in listed):
        raise OSError("nft -j list ruleset does not list the table that was made")


def _write_iptables() -> None:
    _run("iptables-restore", "-w", "5", "--noflush", stdin=_IPTABLES_RULES)
    if "--random-fully" not in _run("iptables-save", "-t", "nat"):
        raise OSError("iptables-save does not list the rule that was made")


def _list_connections() -> None:
    """Asks for the table of connections as kube-proxy does when it removes stale ones."""
    dump, subsystem_conntrack, get, version0 = 0x301, 1, 1, 0
    request = struct.pack(
        "=IHHIIBBH", 20, subsystem_conntrack << 8 | get, dump, 1, 0, socket.AF_INET, version0, 0
    )
    netlink_netfilter = 12
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, netlink_netfilter) as asking:
        asking.settimeout(_SECONDS)
        asking.sendto(request, (0, 0))
        answer = asking.recv(65536)
    error, header = 2, struct.Struct("=IHHII")
    if header.unpack_from(answer)[1] == error:
        number = -struct.unpack_from("=i", answer, header.size)[0]
        raise OSError(number, os.strerror(number), "the connections of this namespace")


def _open_sockets() -> None:
    with closing(Ring(open_capture(), ignored=IPv4Address(0))):
        pass
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW) as raw:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_MARK, 1)


ACTIONS: Mapping[Step, Action] = MappingProxyType(
    {
        Step.PROC: _own_proc,
        Step.SYSCTL: _write_sysctl,
        Step.NETNS: _add_netns,
        Step.VETH: _add_veth,
        Step.BRIDGE: _add_bridge,
        Step.BRIDGE_NETFILTER: _find_bridge_netfilter,
        Step.VXLAN: _add_vxlan,
        Step.IPIP: _add_ipip,
        Step.ROUTING: _add_rule,
        Step.NFTABLES: _write_nftables,
        Step.IPTABLES: _write_iptables,
        Step.CONNTRACK: _list_connections,
        Step.SOCKETS: _open_sockets,
    }
)

if __name__ == "__main__":
    main()
