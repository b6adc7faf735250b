"""From traces to an outcome. Pure: the same traces and facts always give the same outcome."""

import errno
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from conformance.http import answered
from conformance.outcome import (
    Answered,
    AnsweredFrom,
    Arrival,
    Delivered,
    Dropped,
    Fate,
    Foreign,
    Forwarded,
    Kept,
    LocalError,
    Lost,
    Masqueraded,
    Outcome,
    Refused,
    Source,
    Steady,
    Unanswered,
    Unstable,
)
from lab.errors import LabError
from lab.model import (
    Direction,
    Facts,
    Headers,
    Part,
    Place,
    PlaceKind,
    Refusal,
    Sighting,
    Trace,
    Transport,
)


@dataclass(frozen=True, slots=True)
class Judged:
    """A batch that was judged, once for all who ask.

    fates: what became of each probe, in the order of the traces; one object for all that fared alike.
    """

    traces: Sequence[Trace]
    fates: tuple[Steady, ...]

    @property
    def outcome(self) -> Steady | Unstable:
        """What became of the batch."""
        return together(Counter(self.fates))


def judged(batch: Sequence[Trace], facts: Facts) -> Judged:
    """Each probe judged. Raises LabError where one was never sent or never seen: that is no observation."""
    if not batch:
        raise LabError("a claim was to be judged without any probe")
    alike: dict[Steady, Steady] = {}
    fates = (judge_one(trace, facts) for trace in batch)
    return Judged(batch, tuple(alike.setdefault(fate, fate) for fate in fates))


def judge(batch: Sequence[Trace], facts: Facts) -> Outcome:
    """What became of a batch. LabError as of `judged`."""
    return judged(batch, facts).outcome


def judge_one(trace: Trace, facts: Facts) -> Steady:
    """What became of one probe, or of one request where a connection was made for it.

    Kernels send data on a connection again, and so its answer, when they take it for lost. Where it was, it stays lost.
    """
    if trace.answer is not None:
        return _answered(trace, trace.answer)
    fate = _fate(_sent_once(_sent_once(trace, Part.PROBE), Part.REPLY), facts)
    match fate:
        case Dropped() | Unanswered() | Forwarded() | LocalError() if trace.sentinels_lost:
            return Lost(fate)
        case _:
            return fate


def _fate(trace: Trace, facts: Facts) -> Steady:
    """What became of a probe, in the order: answered, refused, arrived, forwarded, local error, dropped."""
    arrival = _arrival(trace, facts)
    reply = _first_back(trace, Part.REPLY)
    if reply is not None:
        if arrival is None:
            raise LabError(
                f"a probe from {trace.probe.sender} to {trace.probe.headers.destination} was answered, "
                "and was seen to arrive at no echo of the lab",
                next_step="the lab's log of this run; a capture may have lost packets",
            )
        return Delivered(frozenset({arrival}), _answered_from(reply, trace, facts))
    refused = _refused(trace)
    if refused is not None:
        return refused
    if arrival is not None:
        return Unanswered(frozenset({arrival}))
    forwarded = _forwarded(trace)
    if forwarded is not None:
        return forwarded
    if trace.probe.local_error is not None:
        return LocalError(errno.errorcode.get(trace.probe.local_error, str(trace.probe.local_error)))
    if not trace.of(Part.PROBE) and not _is_held_back_unseen(trace):
        raise LabError(
            f"a probe from {trace.probe.sender} to {trace.probe.headers.destination} was handed to the kernel "
            "and seen nowhere, not even leaving its sender",
            next_step="the lab's log of this run; a capture may have lost packets",
        )
    return Dropped()


def _is_held_back_unseen(trace: Trace) -> bool:
    """Whether a node may have dropped a packet of its own before it left, and told nobody.

    What nodes' rules drop at OUTPUT no capture sees. The send of a crafted packet fails then; data on a connection is
    only sent again. That the node's capture works is what the sentinels show, which leave the node behind it.
    """
    return trace.probe.on_connection and trace.probe.sender.kind is PlaceKind.NODE


def _answered(trace: Trace, answer: bytes) -> Answered:
    """What came back over a connection, which the captures must have seen too."""
    if _first_back(trace, Part.REPLY) is None:
        raise LabError(
            f"a connection from {trace.probe.sender} to {trace.probe.headers.destination} was made, "
            "and no packet of an answer was seen",
            next_step="the lab's log of this run; a capture may have lost packets",
        )
    return answered(answer)


def _sent_once(trace: Trace, part: Part) -> Trace:
    """The trace as if a packet had been sent once: where it was sent again before it had come, nothing came of it.

    A node's own packets can pass one of its interfaces twice, and are left as they are.
    """
    if trace.probe.headers.transport is not Transport.TCP or trace.probe.sender.kind is PlaceKind.NODE:
        return trace
    seen = trace.of(part)
    sent = [each for each in seen if _is_sending(each, seen[0])]
    if len(sent) < 2:  # noqa: PLR2004 - once again
        return trace
    again = sent[1].time_ns
    came = any(_is_at_its_end(each, trace) and each.time_ns < again for each in seen)
    kept = (each for each in trace.sightings if each.time_ns < again or (came and each.part is not part))
    return replace(trace, sightings=tuple(kept))


def _is_sending(sighting: Sighting, first: Sighting) -> bool:
    here = sighting.place is first.place and sighting.direction is first.direction
    return here and sighting.interface == first.interface


def _is_at_its_end(sighting: Sighting, trace: Trace) -> bool:
    if sighting.part is Part.REPLY:
        return sighting.reached(trace.probe.sender)
    return sighting.direction is Direction.IN and sighting.place.kind is PlaceKind.POD


