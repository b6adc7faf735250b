"""How the data planes of all nodes follow a change, as probes that are sent all the while see it. Pure."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from conformance.judging import together, unstable
from conformance.outcome import (
    Arrival,
    Changed,
    Delivered,
    Lost,
    Masqueraded,
    Outcome,
    Refused,
    Steady,
    Unanswered,
    Unstable,
)
from lab.errors import LabError
from lab.model import PODS, Flow, Place, PlaceKind, Watch

BOUND_SECONDS = 30
"""The threshold of the measurement NetworkProgrammingLatency in Kubernetes' own scale tests, perf-tests
clusterloader2/testing/load/modules/measurements.yaml; the SLO itself leaves its number open."""

_NS = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Followed:
    """How long a node took to follow: seconds from the API's answer to the end of the old behaviour; 0 if before it."""

    node: Place
    seconds: float


@dataclass(frozen=True, slots=True)
class _Sent:
    """A probe: when it was sent, and its fate as the claim's own sender would see it. told: as it was seen."""

    time_ns: int
    fate: Steady
    told: Steady


def from_every_node(flow: Flow) -> Sequence[Flow]:
    """The flow from its own pod, and from the pod of the same number on every other node."""
    if flow.sender.kind is not PlaceKind.POD:
        raise LabError(f"a change is watched from pods, not from {flow.sender}")
    return [replace(flow, sender=pod) for pod in PODS if pod.value[-1] == flow.sender.value[-1]]


def convergence(
    flow: Flow, watch: Watch, fates: Sequence[Steady], passing: Collection[Steady] = ()
) -> tuple[Outcome, tuple[Followed, ...]]:
    """What a change came to, and how long each node took.

    fates: of each of the watch's traces. passing: outcomes that the change is known to pass through.
    """
    sent = _sent(flow, watch, fates)
    everything = [each for probes in sent.values() for each in probes]
    before = together(Counter(each.fate for each in everything if each.time_ns < watch.began_ns))
    after = together(Counter(each.fate for each in everything if each.time_ns > watch.ended_ns))
    if isinstance(before, Unstable) or isinstance(after, Unstable) or _is_mixed(before) or _is_mixed(after):
        return _told(everything), ()
    if any(not _followed(probes, after, watch.ended_ns) for probes in sent.values()):
        return _told(everything), ()
    strange = any(not _is_one_of(each.fate, (before, after, *passing)) for each in everything)
    if strange or any(_turns_back(probes, before, after) for probes in sent.values()):
        return _told(everything), ()
    followed = tuple(
        Followed(sender.node, _seconds(probes, before, after, watch.written_ns))
        for sender, probes in sent.items()
    )
    in_time = all(each.seconds <= BOUND_SECONDS for each in followed)
    return Changed(before, after, in_time), followed


def _sent(flow: Flow, watch: Watch, fates: Sequence[Steady]) -> Mapping[Place, Sequence[_Sent]]:
    """The probes of each sender, in the order of sending."""
    by_sender: dict[Place, list[_Sent]] = {}
    for trace, told in zip(watch.traces, fates, strict=True):
        sender = trace.probe.sender
        fate = _with_nodes_swapped(told, flow.sender.node, sender.node)
        by_sender.setdefault(sender, []).append(_Sent(trace.sent_ns, fate, told))
    return by_sender


def _is_mixed(outcome: Outcome) -> bool:
    """Whether an endpoint sees what comes from one node otherwise than what comes from another."""
    match outcome:
        case Delivered(arrivals=arrivals) | Unanswered(arrivals=arrivals):
            return len({(each.place, each.port) for each in arrivals}) < len(arrivals)
        case _:
            return False


def _told(everything: Sequence[_Sent]) -> Unstable:
    """What was seen of each probe, with the nodes that did it."""
    return unstable(Counter(each.told for each in everything))


def _with_nodes_swapped(fate: Steady, one: Place, other: Place) -> Steady:
    """The fate, told of `one` instead of `other` where it says which node masqueraded or refused, and the other way."""
    swapped = {one: other, other: one}
    match fate:
        case Refused(by=by):
            return replace(fate, by=swapped.get(by, by))
        case Delivered(arrivals=arrivals) | Unanswered(arrivals=arrivals):
            return replace(fate, arrivals=frozenset(_arrival_swapped(each, swapped) for each in arrivals))
        case Lost(seen=Unanswered(arrivals=arrivals)):
            return Lost(Unanswered(frozenset(_arrival_swapped(each, swapped) for each in arrivals)))
        case _:
            return fate


def _arrival_swapped(arrival: Arrival, swapped: Mapping[Place, Place]) -> Arrival:
    match arrival.source:
        case Masqueraded(by=by):
            return replace(arrival, source=Masqueraded(swapped.get(by, by)))
        case _:
            return arrival


def _is_one_of(fate: Steady, outcomes: Collection[Outcome]) -> bool:
    return any(_is_of(fate, each) for each in outcomes)


def _is_of(fate: Steady, outcome: Outcome) -> bool:
    """Whether a probe's fate is one that probes of this outcome have."""
    match fate, outcome:
        case Delivered(), Delivered():
            return fate.answered_from is outcome.answered_from and fate.arrivals <= outcome.arrivals
        case Unanswered(), Unanswered():
            return fate.arrivals <= outcome.arrivals
        case Lost(seen=fared), Lost(seen=seen):
            return _is_of(fared, seen)
        case _:
            return fate == outcome


def _followed(probes: Sequence[_Sent], after: Outcome, ended_ns: int) -> bool:
    """Whether a node by itself came to what all came to: one that has stayed behind may look like a part of it."""
    return together(Counter(each.fate for each in probes if each.time_ns > ended_ns)) == after


def _turns_back(probes: Sequence[_Sent], before: Outcome, after: Outcome) -> bool:
    """Whether a node that had followed did as before once more."""
    new = [each.time_ns for each in probes if _is_of(each.fate, after) and not _is_of(each.fate, before)]
    old = [each.time_ns for each in probes if _is_of(each.fate, before) and not _is_of(each.fate, after)]
    return bool(new and old) and max(old) > min(new)


def _seconds(probes: Sequence[_Sent], before: Outcome, after: Outcome, written_ns: int) -> float:
    """Until the last probe that fared as before only; where that is new behaviour too, until the first that did not."""
    old = [each.time_ns for each in probes if not _is_of(each.fate, after)]
    new = [each.time_ns for each in probes if not _is_of(each.fate, before)]
    last = max(old) if old else min(new, default=written_ns)
    return max(0, last - written_ns) / _NS
