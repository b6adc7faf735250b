"""ARP requests as a report shows them: each question as the way of one packet. Pure."""

from collections.abc import Sequence

from conformance.results import Step, Way
from lab.model import ArpRequest


def arp_ways(requests: Sequence[ArpRequest]) -> tuple[Way, ...]:
    """One way per question: where the first such request was seen, and at how many interfaces all of them were."""
    questions: dict[tuple[object, object], list[ArpRequest]] = {}
    for each in requests:
        questions.setdefault((each.sender, each.target), []).append(each)
    return tuple(_way(seen) for seen in questions.values())


def _way(seen: Sequence[ArpRequest]) -> Way:
    first = seen[0]
    at = {(each.place, each.interface, each.direction): each for each in reversed(seen)}
    steps = tuple(_step(each, first.time_ns) for each in sorted(at.values(), key=lambda each: each.time_ns))
    asked = f"who has {first.target}, tell {first.sender}"
    return Way(f"asked by ARP {asked}", len(seen), f"ARP {asked}", steps)


def _step(request: ArpRequest, start_ns: int) -> Step:
    return Step(
        time_us=(request.time_ns - start_ns) // 1000,
        place=request.place,
        interface=request.interface,
        direction=request.direction,
        part="probe",
        packet=f"ARP, who has {request.target}",
        source=str(request.sender),
        destination=str(request.target),
        ttl=0,
    )
