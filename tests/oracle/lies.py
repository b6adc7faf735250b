"""How a lab can lie about one flow: about where its probes end, or about what is on them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from conformance.convergence import BOUND_SECONDS
from conformance.oracle.flows import first_node
from conformance.outcome import (
    Answered,
    Arrival,
    Delivered,
    Dropped,
    Forwarded,
    Kept,
    Outcome,
    Refused,
    Unanswered,
)
from lab.model import (
    NODES,
    PODS,
    Facts,
    Flow,
    Headers,
    Part,
    Place,
    PlaceKind,
    Refusal,
    Sighting,
    Trace,
    Transport,
    Tunnel,
    Watch,
)
from lab.netns import plan
from tests.conformance.watched import Batch, watched
from tests.oracle.topology import masqueraded

_EXTRA_EVERY = 3
_TOO_LONG_NS = (BOUND_SECONDS + 1) * 1_000_000_000


class Lie(StrEnum):
    """What is not so."""

    WRONG_ENDPOINT = "one endpoint's share goes to a pod that is none"
    MISSING_ENDPOINT = "one endpoint gets nothing"
    EXTRA_ENDPOINT = "a pod that is no endpoint gets a share too"
    WRONG_PORT = "probes come to another port of the endpoint"
    MASQUERADED = "the sender's address is replaced"
    UNMASQUERADED = "the sender's address is not replaced"
    WRONG_ANSWER_ADDRESS = "the answer bears another address"
    DROPPED = "probes vanish"
    NETWORK_GONE = "probes vanish, and so do the sentinels behind them"
    REFUSED = "probes are refused"
    FORWARDED = "probes are let out to the router"
    FLAPPING = "every other probe vanishes"
    UNEVEN = "one endpoint gets part of the others' shares"
    UNEVEN_CLIENTS = "one endpoint gets every other of the clients that are the others'"
    AFFINITY_LOST = "a client with session affinity is given any endpoint, every time"
    AFFINITY_OF_ONE_ENDPOINT = "the clients of one endpoint are kept at every port, and for ever"
    AFFINITY_NOT_RENEWED = "a client with session affinity is forgotten so long after its first connection"
    AFFINITY_FOR_EVER = "a client with session affinity is kept at every port, and for ever"
    WRONG_MASQUERADE = "the sender's address is replaced by that of a node which did not see the packet"
    EVERY_ENDPOINT_HEALTHY = "a health check counts the endpoints of other nodes too"
    NODES_UNNOTICED = "what becomes of a Node object is not noticed"
    API_CONTRARY = "the API accepts what it must refuse, and refuses what it must accept"
    LATE = "what comes back comes after the judging"
    MOVED = "an open flow goes where new ones go"
    STALE = "an open flow goes where it went"
    SLOW = "a change is followed later than is documented"
    RETURNING = "what was before a change comes back for a moment"
    BETWEEN = "for a moment of a change probes are refused"
    IN_PIECES = "between nodes packets are put into a tunnel, and sent in fragments"
    ARP_BETWEEN_NODES = "a node asks by ARP for a pod of another node"
    ARP_IN_THE_POD = "a pod asks by ARP for a pod that no bridge joins it with"
    ARP_UNSEEN = "nobody is seen to ask by ARP"


@dataclass(frozen=True, slots=True)
class Subject:
    """What is lied about. honest: the fates that the flow's probes have in turn.

    before: of an open flow, the fate that its packets had so far. new: the fate of a new flow to the same target.
    """

    flow: Flow
    honest: Sequence[Outcome]
    facts: Facts
    before: Outcome | None
    new: Outcome


def fate_under(lie: Lie | None, subject: Subject, number: int) -> Outcome:
    """The fate of a probe under a lie about where it ends."""
    honest = subject.honest[number % len(subject.honest)]
    match lie:
        case Lie.WRONG_ENDPOINT | Lie.MISSING_ENDPOINT if honest != subject.honest[0]:
            return honest
        case Lie.EXTRA_ENDPOINT if number % _EXTRA_EVERY:
            return honest
        case Lie.FLAPPING if number % 2 == 0:
            return honest
        case Lie.UNEVEN | Lie.UNEVEN_CLIENTS:
            clients = subject.flow.own_addresses
            every = 2 if clients else _EXTRA_EVERY
            told = clients == (lie is Lie.UNEVEN_CLIENTS) and number % every == 0
            return subject.honest[0] if told else honest
        case None:
            return honest
        case _:
            return _lied_fate(lie, subject, honest)


def _lied_fate(lie: Lie, subject: Subject, honest: Outcome) -> Outcome:  # noqa: PLR0911 - one line for each lie
    """The fate of a probe that the lie concerns."""
    match lie:
        case Lie.WRONG_ENDPOINT | Lie.EXTRA_ENDPOINT:
            return _elsewhere(subject, honest)
        case Lie.MISSING_ENDPOINT:
            return subject.honest[-1]
        case Lie.DROPPED | Lie.FLAPPING | Lie.NETWORK_GONE if honest != Dropped():
            return Dropped()
        case Lie.REFUSED | Lie.FLAPPING:
            return _refused(subject)
        case Lie.FORWARDED:
            return Forwarded(Place.ROUTER)
        case Lie.EVERY_ENDPOINT_HEALTHY if isinstance(honest, Answered) and honest.weight is not None:
            return Answered(200, honest.weight + 1, honest.weight + 1)
        case Lie.MOVED | Lie.STALE if subject.before is not None:
            return {Lie.MOVED: subject.new, Lie.STALE: subject.before}[lie]
        case _:
            return honest


def _refused(subject: Subject) -> Outcome:
    """Refused by the first node; where that is the truth, in other words."""
    by = first_node(subject.flow)
    truth = Refused(by, Refusal.PORT_UNREACHABLE)
    return Refused(by, Refusal.ADMIN_PROHIBITED) if truth in subject.honest else truth


def _elsewhere(subject: Subject, honest: Outcome) -> Outcome:
    """Delivered to a pod that is no endpoint; where every pod is one, the truth."""
    reached = {arrival.place for each in subject.honest for arrival in _arrivals(each)}
    others = [pod for pod in PODS if pod not in reached and pod is not subject.flow.sender]
    if not others:
        return honest
    like = next(iter(_arrivals(honest)), Arrival(others[0], min(subject.facts.listeners), Kept()))
    return Delivered(frozenset({replace(like, place=others[0])}))


def _arrivals(outcome: Outcome) -> frozenset[Arrival]:
    return outcome.arrivals if isinstance(outcome, Delivered | Unanswered) else frozenset()


def trace_under(lie: Lie | None, trace: Trace, facts: Facts) -> Trace:
    """The trace of a probe under a lie about what is on its packets, or when they come."""
    match lie:
        case Lie.NETWORK_GONE:
            return replace(trace, sentinels_lost=True)
        case Lie.LATE:
            kept = (each for each in trace.sightings if each.part is Part.PROBE or not _is_back(each, trace))
            return replace(trace, sightings=tuple(kept), answer=None)
        case Lie.WRONG_ANSWER_ADDRESS if not trace.probe.request:
            return _edited(trace, lambda each: _answer_elsewhere(each, trace, facts))
        case Lie.IN_PIECES:
            return replace(trace, sightings=tuple(map(_in_pieces, trace.sightings)))
        case Lie.WRONG_PORT | Lie.MASQUERADED | Lie.UNMASQUERADED | Lie.WRONG_MASQUERADE:
            return _edited(trace, lambda each: _arrived_otherwise(lie, each, trace, facts))
        case _:
            return trace


def _edited(trace: Trace, edit: Callable[[Sighting], Headers]) -> Trace:
    return replace(trace, sightings=tuple(replace(each, headers=edit(each)) for each in trace.sightings))


def _in_pieces(sighting: Sighting) -> Sighting:
    """A sighting between nodes, in a tunnel whose packets do not fit."""
    if sighting.place not in NODES or sighting.interface != "eth0":
        return sighting
    here = plan.NODE_ADDRESSES[sighting.place]
    return replace(sighting, tunnel=Tunnel("vxlan", here, here, in_pieces=True))


def _is_back(sighting: Sighting, trace: Trace) -> bool:
    return sighting.reached(trace.probe.sender)


def _answer_elsewhere(sighting: Sighting, trace: Trace, facts: Facts) -> Headers:
    """An answer's headers, from the router's address where the sender gets it."""
    if sighting.part is Part.REPLY and _is_back(sighting, trace):
        return replace(sighting.headers, source=facts.primary[Place.ROUTER])
    return sighting.headers


def _is_at_its_end(sighting: Sighting, facts: Facts) -> bool:
    """Whether it went in at the place that it was sent to, or translated to."""
    here = facts.owners.get(sighting.headers.destination) is sighting.place
    return here and sighting.reached(sighting.place)


def _near(sighting: Sighting, trace: Trace) -> Place:
    """A node that could have masqueraded the packet: that of the place, or the sender's, or another than itself."""
    if sighting.place is trace.probe.sender:
        return next(node for node in NODES if node is not sighting.place)
    outside = sighting.place.kind is PlaceKind.OUTSIDE
    return trace.probe.sender.node if outside else sighting.place.node


