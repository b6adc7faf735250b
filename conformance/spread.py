"""Whether a Service spreads connections evenly over its endpoints, or keeps a client at one. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence

from conformance.judging import judge_one
from conformance.outcome import Arrival, Balanced, Delivered, Outcome, Share, Skewed, Stuck
from conformance.statistics import FALSE_ALARM, chi_square_tail
from lab.model import Facts, Trace


def stuck(outcome: Outcome) -> Outcome:
    """Delivered to one endpoint only becomes Stuck, which does not say to which: that is the Service's choice."""
    match outcome:
        case Delivered(arrivals=arrivals, answered_from=answered_from) if len(arrivals) == 1:
            [arrival] = arrivals
            return Stuck(arrival.source, arrival.port, answered_from)
        case _:
            return outcome


def spread(outcome: Outcome, batch: Sequence[Trace], facts: Facts, endpoints: int) -> Outcome:
    """Delivered becomes Balanced or Skewed, by a chi-square test against equal shares of all endpoints."""
    match outcome:
        case Delivered(arrivals=arrivals, answered_from=answered_from):
            counts = arrivals_of(batch, facts)
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


def arrivals_of(batch: Sequence[Trace], facts: Facts) -> Mapping[Arrival, int]:
    """How many probes each endpoint got."""
    counts: Counter[Arrival] = Counter()
    for trace in batch:
        outcome = judge_one(trace, facts)
        if isinstance(outcome, Delivered):
            counts.update(outcome.arrivals)
    return counts
