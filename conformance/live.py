"""The lab as a scenario sees it: observe a flow. Keeps what was observed for the report."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from conformance.judging import judge
from conformance.outcome import Outcome
from conformance.statistics import probes_to_see_every
from lab.api import Cluster
from lab.model import (
    ClusterIP,
    ClusterIPPort,
    ExternalIP,
    Facts,
    Flow,
    LoadBalancerIP,
    NodePort,
    PodIP,
    Trace,
    Unallocated,
)


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


def endpoints_of(flow: Flow) -> int:
    """How many endpoints the flow's Service has at most; without a Service one."""
    match flow.target:
        case PodIP() | ClusterIPPort() | Unallocated():
            return 1
        case ClusterIP() | NodePort() | LoadBalancerIP() | ExternalIP():
            service = flow.target.service
            return len(service.endpoints) + len(service.listed)
