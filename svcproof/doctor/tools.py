"""The tools that a lab takes from the machine: whether they are there, and new enough."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from lab.profiles import NetworkName, Profile, ProxyMode
from svcproof.doctor.finding import Finding, State
from svcproof.doctor.machine import Machine
from svcproof.doctor.needs import EVERY, with_mode, with_network
from svcproof.doctor.packages import cure_by_packages

_NFT_MINIMUM = (1, 0, 1)
_IPTABLES_MINIMUM = (1, 8)
_BIRD_MINIMUM = (2,)


@dataclass(frozen=True, slots=True)
class _Trouble:
    """Why a tool that is there will not do. cure: where its package is none."""

    detail: str
    enables: tuple[Profile, ...]
    cure: str = ""


@dataclass(frozen=True, slots=True)
class _Tool:
    """A tool. programs: that must be there, the one that is asked for its version first; asked: how."""

    package: str
    programs: tuple[str, ...]
    enables: tuple[Profile, ...]
    trouble: Callable[[str], _Trouble | None]
    asked: str = "-V"

    @property
    def name(self) -> str:
        """The tool as users know it."""
        return self.programs[0]


def tool_findings(machine: Machine, *, bird: bool = True) -> list[Finding]:
    """A finding for each tool. bird: whether labs of Calico run it."""
    return [_finding(machine, tool) for tool in _TOOLS if bird or tool is not _BIRD]


def _finding(machine: Machine, tool: _Tool) -> Finding:
    absent = [name for name in tool.programs if machine.which(name) is None]
    if absent:
        detail = f"{', '.join(absent)} found neither in PATH nor in the sbin directories"
        return _missing(machine, tool, _Trouble(detail, tool.enables))
    path = str(machine.which(tool.name))
    said = _first_line(machine.run([path, tool.asked]).output)
    if trouble := tool.trouble(said):
        return _missing(machine, tool, trouble)
    return Finding(
        id=f"tool.{tool.name}",
        subject=tool.name,
        state=State.OK,
        detail=f"{said} ({path})",
        enables=tool.enables,
    )


def _missing(machine: Machine, tool: _Tool, trouble: _Trouble) -> Finding:
    packages = () if trouble.cure else (tool.package,)
    return Finding(
        id=f"tool.{tool.name}",
        subject=tool.name,
        state=State.MISSING,
        detail=trouble.detail,
        enables=trouble.enables,
        cure=trouble.cure or cure_by_packages(machine, packages),
        packages=packages,
    )


def _ip_trouble(said: str) -> _Trouble | None:
    if "iproute2" in said:
        return None
    return _Trouble(f"it is not iproute2's (it says: {said})", EVERY)


def _nft_trouble(said: str) -> _Trouble | None:
    if _version(said) >= _NFT_MINIMUM:
        return None
    return _Trouble(f"1.0.1 or newer is needed (it says: {said})", _NFTABLES)


def _iptables_trouble(said: str) -> _Trouble | None:
    """An old or legacy one is in the way of its own mode only: flanneld is content with it."""
    if _version(said) < _IPTABLES_MINIMUM:
        return _Trouble(f"1.8 or newer is needed (it says: {said})", _IPTABLES)
    if "nf_tables" in said:
        return None
    return _Trouble(
        f"its nft variant is needed (it says: {said}): the lab's nodes would share the lock of "
        "the legacy one, and the kernel may not have what it wants",
        _IPTABLES,
        "as root: update-alternatives --set iptables /usr/sbin/iptables-nft && "
        "update-alternatives --set ip6tables /usr/sbin/ip6tables-nft",
    )


def _bird_trouble(said: str) -> _Trouble | None:
    if said.startswith("BIRD version") and _version(said) >= _BIRD_MINIMUM:
        return None
    return _Trouble(f"BIRD 2 or newer is needed (it says: {said})", _CALICO)


def _no_trouble(_said: str) -> _Trouble | None:
    return None


def _version(said: str) -> tuple[int, ...]:
    """The first version in what a tool says of itself; empty, which is older than all, if none."""
    found = re.search(r"(?:v|version )(\d+(?:\.\d+)+)", said)
    return tuple(int(part) for part in found[1].split(".")) if found else ()


def _first_line(output: str) -> str:
    return (output.strip().splitlines() or ["nothing"])[0].strip()


_NFTABLES = with_mode(ProxyMode.NFTABLES)
_IPTABLES = with_mode(ProxyMode.IPTABLES)
_CALICO = with_network(NetworkName.CALICO)
_BIRD = _Tool("bird2", ("bird",), _CALICO, _bird_trouble, asked="--version")
_TOOLS = (
    _Tool("iproute2", ("ip",), EVERY, _ip_trouble),
    _Tool("nftables", ("nft",), _NFTABLES, _nft_trouble),
    _Tool(
        "iptables",
        ("iptables", "iptables-save", "iptables-restore", "ip6tables"),
        tuple(dict.fromkeys((*_IPTABLES, *with_network(NetworkName.FLANNEL)))),
        _iptables_trouble,
    ),
    _BIRD,
    _Tool("ipset", ("ipset",), tuple(each for each in _CALICO if each in _IPTABLES), _no_trouble),
)
