"""Two faults that are opposites: nothing is translated, and everything is. A claim that notices neither sees nothing.

No flow to a Service comes to the same with both. So every claim about one must notice at least one of them, whatever it
expects; and every claim is asked, also where another has noticed.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import assert_never

from lab.model import Place
from lab.netns import plan
from lab.profiles import ProxyMode
from lab.rules.ruleset import Block, Form, Ruleset
from lab.traffic.decode import VXLAN_PORTS
from svcproof.sabotage.bench import Bench
from svcproof.sabotage.beside import TABLE, Beside, foreign_table
from svcproof.sabotage.fault import Kind

_POD, _PORT = Place.POD_A1, plan.ECHO_PORTS[-1]
"""Where everything goes: nobody asks for it there by itself."""
_BGP = 179


def faults() -> tuple[Beside, ...]:
    """Both of them."""
    return (
        Beside(
            Kind.FOREIGN_TABLE_TRANSLATES,
            f"everything on every node, to {_POD}:{_PORT}",
            _translated,
            asks_all=True,
        ),
        Beside(Kind.RULES_GONE, "all that kube-proxy wrote, on every node", _without_rules, asks_all=True),
    )


@contextmanager
def _without_rules(bench: Bench) -> Iterator[None]:
    mode = bench.cluster.profile.proxy_mode
    with bench.having(_bare(bench.rules, mode)), _anew(bench):
        yield


@contextmanager
def _translated(bench: Bench) -> Iterator[None]:
    pod = bench.cluster.facts().primary[_POD]
    with foreign_table(bench, text=_translating(str(pod), _PORT)), _anew(bench):
        yield


@contextmanager
def _anew(bench: Bench) -> Iterator[None]:
    """Has open flows meet the rules as new ones do: no node remembers any, nor behind the body those of its time."""
    bench.forget_flows()
    try:
        yield
    finally:
        bench.forget_flows()


def _bare(rules: Mapping[Place, Ruleset], mode: ProxyMode) -> Mapping[Place, Ruleset]:
    return {node: without_proxy(each, mode) for node, each in rules.items()}


def without_proxy(rules: Ruleset, mode: ProxyMode) -> Ruleset:
    """The rules of a node without anything that leads a packet to one of kube-proxy's."""
    return Ruleset(tuple(Block(each.spot, _left(each, mode), learned=each.learned) for each in rules.blocks))


def _left(block: Block, mode: ProxyMode) -> tuple[str, ...]:
    """What is left of a block: in nftables mode, the table is kube-proxy's own; in iptables mode, the jumps are."""
    if block.spot.form is not Form.CHAIN:
        return block.entries
    match mode:
        case ProxyMode.NFTABLES:
            return ()
        case ProxyMode.IPTABLES:
            return tuple(entry for entry in block.entries if "-j KUBE-" not in entry)
        case _:
            assert_never(mode)


def _translating(pod: str, port: int) -> str:
    """A table that comes before kube-proxy's, and leaves alone what holds the cluster together."""
    lines = [f"add table {TABLE}"]
    for hook in ("prerouting", "output"):
        chain = f"{TABLE} {hook}"
        lines += [
            f"add chain {chain} {{ type nat hook {hook} priority -110; }}",
            f"add rule {chain} ip saddr {plan.CONTROL} return",
            f"add rule {chain} ip daddr {plan.CONTROL} return",
            f"add rule {chain} tcp sport {_BGP} return",
            f"add rule {chain} tcp dport {_BGP} return",
            f"add rule {chain} udp dport {{ {', '.join(map(str, sorted(VXLAN_PORTS)))} }} return",
            f"add rule {chain} meta l4proto {{ tcp, udp }} dnat to {pod}:{port}",
            f"add rule {chain} meta l4proto {{ icmp, sctp }} dnat to {pod}",
        ]
    lines += [
        f"add chain {TABLE} postrouting {{ type nat hook postrouting priority 90; }}",
        # Answers must come back here, wherever the pod is.
        f"add rule {TABLE} postrouting ct status dnat masquerade",
    ]
    return "\n".join(lines) + "\n"
