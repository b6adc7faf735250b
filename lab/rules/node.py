"""The rules of one node of a lab, read from its kernel and changed there. Refuses to act outside a lab's namespaces."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from lab.commands import run
from lab.errors import LabError
from lab.model import Place
from lab.netns.namespaces import Namespaces
from lab.profiles import ProxyMode
from lab.rules import conntrack, iptables, nftables
from lab.rules.ruleset import Ruleset
from lab.traffic.decode import VXLAN_PORTS

_HERE = Path("/proc/thread-self/ns/net")
_INITIAL = Path("/proc/1/ns/net")
_HOSTS = frozenset({0xF0000000, 0xEFFFFFF9})
"""Numbers that the machine's own network namespace has: of kernels that number it first, and of those that fix it."""

_RECENT = Path("/proc/thread-self/net/xt_recent")


@dataclass(frozen=True, slots=True)
class NodeRules:
    """environ: for iptables, whose lock would otherwise be one file for all nodes."""

    namespaces: Namespaces
    node: Place
    mode: ProxyMode
    environ: Mapping[str, str]

    def read(self) -> Ruleset:
        """The rules that kube-proxy may have written, and those beside them in the same tables."""
        with self.inside():
            match self.mode:
                case ProxyMode.NFTABLES:
                    return nftables.parse(run(["nft", "list", "table", *nftables.TABLE.split()]))
                case ProxyMode.IPTABLES:
                    return iptables.parse(run(["iptables-save"], environ=self.environ))

    def change(self, now: Ruleset, wanted: Ruleset) -> None:
        """Turns the rules from `now` into `wanted` at once. CommandFailed where the kernel or its tool refuses."""
        if self.mode is ProxyMode.NFTABLES:
            script, argv = nftables.script(now, wanted), ["nft", "-f", "-"]
        else:
            script, argv = iptables.script(now, wanted), ["iptables-restore", "--noflush"]
        if script:
            with self.inside():
                run(argv, stdin=script, environ=self.environ)

    def forget_clients(self, rules: Ruleset) -> None:
        """Empties what the kernel remembers for session affinity. rules: of this node; they say where."""
        learned = [block.spot for block in rules.blocks if block.learned]
        with self.inside():
            if learned:
                run(["nft", "-f", "-"], stdin="".join(f"flush set {it.table} {it.name}\n" for it in learned))
            for remembered in _RECENT.iterdir() if _RECENT.is_dir() else ():
                remembered.write_text("/")

    def forget_flows(self) -> None:
        """Empties the connection tracking of the node."""
        with self.inside():
            conntrack.flush()

    def forget_tunnels(self) -> None:
        """Has the node track VXLAN packets anew. What they carry is tracked for itself, and is not forgotten."""
        with self.inside():
            conntrack.flush_udp_to(VXLAN_PORTS)

    @contextmanager
    def inside(self) -> Iterator[None]:
        """Runs the body in the node's namespace. LabError where that would be the capsule's own or the machine's."""
        with self.namespaces.inside(self.node):
            here = _HERE.stat().st_ino
            if here == _INITIAL.stat().st_ino or here in _HOSTS or not self._is_named(here):
                raise LabError(f"{self.node} is not in a network namespace of its own: nothing was changed")
            yield

    def _is_named(self, inode: int) -> bool:
        return self.namespaces.path(self.node).stat().st_ino == inode
