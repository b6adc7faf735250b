"""What the nodes and the API of a lab hold, read to be shown beside a verdict and never to reach one."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import assert_never

from lab.api import Passed, Rule, TracedProbe
from lab.commands import run
from lab.errors import CommandFailed, MissingRequirement
from lab.kube import Kube, Manifest, as_yaml
from lab.model import NODES, Facts, Flow, Headers, Place, Service
from lab.netns.namespaces import Namespaces
from lab.netns.routes import question_of, sentinels, way_of
from lab.profiles import ProxyMode
from lab.rules import listing, trace
from lab.rules.connection import connection
from lab.side_by_side import side_by_side
from lab.traffic.asking import Asking
from lab.traffic.exchange import Exchange

_CONNTRACK = Path("/proc/thread-self/net/nf_conntrack")
_SERVICE_NAME = "kubernetes.io/service-name"
# The items of a list do not say what they are. In the order in which the API says it of one alone.
_SERVICE = {"kind": "Service", "apiVersion": "v1"}
_SLICE = {"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice"}


class Inspection:
    """Reads rules and manifests once for each state that the lab is in. environ: of iptables, by node."""

    def __init__(
        self, namespaces: Namespaces, kube: Kube, mode: ProxyMode, environ: Callable[[Place], dict[str, str]]
    ) -> None:
        self._namespaces = namespaces
        self._kube = kube
        self._mode = mode
        self._environ = environ
        self._rules: dict[Place, tuple[Rule, ...]] = {}
        self._by_service: dict[str, list[Manifest]] | None = None
        self._manifests: dict[str, str] = {}

    def forget(self) -> None:
        """Must be called when something of the lab has changed."""
        self._rules.clear()
        self._by_service = None
        self._manifests.clear()

    def rules(self, node: Place, *, fresh: bool) -> tuple[Rule, ...]:
        """The rules of a node. fresh: read now; others have no handles in iptables mode."""
        if fresh or node not in self._rules:
            self._rules[node] = self._read_rules(node, with_handles=fresh)
        return self._rules[node]

    def connection(self, node: Place, asked: Headers) -> str:
        """One connection of a node, by the addresses of its first packet."""
        with self._namespaces.inside(node):
            return connection(asked)

    def connections(self, node: Place) -> tuple[str, ...]:
        """Every connection of a node; none where the kernel does not list them."""
        with self._namespaces.inside(node):
            lines = _CONNTRACK.read_text().splitlines() if _CONNTRACK.exists() else []
        return tuple(" ".join(line.split()) for line in lines)

    def manifests(self, service: Service) -> str:
        """A Service and its slices, as the API has them; without the Service where a claim has had it deleted."""
        if self._by_service is None:
            self._by_service = self._list()
        if service.name not in self._manifests:
            self._manifests[service.name] = as_yaml(self._by_service.get(service.name, ()))
        return self._manifests[service.name]

    def _list(self) -> dict[str, list[Manifest]]:
        """Each Service and its slices, by the Service's name: two requests, however many there are."""
        listed: dict[str, list[Manifest]] = {}
        for each in self._kube.every_service():
            listed[each["metadata"]["name"]] = [_SERVICE | each]
        for each in self._kube.endpoint_slices():
            listed.setdefault(each["metadata"]["labels"].get(_SERVICE_NAME, ""), []).append(_SLICE | each)
        return listed

    def traced(self, flow: Flow, facts: Facts, exchange: Exchange, asking: Asking) -> TracedProbe:
        """One probe of a flow, or the SYN of one request, told by the kernels of all nodes."""
        passed: list[Passed] = []

        @contextmanager
        def around(mark: int) -> Iterator[None]:
            with ExitStack() as stack:
                heard = {}
                for node in NODES:
                    with self._namespaces.inside(node):
                        heard[node] = stack.enter_context(trace.open_socket())
                        trace.start(flow.transport, mark)
                    stack.callback(self._stop_tracing, node)
                yield
                for node, sock in heard.items():
                    passed.extend(Passed(node, *told) for told in trace.of_first(trace.drain(sock)))

        way = way_of(flow, facts)
        behind = sentinels(flow, way, facts)
        question = question_of(flow, facts)
        if question is None:
            seen = exchange.send_one(way, behind, around)
        else:
            seen = exchange.request_one(partial(asking.get_marked, question), behind, around)
        return TracedProbe(seen, tuple(passed))

    def _stop_tracing(self, node: Place) -> None:
        with self._namespaces.inside(node):
            trace.stop()

    def _read_rules(self, node: Place, *, with_handles: bool) -> tuple[Rule, ...]:
        """with_handles: also where that takes a second program, because only nft tells them."""
        match self._mode:
            case ProxyMode.NFTABLES:
                return listing.rules(self._listed(node), "")
            case ProxyMode.IPTABLES if not with_handles:
                return listing.rules("", self._saved(node))
            case ProxyMode.IPTABLES:
                listed, saved = side_by_side(lambda read: read(node), (self._listed, self._saved))
                return listing.rules(listed, saved)
            case _:
                assert_never(self._mode)

    def _listed(self, node: Place) -> str:
        try:
            with self._namespaces.inside(node):
                return run(["nft", "-a", "list", "ruleset"])
        except (CommandFailed, MissingRequirement):
            if self._mode is not ProxyMode.IPTABLES:
                raise
            return ""  # Without nft the rules of iptables have no handles.

    def _saved(self, node: Place) -> str:
        with self._namespaces.inside(node):
            return run(["iptables-save"], environ=self._environ(node))
