"""What is tried inside a capsule: the steps, and what each failing one means."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from lab.profiles import Encapsulation, NetworkName, Profile, ProxyMode
from svcproof.doctor.needs import EVERY, with_mode, with_network, with_tunnel


class Step(StrEnum):
    """A step, by what it makes or uses. In the order in which they are tried."""

    PROC = "proc"
    SYSCTL = "sysctl"
    NETNS = "netns"
    VETH = "veth"
    BRIDGE = "bridge"
    BRIDGE_NETFILTER = "br_netfilter"
    VXLAN = "vxlan"
    IPIP = "ipip"
    ROUTING = "routing"
    NFTABLES = "nftables"
    IPTABLES = "iptables"
    CONNTRACK = "conntrack"
    SOCKETS = "sockets"


class Result(StrEnum):
    """What became of a step. Untried: a program or a step that it needs is not there."""

    WORKED = "worked"
    FAILED = "failed"
    UNTRIED = "untried"


@dataclass(frozen=True, slots=True)
class Attempt:
    """A step and what became of it. detail: what went wrong, in the words of who refused."""

    step: Step
    result: Result
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What a step is for.

    needs: the program without which it is not tried, or nothing.
    after: the step that must have worked before, or None.
    """

    subject: str
    enables: tuple[Profile, ...]
    cure: str
    needs: str = ""
    after: Step | None = None


def _kernel(option: str, module: str) -> str:
    return f"as root: modprobe {module}; where that finds none, a kernel with {option}"


_OTHER_TUNNEL = "; or another --encapsulation"
_FLANNEL = with_network(NetworkName.FLANNEL)

MEANINGS: Mapping[Step, Meaning] = MappingProxyType(
    {
        Step.PROC: Meaning(
            subject="a /proc of its own",
            enables=EVERY,
            cure="run outside this container, or unmask its /proc (see its engine's "
            "systempaths or unmask option)",
        ),
        Step.SYSCTL: Meaning(
            subject="sysctls of its own",
            enables=EVERY,
            cure="run outside this container, or let it write /proc/sys/net",
        ),
        Step.NETNS: Meaning(
            subject="more network namespaces",
            enables=EVERY,
            cure="as root: sysctl -w user.max_net_namespaces=1000",
            needs="ip",
        ),
        Step.VETH: Meaning(
            subject="veth pairs",
            enables=EVERY,
            cure=_kernel("CONFIG_VETH", "veth"),
            needs="ip",
            after=Step.NETNS,
        ),
        Step.BRIDGE: Meaning(
            subject="bridges",
            enables=EVERY,
            cure=_kernel("CONFIG_BRIDGE", "bridge"),
            needs="ip",
            after=Step.VETH,
        ),
        Step.BRIDGE_NETFILTER: Meaning(
            subject="rules for bridged packets",
            enables=_FLANNEL,
            cure="as root: modprobe br_netfilter && sysctl -w net.bridge.bridge-nf-call-iptables=0 "
            "net.bridge.bridge-nf-call-ip6tables=0 (loading it makes this machine's own bridges "
            "pass their packets through its rules; the second command undoes that, and the "
            "namespaces of a lab start with it on)",
            needs="ip",
            after=Step.BRIDGE,
        ),
        Step.VXLAN: Meaning(
            subject="vxlan tunnels",
            enables=with_tunnel(Encapsulation.VXLAN),
            cure=_kernel("CONFIG_VXLAN", "vxlan") + _OTHER_TUNNEL,
            needs="ip",
            after=Step.VETH,
        ),
        Step.IPIP: Meaning(
            subject="ipip tunnels",
            enables=with_tunnel(Encapsulation.IPIP),
            cure=_kernel("CONFIG_NET_IPIP", "ipip") + _OTHER_TUNNEL,
            needs="ip",
            after=Step.VETH,
        ),
        Step.ROUTING: Meaning(
            subject="routing by mark",
            enables=EVERY,
            cure="a kernel with CONFIG_IP_MULTIPLE_TABLES",
            needs="ip",
        ),
        Step.NFTABLES: Meaning(
            subject="nftables rules",
            enables=with_mode(ProxyMode.NFTABLES),
            cure="an nft with JSON support (Debian's has it), and "
            "a kernel with nf_tables, nft_nat, nft_masq, nft_fib_ipv4, nft_numgen and nft_reject",
            needs="nft",
        ),
        Step.IPTABLES: Meaning(
            subject="iptables rules",
            enables=with_mode(ProxyMode.IPTABLES),
            cure="a kernel with nft_compat, xt_comment, xt_conntrack, xt_statistic, xt_recent, "
            "xt_addrtype, xt_mark and xt_MASQUERADE",
            needs="iptables-restore",
        ),
        Step.CONNTRACK: Meaning(
            subject="connection tracking",
            enables=EVERY,
            cure=_kernel("CONFIG_NF_CT_NETLINK", "nf_conntrack_netlink"),
        ),
        Step.SOCKETS: Meaning(
            subject="packet and raw sockets",
            enables=EVERY,
            cure="a kernel with CONFIG_PACKET; in a container, a seccomp profile that allows "
            "AF_PACKET (Docker: --security-opt seccomp=unconfined)",
        ),
    }
)
