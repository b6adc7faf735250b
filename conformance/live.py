"""The lab as a scenario sees it: observe a flow. Keeps what was observed for the report."""

import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus

from conformance.again import After, again, check_in_time
from conformance.carriage import carried
from conformance.convergence import Followed, convergence, from_every_node
from conformance.judging import Judged, judged
from conformance.outcome import Accepted, ChosenAnew, Outcome, Rejected, Steady
from conformance.resolution import resolved
from conformance.spread import spread, stuck_if_affine
from conformance.statistics import (
    FALSE_ALARM,
    FEWEST,
    clients_to_fill,
    clients_to_tell,
    probes_to_see_every,
    probes_to_see_skew,
)
from lab.api import Cluster
from lab.errors import LabError, MissingRequirement
from lab.model import (
    ArpRequest,
    Circumstance,
    ClusterIP,
    Creation,
    ExternalIP,
    Facts,
    Flow,
    HealthCheckPort,
    Host,
    LoadBalancerIP,
    NodePort,
    OtherPort,
    PodIP,
    ProxyHealth,
    Trace,
    Transport,
    Unallocated,
)

_OPENING = 3
"""Packets each way make a UDP flow one that the kernel takes for a stream."""

Settle = Callable[[Flow, Judged, Facts], Outcome]
"""What an outcome comes to, for flows of which more is asked than where they go."""


_FLAPPING = "; what fails every other time shows 999 times of 1000"


@dataclass(frozen=True, slots=True)
class Plan:
    """Why a batch has its size, and what it shows with which chance.

    false_alarm: the chance that a sound data plane fails; 0 where none is at play.
    """

    reason: str
    false_alarm: float


@dataclass(frozen=True, slots=True)
class Captured:
    """One flow and what was seen of its probes, whether or not that can be judged.

    whole: whether nothing more could be seen of them; not so where an error of the lab has ended the batch.
    """

    flow: Flow
    plan: Plan
    traces: Sequence[Trace]
    facts: Facts
    whole: bool = field(default=True, kw_only=True)


@dataclass(frozen=True, slots=True)
class Observation(Captured):
    """What was seen of a flow's probes, and what that comes to.

    fates: of each trace, in their order. followed: of a change, how long each node took. requests: for neighbours,
    where these were looked at.
    """

    outcome: Outcome
    seconds: float
    fates: tuple[Steady, ...]
    followed: tuple[Followed, ...] = ()
    requests: tuple[ArpRequest, ...] = ()


