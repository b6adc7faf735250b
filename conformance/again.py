"""Whether clients that ask a second time come back to the endpoints that they had. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address
from itertools import pairwise

from conformance.judging import Judged
from conformance.outcome import ChosenAnew, Delivered, Outcome, Returned
from lab.errors import LabError
from lab.model import ClusterIP, ExternalIP, Flow, LoadBalancerIP, NodePort, Place, Trace


@dataclass(frozen=True, slots=True)
class After:
    """What the clients of a flow did before it: asked by this one, and then sent nothing for so long.

    times: how often they did both.
    clients: how many there are, where they shall be more than a kernel remembers; 0 for as many as it takes to tell.
    """

    flow: Flow
    idle_seconds: float = 0.0
    times: int = 1
    clients: int = 0


def again(before: Judged, now: Judged) -> Outcome:
    """Delivered, twice, becomes Returned or ChosenAnew; where one of the two is not, that is the outcome."""
    first, second = before.outcome, now.outcome
    if not isinstance(first, Delivered):
        return first
    if not isinstance(second, Delivered):
        return second
    had, have = _endpoints(before), _endpoints(now)
    if had.keys() != have.keys():
        raise LabError("not the same clients asked twice")
    if had == have:
        return Returned(second.arrivals, second.answered_from)
    left = {place for client, place in had.items() if have[client] is not place}
    return ChosenAnew(second.arrivals, second.answered_from, frozenset({*had.values()} - left))


def check_in_time(flow: Flow, batches: Sequence[Sequence[Trace]], idle_seconds: float) -> None:
    """LabError where clients were to be silent for less than their time-out, and some were for longer.

    That is told by the captures: a lab that is held up must not be taken for an affinity that ended.
    """
    time_out = _time_out(flow)
    if time_out is None or idle_seconds >= time_out:
        return
    asked = [{each.probe.headers.source: each.sightings[0].time_ns for each in batch} for batch in batches]
    silent_ns = max(later[who] - sooner[who] for sooner, later in pairwise(asked) for who in later)
    if silent_ns >= time_out * 1e9:
        raise LabError(
            f"clients were to ask again after {idle_seconds} s, within their time-out of {time_out} s",
            output=f"the last of them asked after {silent_ns / 1e9:.2f} s",
            next_step="run the claim again with one lab (-n 1), or when the machine has less to do",
        )


def _time_out(flow: Flow) -> int | None:
    match flow.target:
        case ClusterIP() | NodePort() | LoadBalancerIP() | ExternalIP():
            return flow.target.service.session_affinity_seconds
        case _:
            return None


def _endpoints(batch: Judged) -> Mapping[IPv4Address, Place]:
    """The endpoint that each client, by its address, was delivered to."""
    return {
        trace.probe.headers.source: arrival.place
        for trace, fate in zip(batch.traces, batch.fates, strict=True)
        if isinstance(fate, Delivered)
        for arrival in fate.arrivals
    }
