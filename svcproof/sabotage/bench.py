"""A lab whose rules stand still, to be broken and mended: kube-proxy frozen, the rules of every node kept."""

import signal
from collections.abc import Callable, Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from conformance.live import Live
from conformance.outcome import Outcome
from lab.errors import CommandFailed, LabError
from lab.model import NODES, PODS, Circumstance, Flow, Place
from lab.netns.bring_up import STATE
from lab.netns.cluster import NetnsCluster
from lab.netns.kube_proxy import lock_of_its_own
from lab.polling import Limit, wait_until
from lab.profiles import Encapsulation
from lab.rules.node import NodeRules
from lab.rules.ruleset import Ruleset
from svcproof.sabotage.fault import Fault, broken

Got = TypeVar("Got")

_SYN_RECEIVED = "03"
_PORTS_ENOUGH = 12_000
"""Of the 28,000 source ports that the lab gives to each sender in turn: before they come again, flows are forgotten.

With room for all claims that are asked about one fault.
"""


class Refusal(Exception):
    """The kernel, or the tool that speaks to it, did not take the broken rules. Nothing was changed."""


class Bench:
    """The rules of a cluster under test."""

    def __init__(self, cluster: NetnsCluster) -> None:
        self.cluster = cluster
        state, mode = STATE / cluster.name, cluster.profile.proxy_mode
        self._nodes = {
            node: NodeRules(cluster.namespaces, node, mode, lock_of_its_own(state, node)) for node in NODES
        }
        self._threads = ThreadPoolExecutor(max_workers=len(NODES))
        self._kept: Mapping[Place, Ruleset] = {}

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Holds every kube-proxy still for the body, and keeps the rules that they wrote."""
        try:
            self.freeze()
            yield
        finally:
            self._signal(signal.SIGCONT)

    def freeze(self) -> None:
        """Holds every kube-proxy still, and keeps the rules that they wrote."""
        self._signal(signal.SIGSTOP)
        self.read()

    def read(self) -> None:
        """Keeps the rules of every node as they are."""
        self._kept = self._on_each(NodeRules.read)

    @property
    def rules(self) -> Mapping[Place, Ruleset]:
        """The rules of every node, as kube-proxy wrote them."""
        return self._kept

    def holders(self, fault: Fault) -> tuple[Place, ...]:
        """The nodes in whose rules the fault's entry stands: it is broken on all of them at once."""
        return tuple(node for node, rules in self._kept.items() if rules.holds(fault.spot, fault.entry))

    @contextmanager
    def broken(self, fault: Fault) -> Iterator[None]:
        """Breaks the rules for the body, and mends them behind it. Refusal where the kernel does not take the fault."""
        with self.having({node: broken(self._kept[node], fault) for node in self.holders(fault)}):
            yield

    @contextmanager
    def having(self, wanted: Mapping[Place, Ruleset]) -> Iterator[None]:
        """Has these nodes have other rules for the body. Refusal where the kernel does not take them.

        Behind it no node remembers what these did to packets of the tunnel. Their source port is a hash of what they
        carry: of later flows one or another comes to the same, and would be led astray for 30 s and more.
        """
        self.forget()
        try:
            self._break(wanted)
            yield
            self._on(wanted, lambda rules: rules.change(wanted[rules.node], self._kept[rules.node]))
        finally:
            self._on(wanted, self._mend)
            if self.cluster.order.encapsulation is Encapsulation.VXLAN:
                self._on(wanted, NodeRules.forget_tunnels)

    def forget(self) -> None:
        """Has every node forget the clients of session affinity, and its flows before their ports are used again."""
        self._on_each(lambda rules: rules.forget_clients(self._kept[rules.node]))
        if max(self.cluster.exchange.ports_given.values(), default=0) > _PORTS_ENOUGH:
            self.forget_flows()

    def packets_lost(self) -> int:
        """How many packets the captures could not hold, since the lab came up."""
        _, lost = self.cluster.captures.counts()
        return lost

    def forget_flows(self) -> None:
        """Has every node forget its flows, once no pod has one half open.

        Masquerading avoids ports that are in use, as far as it remembers: a new flow would get the port of one that
        a pod still waits to be acknowledged, and no answer.
        """
        wait_until("no pod has a half-open connection", Limit.ENDED, lambda: self._none_half_open() or None)
        self._on_each(NodeRules.forget_flows)
        self.cluster.exchange.ports_given.clear()

    def _none_half_open(self) -> bool:
        for pod in PODS:
            with self.cluster.namespaces.inside(pod):
                _, *sockets = Path("/proc/thread-self/net/tcp").read_text().splitlines()
            if any(each.split()[3] == _SYN_RECEIVED for each in sockets):
                return False
        return True

    def observe(self, flow: Flow, when: Collection[Circumstance]) -> Outcome:
        """What becomes of a flow in these circumstances. LabError where the lab cannot tell."""
        return Live(self.cluster, when).observe(flow)

    def inside(self, change: Callable[[NodeRules], Got]) -> Mapping[Place, Got]:
        """Runs something in the namespace of every node."""

        def there(rules: NodeRules) -> Got:
            with rules.inside():
                return change(rules)

        return self._on_each(there)

    def close(self) -> None:
        """Ends the threads."""
        self._threads.shutdown()

    def _break(self, wanted: Mapping[Place, Ruleset]) -> None:
        try:
            self._on(wanted, lambda rules: rules.change(self._kept[rules.node], wanted[rules.node]))
        except CommandFailed as error:
            raise Refusal(str(error)) from error

    def _mend(self, rules: NodeRules) -> None:
        """Puts back the rules that were kept, if they do not stand. LabError where they do not come to stand."""
        kept = self._kept[rules.node]
        now = rules.read()
        if now.same_as(kept):
            return
        rules.change(now, kept)
        if not rules.read().same_as(kept):
            raise LabError(
                f"the rules of {rules.node} are not what they were before the fault",
                next_step="another program may be changing them; run sabotage again",
            )

    def _on_each(self, act: Callable[[NodeRules], Got]) -> Mapping[Place, Got]:
        return self._on(self._nodes, act)

    def _on(self, nodes: Mapping[Place, object], act: Callable[[NodeRules], Got]) -> Mapping[Place, Got]:
        """Acts on nodes side by side; returns, or raises what one of them raised, when all are done."""
        acting = {node: self._threads.submit(act, self._nodes[node]) for node in nodes}
        wait(acting.values())
        return {node: done.result() for node, done in acting.items()}

    def _signal(self, number: signal.Signals) -> None:
        for daemon in self.cluster.proxies.running():
            daemon.process.send_signal(number)
