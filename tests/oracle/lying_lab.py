"""A cluster without a kernel: its packets do what is documented, but for one lie."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace

from conformance.oracle import documented
from conformance.oracle.clients import REMEMBERED, without_affinity
from conformance.oracle.flows import first_node
from conformance.outcome import Accepted, Delivered, Outcome, Refused, Rejected, Unanswered
from lab.api import ApiAnswer, Figures, LabRecord
from lab.model import (
    Circumstance,
    Facts,
    Flow,
    NodeIs,
    NodeState,
    Place,
    PodIs,
    PodState,
    ProxyHas,
    Refusal,
    Resolution,
    Service,
    ServiceIs,
    Trace,
    Watch,
)
from lab.netns import plan
from lab.profiles import Profile, ProxyMode
from tests.oracle.arp import requests_under
from tests.oracle.clients import Clients
from tests.oracle.fabricated import fabricated, numbered, of_client
from tests.oracle.lies import Lie, Subject, fate_under, trace_under, watch_under
from tests.oracle.topology import facts_of, world_of

ROUNDS = 24
"""Probes of each flow before and after a change."""


def plain_service(service: Service | None) -> Service | None:
    """A Service without session affinity."""
    return None if service is None else replace(service, session_affinity_seconds=None)


class LyingLab:
    """lab.api.Cluster, answered for by the oracle. lie: what is not as documented, about every flow; None for truth."""

    def __init__(self, profile: Profile, lie: Lie | None = None) -> None:
        self._profile = profile
        self._lie = lie
        self._pods: dict[Place, PodState] = {}
        self._nodes: dict[Place, NodeState] = {}
        self._proxies: Sequence[ProxyHas] = ()
        self._remembered = REMEMBERED if profile.proxy_mode is ProxyMode.IPTABLES else None
        self._clients = Clients(lie, self._remembered)
        self._changed: dict[str, Service | None] = {}
        self._open: dict[Flow, Outcome] = {}
        self._know(())

    @property
    def profile(self) -> Profile:
        """What it claims to be."""
        return self._profile

    def facts(self) -> Facts:
        """The addresses of the lab's plan."""
        return self._facts

    def awaited_together(self) -> AbstractContextManager[None]:
        """Has everything at once."""
        return nullcontext()

    def set_services(self, services: Sequence[Service]) -> None:
        """Has these Services."""
        self._changed.clear()
        self._know(tuple(services))

    def set_pods(self, states: Mapping[Place, PodState]) -> None:
        """Has these pods in these states."""
        self._pods |= states

    def set_nodes(self, states: Mapping[Place, NodeState]) -> None:
        """Has these nodes in these states, if it does not lie about them."""
        if self._lie is not Lie.NODES_UNNOTICED:
            self._nodes |= states

    def set_proxies(self, configured: Sequence[ProxyHas]) -> None:
        """Has kube-proxies that are configured so."""
        self._proxies = tuple(configured)

    def change_service(self, name: str, now: Service | None) -> None:
        """Has this Service in place of the one of its name, or none."""
        self._changed[name] = now

    def connect(self, flow: Flow) -> None:
        """Forgets what was sent of the flow before: it is a new connection."""
        self._open.pop(flow, None)

    def send(self, flow: Flow, count: int) -> Sequence[Trace]:
        """Traces of as many probes, of which the endpoints get one each in turn. Probes of one fate look alike."""
        before = self._open.get(flow)
        fates = self._fates(flow, before, count)
        subject = Subject(
            flow,
            fates,
            self._facts,
            before,
            self._fates(flow, None, count)[0] if flow.source_port else fates[0],
        )
        if flow.source_port:
            self._open[flow] = fates[0]
        alike: dict[Outcome, Trace] = {}
        sent = []
        for number in range(count):
            fate = fate_under(self._lie, subject, number)
            if fate not in alike:
                alike[fate] = trace_under(self._lie, fabricated(flow, fate, self._facts), self._facts)
            trace = numbered(alike[fate], number)
            sent.append(of_client(trace, plan.CROWD[number]) if flow.own_addresses else trace)
        return sent

    def captured(self) -> Sequence[Trace]:
        """Nothing: no error ends what it sends."""
        return ()

    def resolve(self, flow: Flow, count: int) -> Resolution:
        """As send; who is asked for by ARP follows from where the flow's pods are."""
        traces = tuple(self.send(flow, count))
        return Resolution(traces, requests_under(self._lie, flow, self._facts))

    def watch(self, flows: Sequence[Flow], change: Callable[[], None]) -> Watch:
        """Traces of probes before and after the change, and what a lie has in between."""
        before = [self.send(flow, ROUNDS) for flow in flows]
        change()
        after = [self.send(flow, ROUNDS) for flow in flows]
        return watch_under(self._lie, before, after, [[self._refused(flow)] for flow in flows])

    def _refused(self, flow: Flow) -> Trace:
        """A probe that is refused for a reason that nothing documents."""
        return fabricated(flow, Refused(first_node(flow), Refusal.ADMIN_PROHIBITED), self._facts)

    def create(self, flow: Flow) -> ApiAnswer:
        """What the API is documented to say, or the contrary."""
        outcome = documented(self._profile, self._world, flow, self._when())
        lied = Rejected(("spec",)) if isinstance(outcome, Accepted) else Accepted()
        match lied if self._lie is Lie.API_CONTRARY else outcome:
            case Rejected(fields=fields, status=status, reason=reason):
                return ApiAnswer(status, reason, fields)
            case _:
                return ApiAnswer(201)

    def most_remembered(self) -> int | None:
        """As many as the oracle takes for granted, where they are limited."""
        return self._remembered

    def idle(self, seconds: float) -> None:
        """Forgets the clients of Services whose time-out has passed."""
        self._clients.let_pass(seconds)

    def record(self) -> LabRecord:
        """A lab of kind `lying`."""
        figures = Figures(up_seconds=0.0, programmed_seconds=(), captured=0, dropped=0)
        return LabRecord("lab", "lying", self._profile.name, "none", "0.0.0", "none", (), {}, (), figures)

    def _know(self, services: tuple[Service, ...]) -> None:
        network = self._profile.network
        self._world, self._facts = world_of(services, network), facts_of(services, network)

    def _when(self) -> tuple[Circumstance, ...]:
        changed = [ServiceIs(self._world.services[name], now) for name, now in self._changed.items()]
        pods = [PodIs(*each) for each in self._pods.items()]
        nodes = [NodeIs(*each) for each in self._nodes.items()]
        return (*self._proxies, *pods, *nodes, *changed)

    def _fates(self, flow: Flow, before: Outcome | None, count: int) -> Sequence[Outcome]:
        """The fates that probes have in turn: of many clients each its own, of one with affinity the same always."""
        plain, world = without_affinity(flow, self._world)
        # A changed Service, too, is asked about as if it had no affinity.
        when = [
            replace(each, now=plain_service(each.now)) if isinstance(each, ServiceIs) else each
            for each in self._when()
        ]
        outcome = documented(self._profile, world, plain, when, before)
        if not isinstance(outcome, Delivered | Unanswered):
            return [outcome]
        each = [replace(outcome, arrivals=frozenset({one})) for one in sorted(outcome.arrivals, key=str)]
        if flow.own_addresses:
            return [each[one] for one in self._clients.endpoints_of(flow, count, len(each))]
        affine = plain != flow and self._lie is not Lie.AFFINITY_LOST
        return each[:1] if affine else each
