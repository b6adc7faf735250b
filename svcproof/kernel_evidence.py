"""What stood in the kernels and in the API when a claim was judged, read for its report and never for its verdict."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from conformance.live import Observation
from conformance.results import ClaimResult, KernelTrace, NodeEvidence, Verdict
from lab.api import Inspectable, Passed, TracedProbe
from lab.errors import LabError
from lab.model import (
    NODES,
    ClusterIP,
    Creation,
    Direction,
    ExternalIP,
    Flow,
    HealthCheckPort,
    Host,
    LoadBalancerIP,
    NodePort,
    OtherPort,
    Part,
    Place,
    PlaceKind,
    PodIP,
    ProxyHealth,
    Service,
    Trace,
    Unallocated,
)
from lab.rules.listing import of_service
from svcproof.evidence import examples, way_of_one
from svcproof.kept import keep_evidence
from svcproof.named_rules import passed_rules

NAMESPACE = "default"


def with_evidence(
    result: ClaimResult, observation: Observation, cluster: Inspectable, run: Path, *, traced: bool
) -> ClaimResult:
    """The result with what the kernels and the API say. What cannot be read is said, and changes no verdict.

    Of a claim that differs everything is kept as files below the run's directory, too.
    """
    differs = result.verdict in (Verdict.FAIL, Verdict.STALE_DIFFERENCE)
    found, traces = result, observation.traces
    try:
        found = _evidence(result, observation, cluster, fresh=traced or differs)
        if (traced or differs) and not isinstance(observation.flow.target, Creation):
            probe = cluster.send_traced(observation.flow)
            found = replace(found, trace=kernel_trace(probe, observation, cluster))
            traces = [*traces, probe.trace]
    except (LabError, OSError) as error:
        found = replace(found, evidence_error=str(error))
    return _kept(found, traces, cluster, run) if differs else found


def _kept(found: ClaimResult, traces: Sequence[Trace], cluster: Inspectable, run: Path) -> ClaimResult:
    """The result, once all evidence of it is kept as files: also where some could not be read before."""
    try:
        return replace(found, bundle=keep_evidence(run, found, traces, cluster))
    except (LabError, OSError) as error:
        return replace(found, evidence_error=found.evidence_error or str(error))


def _evidence(
    result: ClaimResult, observation: Observation, cluster: Inspectable, *, fresh: bool
) -> ClaimResult:
    service = service_of(observation.flow)
    shown = examples(observation)
    return replace(
        result,
        manifests="" if service is None else cluster.manifests(service),
        nodes=tuple(_of_node(node, cluster, service, shown, fresh=fresh) for node in deciding_nodes(shown)),
    )


def _of_node(
    node: Place, cluster: Inspectable, service: Service | None, shown: Sequence[Trace], *, fresh: bool
) -> NodeEvidence:
    named = (
        () if service is None else of_service(cluster.rules(node, fresh=fresh), f"{NAMESPACE}/{service.name}")
    )
    tracked = (cluster.connection(node, trace.probe.headers) for trace in shown)
    return NodeEvidence(node, named, tuple(line for line in tracked if line))


def kernel_trace(traced: TracedProbe, observation: Observation, cluster: Inspectable) -> KernelTrace:
    """The kernels' own account of a probe, its rules with their words."""
    nodes = {each.node for each in traced.passed}
    rules = {node: cluster.rules(node, fresh=True) for node in NODES if node in nodes}
    first_seen = [each.place for each in traced.trace.sightings]
    # Each node tells of its own rules in order; the captures say which node came first.
    in_order = sorted(
        (each for each in traced.passed if not _is_end_of_chain(each)),
        key=lambda each: first_seen.index(each.node) if each.node in first_seen else len(first_seen),
    )
    return KernelTrace(way_of_one(traced.trace, observation), passed_rules(in_order, rules))


def _is_end_of_chain(passed: Passed) -> bool:
    """Whether the kernel only tells that a chain came to its end."""
    return not passed.handle and passed.verdict == "continue"


def service_of(flow: Flow) -> Service | None:
    """The Service that a flow asks for."""
    match flow.target:
        case ClusterIP() | NodePort() | LoadBalancerIP() | ExternalIP() | OtherPort() | HealthCheckPort():
            return flow.target.service
        case PodIP() | Host() | Unallocated() | ProxyHealth() | Creation():
            return None


def deciding_nodes(shown: Sequence[Trace]) -> tuple[Place, ...]:
    """For each trace the node that translated its probe, or else the last node that had it; each node once."""
    return tuple(dict.fromkeys(node for trace in shown if (node := _deciding_node(trace)) is not None))


def _deciding_node(trace: Trace) -> Place | None:
    asked = trace.probe.headers
    at_nodes = [each for each in trace.sightings if each.place.kind is PlaceKind.NODE]
    for sighting in at_nodes:
        translated = sighting.headers.destination != asked.destination
        if translated and sighting.part is Part.PROBE and sighting.direction is not Direction.LOCAL:
            return sighting.place
    if trace.probe.sender.kind is PlaceKind.NODE:
        return trace.probe.sender
    return at_nodes[-1].place if at_nodes else None