class Live:
    """One claim's view of a lab that is up."""

    def __init__(
        self,
        cluster: Cluster,
        when: Collection[Circumstance] = (),
        change: Callable[[], None] = lambda: None,
        after: After | None = None,
    ) -> None:
        """Takes the circumstances that the cluster is in, or that `change` brings it into.

        after: what clients shall do before they are observed.
        """
        self._cluster = cluster
        self._change = change
        self._when = tuple(when)
        self._after = after
        self._observations: list[Observation] = []
        self._captured: Captured | None = None

    @property
    def captured(self) -> Captured | None:
        """What was captured last, also where sending or judging it failed; None where nothing was."""
        return self._captured

    @property
    def observations(self) -> Sequence[Observation]:
        """What this claim observed so far, in order."""
        return tuple(self._observations)

    def open(self, flow: Flow) -> None:
        """Opens a flow that shall be open when it is observed; over TCP, a connection is established.

        For a stray segment, that is the connection that it strays from.
        """
        opened = flow.stray_of or flow
        if opened.transport is Transport.TCP:
            self._cluster.connect(opened)
        self.go_on(opened)

    def go_on(self, flow: Flow) -> None:
        """Sends a few packets of an open flow. What becomes of them is not judged."""
        with self._keeping(flow, Plan("a flow is opened, or goes on", 0.0)):
            self._cluster.send(flow, _OPENING)

    def observe(self, flow: Flow) -> Outcome:
        """Sends a batch of fresh flows and judges all of it. Nothing is retried, nothing thrown away."""
        if flow.source_port:
            return self._observe(
                flow, FEWEST, Plan(f"one flow has one endpoint{_FLAPPING}", 0.0), self._settle
            )
        endpoints = endpoints_of(flow)
        count = probes_to_see_every(endpoints)
        if endpoints <= 1:
            return self._observe(
                flow, count, Plan(f"nothing random is expected{_FLAPPING}", 0.0), self._settle
            )
        why = (
            f"enough to see each of {endpoints} endpoints that are picked alike; one that is never picked shows, "
            "one that answers every other time 99 times of 100"
        )
        return self._observe(flow, count, Plan(why, FALSE_ALARM), self._settle)

    def observe_spread(self, flow: Flow) -> Outcome:
        """As observe, with so many flows that an endpoint's share can be judged."""
        endpoints = endpoints_of(flow)
        why = (
            f"enough to notice one of {endpoints} endpoints that gets half as much again as its share, "
            "99 times of 100"
        )

        def settle(_flow: Flow, seen: Judged, _facts: Facts) -> Outcome:
            return spread(seen.outcome, seen.fates, endpoints)

        return self._observe(flow, probes_to_see_skew(endpoints), Plan(why, FALSE_ALARM), settle)

    def observe_change(self, flow: Flow, passing: Collection[Steady] = ()) -> Outcome:
        """Sends the flow from a pod on every node all the while that the claim's change is made, and judges it all.

        passing: outcomes that the change is known to pass through, beside those before and after it.
        """
        start = time.monotonic()
        plan = Plan("a pod of each node sends all the while that the change is made", FALSE_ALARM)
        with self._keeping(flow, plan):
            watch = self._cluster.watch(from_every_node(flow), self._change)
        facts = self._keep(flow, plan, watch.traces)
        fates = judged(watch.traces, facts).fates
        outcome, followed = convergence(flow, watch, fates, passing)
        seconds = time.monotonic() - start
        self._observations.append(
            Observation(flow, plan, watch.traces, facts, outcome, seconds, fates, followed)
        )
        return outcome

    def observe_again(self, flow: Flow) -> Outcome:
        """As observe, for clients that have asked before, as the claim's `after` says: did they come back?"""
        if self._after is None:
            raise LabError(f"{flow} was to be observed again, and no claim says after what")
        endpoints, idle_seconds = endpoints_of(flow), self._after.idle_seconds
        count = self._after.clients or clients_to_tell(endpoints)
        before = Plan("clients ask before they are observed", 0.0)
        asked: list[Sequence[Trace]] = []
        for _ in range(self._after.times):
            with self._keeping(self._after.flow, before):
                asked.append(self._cluster.send(self._after.flow, count))
            self._check_crowded(endpoints, count)
            self._cluster.idle(idle_seconds)
        why = f"enough clients to see some of each endpoint move, if each picks one of {endpoints} anew"

        def settle(_flow: Flow, seen: Judged, facts: Facts) -> Outcome:
            outcome = again(judged(asked[0], facts), seen)
            if isinstance(outcome, ChosenAnew):
                check_in_time(flow, (*asked, seen.traces), idle_seconds)
            return outcome

        return self._observe(flow, count, Plan(why, FALSE_ALARM), settle)

    def _check_crowded(self, endpoints: int, clients: int) -> None:
        """MissingRequirement where clients were to be more than are remembered, and this machine has room for them."""
        remembered = self._cluster.most_remembered()
        if self._after is None or not self._after.clients or remembered is None:
            return
        needed = clients_to_fill(endpoints, remembered)
        if clients < needed:
            raise MissingRequirement(
                f"{clients} clients were to be more than the kernel remembers, and it remembers {remembered} of an "
                f"endpoint: {needed} would be enough to say that every endpoint had too many",
                next_step="ip_list_tot of the kernel module xt_recent at its default of 100",
            )

    def create(self, flow: Flow) -> Outcome:
        """Asks the API to create a Service, as the flow says; what it answered."""
        start = time.monotonic()
        answer = self._cluster.create(flow)
        if answer.status == HTTPStatus.CREATED:
            outcome: Outcome = Accepted()
        else:
            outcome = Rejected(answer.fields, answer.status, answer.reason)
        plan, seconds = Plan("the API was asked once", 0.0), time.monotonic() - start
        self._observations.append(Observation(flow, plan, (), self._cluster.facts(), outcome, seconds, ()))
        return outcome

    def observe_way(self, flow: Flow) -> Outcome:
        """As observe, for a flow between two pods of which every hop is looked at too."""

        def settle(_flow: Flow, seen: Judged, facts: Facts) -> Outcome:
            return carried(seen.outcome, seen.traces, facts)

        count = probes_to_see_every(endpoints_of(flow))
        return self._observe(flow, count, Plan("nothing random is expected", 0.0), settle)

    def observe_resolution(self, flow: Flow) -> Outcome:
        """As observe, for a flow between two pods, where nobody knows his neighbours: who asks for whom by ARP, too."""
        start = time.monotonic()
        plan = Plan("nothing random is expected", 0.0)
        with self._keeping(flow, plan):
            seen = self._cluster.resolve(flow, probes_to_see_every(endpoints_of(flow)))
        facts = self._keep(flow, plan, seen.traces)
        batch = judged(seen.traces, facts)
        outcome = resolved(batch.outcome, seen.traces, seen.requests, facts)
        seconds = time.monotonic() - start
        self._observations.append(
            Observation(flow, plan, seen.traces, facts, outcome, seconds, batch.fates, requests=seen.requests)
        )
        return outcome

    def _settle(self, flow: Flow, seen: Judged, _facts: Facts) -> Outcome:
        return stuck_if_affine(flow, self._when, seen.outcome)

    def _observe(self, flow: Flow, count: int, plan: Plan, settle: Settle) -> Outcome:
        start = time.monotonic()
        with self._keeping(flow, plan):
            traces = self._cluster.send(flow, count)
        facts = self._keep(flow, plan, traces)
        seen = judged(traces, facts)
        outcome = settle(flow, seen, facts)
        seconds = time.monotonic() - start
        self._observations.append(Observation(flow, plan, traces, facts, outcome, seconds, seen.fates))
        return outcome

    @contextmanager
    def _keeping(self, flow: Flow, plan: Plan) -> Iterator[None]:
        """For a body that sends: where an error of the lab ends it, what was captured until then is kept."""
        facts = self._cluster.facts()
        try:
            yield
        except LabError:
            if traces := self._cluster.captured():
                self._captured = Captured(flow, plan, traces, facts, whole=False)
            raise

    def _keep(self, flow: Flow, plan: Plan, traces: Sequence[Trace]) -> Facts:
        """Keeps what was captured before it is judged; the addresses by which it is."""
        facts = self._cluster.facts()
        self._captured = Captured(flow, plan, traces, facts)
        return facts


def endpoints_of(flow: Flow) -> int:
    """How many endpoints the flow's Service has at most; without a Service one."""
    match flow.target:
        case PodIP() | Host() | OtherPort() | Unallocated() | HealthCheckPort() | ProxyHealth() | Creation():
            return 1
        case ClusterIP() | NodePort() | LoadBalancerIP() | ExternalIP():
            service = flow.target.service
            return len(service.endpoints) + len(service.listed)