def _arrived_otherwise(lie: Lie, sighting: Sighting, trace: Trace, facts: Facts) -> Headers:
    """A probe's headers, with another source or port where it goes in at a pod."""
    headers, own = sighting.headers, trace.probe.headers.source
    if sighting.part is not Part.PROBE or not _is_at_its_end(sighting, facts):
        return headers
    if lie is Lie.UNMASQUERADED:
        return replace(headers, source=own)
    if lie is Lie.WRONG_MASQUERADE:
        node = facts.owners.get(headers.source)
        if node not in NODES or headers.source == own:
            return headers
        other = next(each for each in NODES if each is not node)
        return replace(headers, source=masqueraded(facts, other, sighting.place))
    if lie is Lie.MASQUERADED:
        by = masqueraded(facts, _near(sighting, trace), sighting.place)
        return replace(headers, source=by) if headers.source == own else headers
    ports = sorted(facts.listeners - {headers.destination_port})
    return headers if headers.transport is Transport.ICMP else replace(headers, destination_port=ports[0])


def watch_under(lie: Lie | None, before: Batch, after: Batch, strange: Batch) -> Watch:
    """A change under a lie about when it is followed, and how. strange: probes that are neither as before nor as after.

    That some of what was before comes back shows only where it is nothing that can be after.
    """
    match lie:
        case Lie.RETURNING if not _looks(before) & _looks(after):
            return watched(before, (before, after, before, after), after)
        case Lie.BETWEEN:
            return watched(before, (before, strange, after), after)
        case Lie.SLOW:
            return watched(before, (before, after), after, pause_ns=_TOO_LONG_NS)
        case _:
            return watched(before, (before, after), after)


def _looks(batch: Batch) -> set[tuple[Sighting, ...]]:
    return {trace.sightings for traces in batch for trace in traces}
