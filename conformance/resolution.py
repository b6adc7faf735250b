"""Whether pods and nodes asked by ARP for those neighbours that the lab's pod network gives them. Pure."""

from collections.abc import Iterator, Sequence

from conformance.outcome import Delivered, Outcome, Strayed
from lab.model import ArpRequest, Facts, Place, PlaceKind, Trace


def resolved(
    outcome: Outcome, batch: Sequence[Trace], requests: Sequence[ArpRequest], facts: Facts
) -> Outcome:
    """Delivered stays so where everybody asked for their own neighbours, and becomes Strayed elsewhere."""
    match outcome:
        case Delivered(arrivals=arrivals):
            odd = {each for request in requests for each in _oddity(request, facts)}
            odd |= {each for trace in batch for each in _unasked(trace, requests, facts)}
            return Strayed(arrivals, tuple(sorted(odd))) if odd else outcome
        case _:
            return outcome


def _oddity(request: ArpRequest, facts: Facts) -> Iterator[str]:
    """What is wrong about a request that a pod made, or that asks for one, in words."""
    asker, wanted = facts.owners.get(request.sender), facts.owners.get(request.target)
    who = request.sender if asker is None else asker
    if wanted is not None and wanted.kind is PlaceKind.POD:
        if not _is_on(request.place, wanted.node):
            yield f"{who} asked for {wanted} by ARP at {request.place}"
        elif asker is not wanted.node and not _share_a_bridge(asker, wanted, facts):
            yield f"{who} asked for {wanted} by ARP"
    elif asker is not None and request.target != facts.network.gateways.get(asker, request.target):
        yield f"{who} asked for {request.target} by ARP, which is not its gateway"


def _unasked(trace: Trace, requests: Sequence[ArpRequest], facts: Facts) -> Iterator[str]:
    """The ends of a probe's way at which nobody asked: they had forgotten each other, and captures see requests."""
    for pod in (trace.probe.sender, facts.owners[trace.probe.headers.destination]):
        address = facts.primary[pod]
        if not any(each.place is pod and address in (each.sender, each.target) for each in requests):
            yield f"nobody was seen to ask by ARP on the link of {pod}"


def _is_on(place: Place, node: Place) -> bool:
    """Whether a place is a node or one of its pods."""
    return place.kind is not PlaceKind.OUTSIDE and place.node is node


def _share_a_bridge(asker: Place | None, wanted: Place, facts: Facts) -> bool:
    """Whether both are pods of one node that a bridge joins."""
    if asker is None or asker.kind is not PlaceKind.POD or asker is wanted:
        return False
    return facts.network.bridged and asker.node is wanted.node
