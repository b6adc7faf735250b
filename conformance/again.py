"""Whether clients that ask a second time come back to the endpoints that they had. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address

from conformance.judging import judge, judge_one
from conformance.outcome import ChosenAnew, Delivered, Outcome, Returned
from lab.errors import LabError
from lab.model import Facts, Flow, Place, Trace


@dataclass(frozen=True, slots=True)
class After:
    """What the clients of a flow did before it: asked by this one, and then sent nothing for so long.

    clients: how many there are; 0 for as many as it takes to tell.
    """

    flow: Flow
    idle_seconds: float = 0.0
    clients: int = 0


def again(before: Sequence[Trace], now: Sequence[Trace], facts: Facts) -> Outcome:
    """Delivered, twice, becomes Returned or ChosenAnew; where one of the two is not, that is the outcome."""
    first, second = judge(before, facts), judge(now, facts)
    if not isinstance(first, Delivered):
        return first
    if not isinstance(second, Delivered):
        return second
    had, have = _endpoints(before, facts), _endpoints(now, facts)
    if had.keys() != have.keys():
        raise LabError("not the same clients asked twice")
    return (Returned if had == have else ChosenAnew)(second.arrivals, second.answered_from)


def _endpoints(batch: Sequence[Trace], facts: Facts) -> Mapping[IPv4Address, Place]:
    """The endpoint that each client, by its address, was delivered to."""
    return {
        trace.probe.headers.source: arrival.place
        for trace in batch
        if isinstance(outcome := judge_one(trace, facts), Delivered)
        for arrival in outcome.arrivals
    }
