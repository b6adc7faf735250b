"""Whether a Service spreads connections evenly over its endpoints, or keeps a client at one. Pure."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from conformance.outcome import Arrival, Balanced, Delivered, Outcome, Share, Skewed, Steady, Stuck
from conformance.statistics import FALSE_ALARM, chi_square_tail
from lab.model import (
    Circumstance,
    ClusterIP,
    ExternalIP,
    Flow,
    LoadBalancerIP,
    NodePort,
    Place,
    PodIs,
)


def stuck_if_affine(flow: Flow, when: Collection[Circumstance], outcome: Outcome) -> Outcome:
    """With session affinity and several ready endpoints it does not matter which is picked, but that it is one."""
    match flow.target:
        case ClusterIP() | NodePort() | LoadBalancerIP() | ExternalIP():
            service = flow.target.service
            ready = frozenset(service.endpoints) - {each.pod for each in when if isinstance(each, PodIs)}
            affine = service.session_affinity_seconds is not None and len(ready) > 1
            return stuck(outcome, ready) if affine else outcome
        case _:
            return outcome


def stuck(outcome: Outcome, among: Collection[Place]) -> Outcome:
    """Delivered to one of these endpoints only becomes Stuck, which does not say to which: the Service chose it."""
    match outcome:
        case Delivered(arrivals=arrivals, answered_from=answered_from) if len(arrivals) == 1:
            [arrival] = arrivals
            chosen = Stuck(arrival.source, arrival.port, answered_from)
            return chosen if arrival.place in among else outcome
        case _:
            return outcome


def spread(outcome: Outcome, fates: Sequence[Steady], endpoints: int) -> Outcome:
    """Delivered becomes Balanced or Skewed, by a chi-square test of the fates against equal shares of all endpoints."""
    match outcome:
        case Delivered(arrivals=arrivals, answered_from=answered_from):
            counts = arrivals_of(fates)
            if len(counts) == endpoints and even(list(counts.values())):
                return Balanced(arrivals, answered_from)
            return Skewed(tuple(Share(*each) for each in sorted(counts.items(), key=str)))
        case _:
            return outcome


def even(counts: Sequence[int]) -> bool:
    """Whether chance alone makes such counts of equal shares more often than FALSE_ALARM."""
    expected = sum(counts) / len(counts)
    statistic = sum((count - expected) ** 2 / expected for count in counts)
    return chi_square_tail(statistic, len(counts) - 1) > FALSE_ALARM


def arrivals_of(fates: Sequence[Steady]) -> Mapping[Arrival, int]:
    """How many probes each endpoint got."""
    return Counter(arrival for fate in fates if isinstance(fate, Delivered) for arrival in fate.arrivals)
