"""A cluster without a kernel: its packets do what is documented, but for one lie."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from conformance.oracle import World, documented
from conformance.oracle.flows import first_node
from conformance.outcome import Delivered, Outcome, Refused, Unanswered
from lab.api import Figures, LabRecord
from lab.model import (
    Circumstance,
    ClusterIP,
    ExternalIP,
    Facts,
    Flow,
    LoadBalancerIP,
    NodePort,
    Place,
    PodIs,
    PodState,
    ProxyHas,
    Refusal,
    Service,
    ServiceIs,
    Trace,
    Watch,
)
from lab.profiles import Profile
from tests.oracle.fabricated import fabricated, numbered
from tests.oracle.lies import Lie, Subject, fate_under, trace_under, watch_under
from tests.oracle.topology import facts_of, world_of

ROUNDS = 12
"""Probes of each flow before and after a change."""


class LyingLab:
    """lab.api.Cluster, answered for by the oracle. lie: what is not as documented, about every flow; None for truth."""

    def __init__(self, profile: Profile, lie: Lie | None = None) -> None:
        self._profile = profile
        self._lie = lie
        self._pods: dict[Place, PodState] = {}
        self._proxy = ProxyHas()
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

    def set_services(self, services: Sequence[Service]) -> None:
        """Has these Services."""
        self._changed.clear()
        self._know(tuple(services))

    def set_pods(self, states: Mapping[Place, PodState]) -> None:
        """Has these pods in these states."""
        self._pods |= states

    def set_proxy(self, options: ProxyHas) -> None:
        """Has kube-proxies that are configured so."""
        self._proxy = options

    def change_service(self, name: str, now: Service | None) -> None:
        """Has this Service in place of the one of its name, or none."""
        self._changed[name] = now

    def connect(self, flow: Flow) -> None:
        """Forgets what was sent of the flow before: it is a new connection."""
        self._open.pop(flow, None)

    def send(self, flow: Flow, count: int) -> Sequence[Trace]:
        """Traces of as many probes, of which the endpoints get one each in turn. Probes of one fate look alike."""
        before = self._open.get(flow)
        fates = self._fates(flow, before)
        subject = Subject(flow, fates, self._facts, before, self._fates(flow, None)[0])
        if flow.source_port:
            self._open[flow] = fates[0]
        alike: dict[Outcome, Trace] = {}
        sent = []
        for number in range(count):
            fate = fate_under(self._lie, subject, number)
            if fate not in alike:
                alike[fate] = trace_under(self._lie, fabricated(flow, fate, self._facts), self._facts)
            sent.append(numbered(alike[fate], number))
        return sent

    def watch(self, flows: Sequence[Flow], change: Callable[[], None]) -> Watch:
        """Traces of probes before and after the change, and what a lie has in between."""
        before = [self.send(flow, ROUNDS) for flow in flows]
        change()
        after = [self.send(flow, ROUNDS) for flow in flows]
        return watch_under(self._lie, before, after, [[self._refused(flow)] for flow in flows])

    def _refused(self, flow: Flow) -> Trace:
        """A probe that is refused for a reason that nothing documents."""
        return fabricated(flow, Refused(first_node(flow), Refusal.ADMIN_PROHIBITED), self._facts)

    def record(self) -> LabRecord:
        """A lab of kind `lying`."""
        figures = Figures(up_seconds=0.0, programmed_seconds=(), captured=0, dropped=0)
        return LabRecord("lab", "lying", self._profile.name, "none", "0.0.0", "none", (), {}, (), figures)

    def _know(self, services: tuple[Service, ...]) -> None:
        self._world, self._facts = world_of(services), facts_of(services)

    def _fates(self, flow: Flow, before: Outcome | None) -> Sequence[Outcome]:
        """The fates that probes have in turn. A client with session affinity is given the first endpoint, always."""
        changed = [ServiceIs(self._world.services[name], now) for name, now in self._changed.items()]
        pods = [PodIs(*each) for each in self._pods.items()]
        when: tuple[Circumstance, ...] = (self._proxy, *pods, *changed)
        affine, plain, world = _without_affinity(flow, self._world)
        outcome = documented(self._profile, world, plain, when, before)
        if not isinstance(outcome, Delivered | Unanswered):
            return [outcome]
        each = [replace(outcome, arrivals=frozenset({one})) for one in sorted(outcome.arrivals, key=str)]
        return each[:1] if affine else each


def _without_affinity(flow: Flow, world: World) -> tuple[bool, Flow, World]:
    """Whether the flow's Service has session affinity; the flow and the world as if it had none."""
    target = flow.target
    if not isinstance(target, ClusterIP | NodePort | LoadBalancerIP | ExternalIP):
        return False, flow, world
    plain = replace(target.service, session_affinity_seconds=None)
    services = {**world.services, plain.name: plain} if plain.name in world.services else world.services
    affine = target.service.session_affinity_seconds is not None
    return affine, replace(flow, target=replace(target, service=plain)), replace(world, services=services)
