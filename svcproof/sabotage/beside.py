"""Faults beside the rules: kube-proxy, connection tracking, sysctls, another table, an endpoint's link."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, fields
from functools import partial

from lab.commands import run
from lab.model import NODES, PODS, Place, Service
from lab.netns.cluster import NetnsCluster
from lab.netns.namespaces import Namespaces
from lab.rules.node import NodeRules
from svcproof.sabotage.bench import Bench
from svcproof.sabotage.fault import Kind
from svcproof.sabotage.sysctls import written

TABLE = "ip svcproof-sabotage"
_FORWARD = "type filter hook forward priority 10; policy drop;"
_DROP_ALL = f"add table {TABLE}\nadd chain {TABLE} forward {{ {_FORWARD} }}\n"
_DROP_TRANSLATED = f"{_DROP_ALL}add rule {TABLE} forward ct status & dnat != dnat accept\n"


@dataclass(frozen=True, slots=True)
class Beside:
    """A fault that is not in kube-proxy's rules.

    harmless: whether no claim may notice it. make: the fault lasts for the body of this context.
    asks_all: whether claims are asked, too, when one has noticed.
    """

    kind: Kind
    says: str
    make: Callable[[Bench], AbstractContextManager[None]]
    asks_all: bool = False
    harmless: bool = False

    @property
    def name(self) -> str:
        """The fault as the table shows it."""
        return f"{self.kind}: {self.says}"


def faults(services: Sequence[Service]) -> tuple[Beside, ...]:
    """All of them; kube-proxy's end comes last, because it is started anew behind it."""
    endpoints = {place for service in services for place in service.endpoints}
    first = {min(pod for pod in PODS if pod.node is node) for node in {pod.node for pod in PODS}}
    forward, strict = {"ipv4/ip_forward": "0"}, {"ipv4/conf/all/rp_filter": "1"}
    return (
        Beside(Kind.CONNTRACK_FLUSHED, "on every node, before new flows", _flushed, harmless=True),
        Beside(Kind.IP_FORWARD_OFF, "on every node", partial(_sysctls, wanted=forward)),
        Beside(Kind.RP_FILTER_STRICT, "on every interface of every node", partial(_sysctls, wanted=strict)),
        Beside(
            Kind.FOREIGN_TABLE_DROP, "everything that is forwarded", partial(foreign_table, text=_DROP_ALL)
        ),
        Beside(
            Kind.FOREIGN_TABLE_DROP,
            "everything forwarded that a Service translated",
            partial(foreign_table, text=_DROP_TRANSLATED),
        ),
        # The first pod of each node answers the lab's sentinels: without it the lab could not tell anything.
        *(
            Beside(Kind.ENDPOINT_NAMESPACE_GONE, f"of {pod}", partial(_unplugged, pod=pod))
            for pod in sorted(endpoints - first)
        ),
        Beside(Kind.KUBE_PROXY_KILLED, "on every node", _killed, harmless=True),
    )


class _Unwatched(NetnsCluster):
    """A cluster of which it is known that programs have ended."""

    def check(self) -> None:
        """Says nothing."""


@contextmanager
def _flushed(bench: Bench) -> Iterator[None]:
    bench.forget_flows()
    yield


@contextmanager
def _killed(bench: Bench) -> Iterator[None]:
    """As ended, for rules that stand still: what takes over is held still, too."""
    with ended(bench):
        yield
    bench.freeze()


@contextmanager
def ended(bench: Bench) -> Iterator[None]:
    """Ends every kube-proxy at once; a new one takes over behind the body."""
    watched = bench.cluster
    for daemon in watched.proxies.running():
        daemon.process.kill()
        daemon.process.wait()
    bench.cluster = _Unwatched(**{each.name: getattr(watched, each.name) for each in fields(watched)})
    try:
        yield
    finally:
        bench.cluster = watched
        watched.serving.set_proxies(())


def _sysctls(bench: Bench, wanted: Mapping[str, str]) -> AbstractContextManager[None]:
    return written(bench.cluster.namespaces, NODES, wanted)


@contextmanager
def foreign_table(bench: Bench, text: str) -> Iterator[None]:
    """A table of another program on every node for the body. text: what `nft -f` is told to make it, with that name."""

    def change(script: str) -> Callable[[NodeRules], None]:
        return lambda _node: _nft(script)

    bench.inside(change(text))
    try:
        yield
    finally:
        bench.inside(change(f"delete table {TABLE}\n"))


@contextmanager
def _unplugged(bench: Bench, pod: Place) -> Iterator[None]:
    """Takes the node's end of the pod's link down: the pod keeps its addresses and routes for later."""
    node, name = bench.cluster.namespaces.name(pod.node), nodes_end(bench.cluster.namespaces, pod)
    routes = run(["ip", "-n", node, "route", "show", "dev", name]).splitlines()
    run(["ip", "-n", node, "link", "set", name, "down"])
    try:
        yield
    finally:
        run(["ip", "-n", node, "link", "set", name, "up"])
        # The kernel has forgotten the routes that led there, and a bridge's node which pod was silent.
        for route in routes:
            run(["ip", "-n", node, "route", "replace", *route.split(), "dev", name])
        run(["ip", "-n", node, "neighbour", "flush", "all"])


def nodes_end(namespaces: Namespaces, pod: Place) -> str:
    """The name of the node's end of a pod's link."""
    [own] = json.loads(run(["ip", "-json", "-n", namespaces.name(pod), "link", "show", "eth0"]))
    links = json.loads(run(["ip", "-json", "-n", namespaces.name(pod.node), "link", "show"]))
    [name] = [link["ifname"] for link in links if link["ifindex"] == own["link_index"]]
    return str(name)


def _nft(script: str) -> None:
    run(["nft", "-f", "-"], stdin=script)
