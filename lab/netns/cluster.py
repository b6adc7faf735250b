"""A cluster in network namespaces that is up: what scenarios may ask of it (lab.api.Cluster)."""

import os
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from http import HTTPStatus

from lab.api import (
    ApiAnswer,
    Figures,
    LabRecord,
    PodNetworkRecord,
    ProgramFacts,
    Rule,
    TracedProbe,
)
from lab.errors import UsageError
from lab.kube import Kube
from lab.model import (
    NODES,
    Creation,
    Facts,
    Flow,
    Headers,
    NodeState,
    Place,
    PodState,
    ProxyHas,
    Resolution,
    Service,
    Trace,
    Watch,
)
from lab.netns import deviations, kube_proxy, neighbours, node_tables, pod_paths, services, slices, topology
from lab.netns.daemon import Daemon, check
from lab.netns.inspection import Inspection
from lab.netns.namespaces import Namespaces
from lab.netns.order import LabOrder
from lab.netns.remembered import most_remembered
from lab.netns.routes import question_of, sentinels, way_of
from lab.netns.serving import Serving
from lab.networks.network import Network
from lab.polling import let_pass
from lab.profiles import Profile
from lab.traffic.asking import Asking
from lab.traffic.exchange import Exchange
from lab.traffic.one_processor import one_processor
from lab.traffic.places import Captures
from lab.traffic.silence import together


