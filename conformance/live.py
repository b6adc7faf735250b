"""The lab as a scenario sees it: observe a flow, change a pod. Keeps what was observed for the report."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from conformance.judging import judge
from conformance.outcome import Outcome
from conformance.statistics import probes_to_see_every
from lab.api import Cluster
from lab.model import Facts, Flow, Place, PodIP, Trace


@dataclass(frozen=True, slots=True)
class Observation:
    """One flow, what was seen of its probes, and what that comes to. endpoints: of its Service, as declared."""

    flow: Flow
    endpoints: int
    traces: Sequence[Trace]
    facts: Facts
    outcome: Outcome
    seconds: float


class Live:
    """One claim's view of a lab that is up."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._observations: list[Observation] = []

    @property
    def observations(self) -> Sequence[Observation]:
        """What this claim observed so far, in order."""
        return tuple(self._observations)

    def observe(self, flow: Flow) -> Outcome:
        """Sends a batch of fresh flows and judges all of it. Nothing is retried, nothing thrown away."""
        start = time.monotonic()
        endpoints = endpoints_of(flow)
        traces = self._cluster.send(flow, probes_to_see_every(endpoints))
        facts = self._cluster.facts()
        outcome = judge(traces, facts)
        seconds = time.monotonic() - start
        self._observations.append(Observation(flow, endpoints, traces, facts, outcome, seconds))
        return outcome

    @contextmanager
    def not_ready(self, pod: Place) -> Iterator[None]:
        """A pod reports that it is not ready, for the body of a with statement."""
        self._cluster.set_ready(pod, ready=False)
        try:
            yield
        finally:
            self._cluster.set_ready(pod, ready=True)

    @contextmanager
    def terminating(self, pod: Place) -> Iterator[None]:
        """A pod is terminating and serves still, for the body; afterwards it stands anew."""
        self._cluster.terminate(pod)
        try:
            yield
        finally:
            self._cluster.remove(pod)
            self._cluster.restore(pod)

    @contextmanager
    def removed(self, pod: Place) -> Iterator[None]:
        """A pod is deleted, for the body; afterwards it stands anew."""
        self._cluster.remove(pod)
        try:
            yield
        finally:
            self._cluster.restore(pod)


def endpoints_of(flow: Flow) -> int:
    """How many endpoints the flow's Service declares; a pod's own address is one."""
    match flow.target:
        case PodIP():
            return 1
        case target:
            return len(target.service.endpoints)
