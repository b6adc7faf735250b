"""From what was observed to what a report shows: words, addresses, and the way of one probe per outcome. Pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from conformance.judging import judge_one
from conformance.live import Captured, Observation
from conformance.outcome import Delivered, Steady, Unanswered
from conformance.results import Batch, FlowRecord, Step, Way
from lab.errors import LabError
from lab.model import (
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
    Probe,
    ProxyHealth,
    Sighting,
    Target,
    Trace,
    Transport,
    Unallocated,
)
from lab.traffic.craft import summary
from svcproof.arp_evidence import arp_ways


def flow_record(flow: Flow, sent: Captured | None = None) -> FlowRecord:
    """A flow in words, and in addresses once it was sent."""
    address = ""
    if sent is not None:
        there = sent.facts.destination(flow.target)
        address = f"{there.address}:{there.port}" if there.port else str(there.address)
    return FlowRecord(
        sender=flow.sender,
        target=target_words(flow.target) + (", far outside a window" if flow.stray_of else ""),
        transport=flow.transport,
        via=flow.via or "",
        address=address,
    )


def target_words(target: Target) -> str:  # noqa: C901, PLR0911 - one line for each kind of target
    """A target as a reader says it."""
    match target:
        case ClusterIP(service=service, port=port):
            return f"cluster IP of {service.name}, port {port}"
        case OtherPort(door=door, after=after):
            number = f"{after} behind port {door.port}" if after else f"the number of port {door.port}"
            return target_words(door).replace(f", port {door.port}", f", {number}", 1)
        case Unallocated():
            return "a cluster IP that no Service has"
        case NodePort(service=service, port=port, node=node, at=at):
            return f"node port of {service.name}, port {port}, on the {at} of {node}"
        case LoadBalancerIP(service=service, port=port):
            return f"load balancer IP of {service.name}, port {port}"
        case ExternalIP(service=service, port=port):
            return f"external IP of {service.name}, port {port}"
        case Creation(service=service, spec=spec):
            named = "".join(f", {name} {value}" for name, value in spec)
            return f"the API: create the Service {service.name}{named}"
        case HealthCheckPort(service=service, node=node):
            return f"healthCheckNodePort of {service.name} on {node}"
        case ProxyHealth(node=node, path=path):
            return f"{path} of kube-proxy on {node}"
        case Host(place=place):
            return f"{place}'s own address"
        case PodIP(pod=pod, port=port):
            return f"{pod}, port {port}" if port else str(pod)


def batch_record(observation: Observation) -> Batch:
    """How the probes of a batch fell."""
    counts = Counter(_where(fate) for fate in observation.fates)
    if isinstance(observation.flow.target, Creation):
        counts = Counter({str(observation.outcome): 1})
    return Batch(
        size=counts.total(),
        false_alarm=observation.plan.false_alarm,
        reason=observation.plan.reason,
        counts=dict(sorted(counts.items())),
    )


def ways(observation: Observation) -> tuple[Way, ...]:
    """One way per outcome that probes of the batch had: that of the first such probe; then who was asked for by ARP."""
    return (*ways_of_probes(observation), *arp_ways(observation.requests))


def ways_of_probes(captured: Captured) -> tuple[Way, ...]:
    """One way per outcome, also of probes that cannot be judged: why not is in the place of their outcome."""
    is_data = captured.flow.source_port != 0
    return tuple(
        Way(outcome, len(traces), _summary(traces[0].probe), _steps_of(traces[0], is_data=is_data))
        for outcome, traces in _by_outcome(captured)
    )


def way_of_one(trace: Trace, captured: Captured) -> Way:
    """The way of one further probe of a flow that was captured."""
    [way] = ways_of_probes(Captured(captured.flow, captured.plan, (trace,), captured.facts))
    return way


def _summary(probe: Probe) -> str:
    """What was sent, in scapy's words or in those of the request."""
    return probe.request.partition(b"\r\n")[0].decode() if probe.request else summary(probe.packet)


def _steps_of(trace: Trace, *, is_data: bool) -> tuple[Step, ...]:
    """A trace's sightings; of a request's connection it is said whose segment each is."""
    whole = steps(trace.sightings, is_data=is_data)
    if not trace.probe.request:
        return whole
    said = {"TCP SYN": "TCP, of the request", "TCP SYN-ACK": "TCP, of the answer"}
    return tuple(replace(step, packet=said.get(step.packet, step.packet)) for step in whole)


def examples(observation: Observation) -> tuple[Trace, ...]:
    """The traces that the ways are drawn from."""
    return tuple(traces[0] for _, traces in _by_outcome(observation))


def _by_outcome(captured: Captured) -> list[tuple[str, list[Trace]]]:
    groups: dict[str, list[Trace]] = {}
    for trace, words in zip(captured.traces, _outcomes(captured), strict=True):
        groups.setdefault(words if captured.whole else f"until the error: {words}", []).append(trace)
    return sorted(groups.items())


def _outcomes(captured: Captured) -> list[str]:
    """What became of each probe, in words; of what was not judged as far as it can be told."""
    if not isinstance(captured, Observation):
        return [_outcome_words(trace, captured.facts) for trace in captured.traces]
    words = {fate: str(fate) for fate in set(captured.fates)}
    return [words[fate] for fate in captured.fates]


def _outcome_words(trace: Trace, facts: Facts) -> str:
    try:
        return str(judge_one(trace, facts))
    except LabError as error:
        return f"not to be told: {error.attempted}"


def steps(sightings: Sequence[Sighting], *, is_data: bool = False) -> tuple[Step, ...]:
    """A trace's sightings, ready to be read. is_data: what TCP carries is data on a connection."""
    if not sightings:
        return ()
    start = sightings[0].time_ns
    return tuple(
        Step(
            time_us=(each.time_ns - start) // 1000,
            place=each.place,
            interface=each.interface,
            direction=each.direction,
            part=each.part,
            packet=_packet_words(each, is_data=is_data),
            source=_address(each.headers.source, each.headers.source_port),
            destination=_address(each.headers.destination, each.headers.destination_port),
            ttl=each.headers.ttl,
            tunnel="" if each.tunnel is None else str(each.tunnel),
        )
        for each in sightings
    )


def _where(outcome: Steady) -> str:
    """Where a probe ended, for the counts of a batch."""
    match outcome:
        case Delivered(arrivals=arrivals) | Unanswered(arrivals=arrivals):
            [arrival] = arrivals
            return f"{arrival.place}:{arrival.port}" if arrival.port else str(arrival.place)
        case _:
            return str(outcome)


def _packet_words(sighting: Sighting, *, is_data: bool) -> str:
    if sighting.refusal is not None:
        return str(sighting.refusal)
    if sighting.headers.transport is Transport.TCP:
        if is_data:
            return "TCP data"
        return "TCP SYN" if sighting.part == "probe" else "TCP SYN-ACK"
    return str(sighting.headers.transport)


def _address(address: object, port: int) -> str:
    return f"{address}:{port}" if port else str(address)