@dataclass(slots=True)
class NetnsCluster:
    """A lab that is up: lab.api.Cluster. Made by `bring_up`; its end is the end of its capsule."""

    order: LabOrder
    name: str
    namespaces: Namespaces
    kube: Kube
    daemons: tuple[Daemon, ...]
    captures: Captures
    exchange: Exchange
    network: Network
    network_daemons: tuple[Daemon, ...]
    serving: Serving
    inspection: Inspection
    up_seconds: float = 0.0
    _clients: dict[Place, Kube] = field(default_factory=dict)

    @property
    def profile(self) -> Profile:
        """What is under test."""
        return self.order.profile

    @property
    def proxies(self) -> kube_proxy.KubeProxies:
        """The kube-proxies of all nodes."""
        return self.serving.proxies

    @property
    def standing(self) -> Facts:
        """The lab's addresses as they are now."""
        return self.serving.facts

    def facts(self) -> Facts:
        """Addresses, as they are now."""
        return self.standing

    def awaited_together(self) -> AbstractContextManager[None]:
        """For changes of Services and pods: they return when the API has them, their rules are awaited behind it."""
        return self.serving.awaited_together()

    def set_services(self, wanted: Sequence[Service]) -> None:
        """Makes exactly these Services exist, their pods labelled; returns when the rules of every node have them."""
        self._forget()
        self.serving.set_services(wanted)

    def change_service(self, name: str, now: Service | None) -> None:
        """Makes one of the Services be so, with the addresses that it has or had; None deletes it.

        Returns when the rules of every node have it.
        """
        self._forget()
        self.serving.change_service(name, now)

    def set_pods(self, states: Mapping[Place, PodState]) -> None:
        """Brings pods into these states through the API; returns when every node's rules know."""
        self._forget()
        self.serving.set_pods(states)

    def set_nodes(self, states: Mapping[Place, NodeState]) -> None:
        """Brings Node objects into these states through the API; returns when their kube-proxies know."""
        self._forget()
        self.serving.set_nodes(states)

    def set_proxies(self, configured: Sequence[ProxyHas]) -> None:
        """Restarts the kube-proxies that are configured otherwise; returns when their rules are written."""
        self._forget()
        self.serving.set_proxies(configured)

    def connect(self, flow: Flow) -> None:
        """Opens the connection of a TCP flow with a source port, over which what is sent of it goes from then on."""
        self._get_ready()
        self.exchange.connect(way_of(flow, self.standing))

    def send(self, flow: Flow, count: int) -> Sequence[Trace]:
        """Sends `count` fresh probes; what became of each, its silence proven, or marked as lost with the sentinels."""
        self.exchange.begin()
        self._get_ready()
        way = way_of(flow, self.standing)
        if flow.own_addresses and count > len(way.sources):
            raise UsageError(
                f"{count} clients were to ask, and {flow.sender} has {len(way.sources)} addresses",
                next_step="make CROWD_NETWORK in lab/netns/plan.py larger",
            )
        behind = sentinels(flow, way, self.standing)
        question = question_of(flow, self.standing)
        with one_processor():
            if question is None:
                traces = self.exchange.send(way, count, behind)
            else:
                asked = self._asking().get(question, count)
                traces = self.exchange.follow(asked, behind)
        # For a program that ended meanwhile its kernel refuses: that must not be taken for an answer.
        self.check()
        return traces

    def captured(self) -> Sequence[Trace]:
        """What was seen of the probes that were sent last, also where an error has ended that."""
        return self.exchange.captured()

    def resolve(self, flow: Flow, count: int) -> Resolution:
        """As send, once nodes and pods have forgotten their neighbours: also who was asked for by ARP meanwhile."""
        self.exchange.begin()
        self.serving.catch_up()
        since_ns = time.time_ns()
        neighbours.forget(self.namespaces)
        traces = self.send(flow, count)
        return Resolution(tuple(traces), tuple(self.captures.arp_requests(since_ns)))

    def watch(self, flows: Sequence[Flow], change: Callable[[], None]) -> Watch:
        """Sends fresh probes of these flows, each from a place of its own, all the while that `change` runs."""
        self.exchange.begin()
        self._get_ready()
        ways = [way_of(flow, self.standing) for flow in flows]
        each = [sentinels(flow, way, self.standing) for flow, way in zip(flows, ways, strict=True)]
        times: list[int] = []
        self.serving.written_ns = 0

        with one_processor() as anywhere:

            def timed() -> None:
                times.append(time.time_ns())
                with anywhere():
                    change()
                times.append(time.time_ns())

            seen = self.exchange.send_during(ways, together(each), timed)
        self.check()
        if not self.serving.written_ns:
            raise UsageError(
                "a change was to be watched, and nothing changed",
                next_step="`before` and `when` of the claim must differ",
            )
        return Watch(tuple(seen), times[0], self.serving.written_ns, times[1])

    def create(self, flow: Flow) -> ApiAnswer:
        """Asks the API, from the flow's sender, to create a Service; deletes again what it accepts."""
        self.check()
        if not isinstance(flow.target, Creation):
            raise UsageError(f"{flow.target} is nothing that could be created")
        asked = flow.target.service
        self.serving.remove_doubtful()
        with self.serving.writing([asked]):
            with self.namespaces.inside(flow.sender):
                answer = services.try_to_create(self._client_at(flow.sender), flow.target)
            if answer.status == HTTPStatus.CREATED:
                services.delete(self.kube, asked)
                slices.wait_gone(self.kube, {asked.name})
                self.serving.owe_a_wait()
        return answer

    def most_remembered(self) -> int | None:
        """The clients in the fullest of the kernel's lists for session affinity; None where it has none."""
        return most_remembered(self.namespaces)

    def idle(self, seconds: float) -> None:
        """Returns when so much time has passed in which the lab sent nothing."""
        let_pass(seconds)

    def send_traced(self, flow: Flow) -> TracedProbe:
        """Sends one more probe, with the kernels of all nodes telling which rules it passes. Never judged."""
        self._get_ready()
        with one_processor():
            return self.inspection.traced(flow, self.standing, self.exchange, self._asking())

    def rules(self, node: Place, *, fresh: bool) -> Sequence[Rule]:
        """The rules of a node, to be shown and never judged. fresh: read now, and with handles."""
        return self.inspection.rules(node, fresh=fresh)

    def connection(self, node: Place, asked: Headers) -> str:
        """What a node tracks of the connection whose first packet had these addresses; empty for nothing."""
        return self.inspection.connection(node, asked)

    def connections(self, node: Place) -> Sequence[str]:
        """Every connection that a node tracks, a line each, as the kernel prints them."""
        return self.inspection.connections(node)

    def pod_network(self) -> PodNetworkRecord:
        """How the network takes packets to pods: asks Services of its own, which are gone behind it."""
        before = self.serving.services
        self.set_services(pod_paths.SERVICES)
        try:
            paths = tuple(
                pod_paths.path(
                    service,
                    self.send_traced(pod_paths.flow_to(service)),
                    lambda node: self.rules(node, fresh=True),
                    self.namespaces,
                )
                for service in pod_paths.SERVICES
            )
            tables = tuple(node_tables.tables(self.namespaces, node) for node in NODES)
        finally:
            self.set_services(before)
        return PodNetworkRecord(paths, tables)

    def manifests(self, service: Service) -> str:
        """A Service and its EndpointSlices as the API has them, as YAML without what the API keeps for itself."""
        return self.inspection.manifests(service)

    def check(self) -> None:
        """DaemonDied when a program of the lab has ended."""
        check(*self.daemons, *self.proxies.running())

    def record(self) -> LabRecord:
        """The lab as a report describes it, figures as of now."""
        captured, dropped = self.captures.counts()
        return LabRecord(
            lab=self.name,
            kind="netns",
            profile=self.profile.name,
            kernel=f"{os.uname().sysname} {os.uname().release} {os.uname().machine}",
            kubernetes=self.order.kubernetes,
            network=self.network.says(),
            programs=(*self._programs(), *self.network.programs()),
            tools=topology.tool_versions(),
            deviations=(
                *deviations.of_every_lab(),
                *self.network.deviations(),
                *self.serving.deviations(),
            ),
            figures=Figures(self.up_seconds, self.serving.programmed_seconds, captured, dropped),
        )

    def _forget(self) -> None:
        """What was read or learnt of the lab as it is; to be called before it changes."""
        self.check()
        self.inspection.forget()
        self.exchange.forget()

    def _get_ready(self) -> None:
        """Before anything is sent: every program runs, and rules are as the API has it."""
        self.check()
        self.serving.catch_up()

    def _client_at(self, place: Place) -> Kube:
        """A client for use there, whose connections stay open."""
        if place not in self._clients:
            self._clients[place] = self.kube.another()
        return self._clients[place]

    def _asking(self) -> Asking:
        return Asking(self.captures, self.namespaces.inside)

    def _programs(self) -> tuple[ProgramFacts, ...]:
        return tuple(
            ProgramFacts(each.program, each.version, each.sha256, each.origin)
            for each in self.order.components.values()
        )