def unstable(fates: Counter[Steady]) -> Unstable:
    """Fates that do not belong together, the most frequent first."""
    ordered = sorted(fates.items(), key=lambda item: (-item[1], str(item[0])))
    return Unstable(tuple(Fate(outcome, probes) for outcome, probes in ordered))


def together(fates: Counter[Steady]) -> Steady | Unstable:
    """One outcome for all probes: arrivals may differ, nothing else may."""
    kinds = {_without_arrivals(outcome) for outcome in fates}
    if len(kinds) > 1:
        return unstable(fates)
    [kind] = kinds
    arrivals = frozenset(arrival for outcome in fates for arrival in arrivals_of(outcome))
    match kind:
        case Delivered(answered_from=answered_from):
            return Delivered(arrivals, answered_from)
        case Unanswered():
            return Unanswered(arrivals)
        case Lost(seen=Unanswered()):
            return Lost(Unanswered(arrivals))
        case _:
            return kind


def arrivals_of(outcome: Outcome) -> frozenset[Arrival]:
    """The endpoints that probes of this fate arrived at, answered or not."""
    match outcome:
        case Delivered(arrivals=arrivals) | Unanswered(arrivals=arrivals):
            return arrivals
        case Lost(seen=seen):
            return arrivals_of(seen)
        case _:
            return frozenset()


def _without_arrivals(outcome: Steady) -> Steady:
    match outcome:
        case Delivered(answered_from=answered_from):
            return Delivered(frozenset(), answered_from)
        case Unanswered():
            return Unanswered(frozenset())
        case Lost(seen=Unanswered()):
            return Lost(Unanswered(frozenset()))
        case _:
            return outcome


def _arrival(trace: Trace, facts: Facts) -> Arrival | None:
    """The endpoint that the probe reached: the last place that it went in at, if something answers there.

    A stray segment of a connection is bound for one of its two ends, and whoever has that has got it.
    """
    # Later fragments have no ports; that all of them arrived shows in the echo's answer.
    probes = (each for each in reversed(trace.of(Part.PROBE)) if _has_ports(each.headers))
    last = next(probes, None)
    if last is None or not last.reached(last.place):
        return None
    headers = last.headers
    here = facts.owners.get(headers.destination) is last.place
    if not here or not (trace.probe.is_stray or _listens(last, facts)):
        return None
    return Arrival(last.place, headers.destination_port, _source(last, trace, facts))


def _has_ports(headers: Headers) -> bool:
    return headers.transport is Transport.ICMP or headers.destination_port != 0


def _listens(sighting: Sighting, facts: Facts) -> bool:
    """Whether the place answers such a packet: every place does pings, pods and nodes their echo's ports."""
    match sighting.headers.transport:
        case Transport.ICMP:
            return True
        case Transport.SCTP:
            return False
        case Transport.TCP | Transport.UDP:
            has_echo = sighting.place.kind is not PlaceKind.OUTSIDE
            return has_echo and sighting.headers.destination_port in facts.listeners


def _source(last: Sighting, trace: Trace, facts: Facts) -> Source:
    seen = last.headers.source
    if seen == trace.probe.headers.source:
        return Masqueraded(trace.probe.sender) if _bears_its_way_out(trace, facts) else Kept()
    owner = facts.owners.get(seen)
    if owner is None or owner.kind is not PlaceKind.NODE:
        return Foreign(str(seen))
    return Masqueraded(owner)


def _bears_its_way_out(trace: Trace, facts: Facts) -> bool:
    """Whether a node's probe left by the interface whose address it was sent from.

    Masquerading gives a packet the address of the interface that it leaves by; here that changes nothing.
    """
    sender = trace.probe.sender
    if sender.kind is not PlaceKind.NODE:
        return False
    out = [each for each in trace.of(Part.PROBE) if each.place is sender and each.direction is Direction.OUT]
    if not out:
        return False
    return facts.masquerade_address(sender, out[0].interface) == trace.probe.headers.source


def _first_back(trace: Trace, part: Part) -> Sighting | None:
    """The first packet of this part that came back to the sender."""
    back = (sighting for sighting in trace.of(part) if sighting.reached(trace.probe.sender))
    return next(back, None)


def _answered_from(reply: Sighting, trace: Trace, facts: Facts) -> AnsweredFrom:
    asked = trace.probe.headers
    answered = (reply.headers.source, reply.headers.source_port)
    if answered == (asked.destination, asked.destination_port):
        return AnsweredFrom.TARGET
    owner = facts.owners.get(reply.headers.source)
    is_pod = owner is not None and owner.kind is PlaceKind.POD
    return AnsweredFrom.ENDPOINT if is_pod else AnsweredFrom.OTHER


def _refused(trace: Trace) -> Refused | None:
    """A refusal that reached the sender, laid to the place where it was first seen."""
    back = _first_back(trace, Part.REFUSAL)
    if back is None:
        return None
    first = trace.of(Part.REFUSAL)[0]
    return Refused(first.place, back.refusal or Refusal.OTHER)


def _forwarded(trace: Trace) -> Forwarded | None:
    """A probe last seen going in at a place outside the cluster, still bearing the address that it was sent to."""
    probes = trace.of(Part.PROBE)
    if not probes:
        return None
    last = probes[-1]
    outside = last.place.kind is PlaceKind.OUTSIDE and last.place is not trace.probe.sender
    untranslated = last.headers.destination == trace.probe.headers.destination
    by_a_node = any(each.place.kind is PlaceKind.NODE for each in probes)
    if outside and untranslated and by_a_node and last.direction is Direction.IN:
        return Forwarded(Place(last.place))
    return None
