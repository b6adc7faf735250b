"""From recorded packets to an outcome, and from what is left of them when something is taken away or changed."""

import errno
from collections.abc import Callable
from dataclasses import replace
from ipaddress import IPv4Address

import pytest

from conformance.judging import judge, judge_one
from conformance.outcome import (
    Arrival,
    Delivered,
    Dropped,
    Forwarded,
    Kept,
    LocalError,
    Masqueraded,
    Outcome,
    Refused,
    Unanswered,
    delivered,
)
from lab.model import Direction, Part, Place, Refusal, Sighting, Trace
from tests.conformance.edited import (
    arriving,
    followed,
    last_of,
    only,
    refusal_at,
    swapped,
    up_to,
    without,
)
from tests.traffic.recording import RECORDINGS, lab_facts, replay, replay_one

NOBODY = IPv4Address("192.0.2.7")
BY_ICMP = Refusal.PORT_UNREACHABLE
BY_A, BY_B, BY_C = (Masqueraded(node) for node in (Place.WORKER_A, Place.WORKER_B, Place.WORKER_C))
RECORDED: dict[str, Outcome] = {
    "client-node-port-tcp": delivered(Place.POD_B1, source=BY_A),
    "client-node-port-udp": delivered(Place.POD_B1, source=BY_A),
    "client-refused-tcp": Refused(Place.WORKER_A, BY_ICMP),
    "client-refused-udp": Refused(Place.WORKER_A, BY_ICMP),
    "client-via-tcp": delivered(Place.POD_A1, source=BY_B),
    "closed-port-tcp": Refused(Place.POD_B1, Refusal.TCP_RESET),
    "closed-port-udp": Refused(Place.POD_B1, BY_ICMP),
    "cluster-ip-fragments": delivered(Place.POD_B1, source=Kept()),
    "far-client-udp": delivered(Place.POD_B1, source=BY_C),
    "hairpin-tcp": delivered(Place.POD_A1, source=BY_A),
    "local-error-udp": LocalError("EPERM"),
    "local-policy-tcp": delivered(Place.POD_A1, source=Kept()),
    "local-policy-udp": Dropped(),
    "node-far-tcp": delivered(Place.POD_B1, source=BY_A),
    "node-far-udp": delivered(Place.POD_B1, source=BY_A),
    "node-near-tcp": delivered(Place.POD_A1, source=BY_A),
    "node-refused-tcp": Refused(Place.WORKER_A, BY_ICMP),
    "node-refused-udp": Refused(Place.WORKER_A, BY_ICMP),
    "pod-far-tcp": delivered(Place.POD_B1, source=Kept()),
    "pod-far-udp": delivered(Place.POD_B1, source=Kept()),
    "pod-near-tcp": delivered(Place.POD_A1, source=Kept()),
    "pod-near-udp": delivered(Place.POD_A1, source=Kept()),
    "pod-refused-tcp": Refused(Place.WORKER_A, BY_ICMP),
    "pod-refused-udp": Refused(Place.WORKER_A, BY_ICMP),
    "pod-to-pod-fragments": delivered(Place.POD_B1, source=Kept()),
    "pod-to-pod-icmp": delivered(Place.POD_B1, source=Kept(), port=0),
    "pod-to-pod-sctp": Refused(Place.POD_B1, Refusal.PROTOCOL_UNREACHABLE),
    "same-node-fragments": delivered(Place.POD_A1, source=Kept()),
    "two-endpoints-tcp": delivered(Place.POD_A1, Place.POD_B1, source=Kept()),
    "unallocated-tcp": Forwarded(Place.ROUTER),
}
DELIVERED = tuple(name for name, outcome in RECORDED.items() if isinstance(outcome, Delivered))
REFUSED = tuple(name for name, outcome in RECORDED.items() if isinstance(outcome, Refused))


def one(trace: Trace) -> Outcome:
    """What became of the probe of one trace."""
    return judge_one(trace, lab_facts())


def without_what_reached_the_sender(trace: Trace) -> Trace:
    """The trace of the same probe, of which no reply and no refusal got through to the sender's programs."""
    sender = trace.probe.sender
    return only(trace, lambda each: each.part is Part.PROBE or not each.reached(sender))


@pytest.mark.parametrize("name", RECORDINGS)
def test_recorded_packets_tell_what_became_of_their_flow(name: str) -> None:
    """Every stored flow is judged as what it was when it was recorded."""
    assert judge(replay(name), lab_facts()) == RECORDED[name]


@pytest.mark.parametrize("name", DELIVERED)
def test_a_probe_without_any_reply_is_unanswered(name: str) -> None:
    """An arrival stays an arrival when nobody answers."""
    expected = RECORDED[name]
    assert isinstance(expected, Delivered)
    batch = [without(trace, Part.REPLY) for trace in replay(name)]
    assert judge(batch, lab_facts()) == Unanswered(expected.arrivals)


@pytest.mark.parametrize("name", DELIVERED)
def test_a_reply_counts_only_where_the_sender_gets_it(name: str) -> None:
    """A reply that is lost before the sender's own programs is no answer."""
    expected = RECORDED[name]
    assert isinstance(expected, Delivered)
    batch = [without_what_reached_the_sender(trace) for trace in replay(name)]
    assert judge(batch, lab_facts()) == Unanswered(expected.arrivals)


def test_a_reply_at_a_nodes_interface_has_not_reached_its_programs() -> None:
    """On a node only a LOCAL sighting is an answer: at the interface its translation is still to be undone."""
    trace = only(replay_one("node-far-tcp"), lambda sighting: sighting.direction is not Direction.LOCAL)
    assert last_of(trace, Part.REPLY).place is Place.WORKER_A
    assert one(trace) == Unanswered(frozenset({Arrival(Place.POD_B1, 8080, BY_A)}))


@pytest.mark.parametrize("name", [*DELIVERED, *REFUSED])
def test_a_probe_that_vanishes_after_its_first_sighting_is_dropped(name: str) -> None:
    """A probe seen once, and neither answered nor refused, was dropped."""
    trace = replay(name)[0]
    first = replace(trace.sightings[0], part=Part.PROBE, refusal=None, place=trace.probe.sender)
    seen_once = replace(trace, sightings=(replace(first, direction=Direction.OUT),))
    assert one(replace(seen_once, probe=replace(trace.probe, local_error=None))) == Dropped()


@pytest.mark.parametrize("name", REFUSED)
def test_a_refusal_counts_only_where_the_sender_gets_it(name: str) -> None:
    """An error or a reset that is lost before the sender is none."""
    trace = replay_one(name)
    lost = without_what_reached_the_sender(trace)
    error = trace.probe.local_error
    assert one(lost) == (Dropped() if error is None else LocalError(errno.errorcode[error]))


@pytest.mark.parametrize("how", [Refusal.ADMIN_PROHIBITED, Refusal.TCP_RESET])
def test_a_refusal_is_laid_to_the_place_where_it_was_first_seen(how: Refusal) -> None:
    """The first sighting of a refusal says who refused, the sender's own says how."""
    trace = up_to(replay_one("pod-far-tcp"), 1)
    like = trace.sightings[0]
    refused = followed(
        trace,
        refusal_at(Place.WORKER_C, like, Refusal.OTHER),
        refusal_at(Place.WORKER_A, like, Refusal.OTHER),
        refusal_at(Place.POD_A2, like, how),
    )
    assert one(refused) == Refused(Place.WORKER_C, how)


def test_an_answer_outweighs_a_refusal() -> None:
    """A probe that was both answered and refused was delivered."""
    trace = replay_one("pod-far-tcp")
    also = followed(trace, refusal_at(Place.POD_A2, last_of(trace, Part.REPLY), BY_ICMP))
    assert one(also) == RECORDED["pod-far-tcp"]


def test_a_refusal_outweighs_an_arrival() -> None:
    """A probe that arrived and was refused is refused, not unanswered."""
    trace = without(replay_one("pod-far-tcp"), Part.REPLY)
    refused = followed(trace, refusal_at(Place.POD_A2, last_of(trace, Part.PROBE), BY_ICMP))
    assert one(refused) == Refused(Place.POD_A2, BY_ICMP)


@pytest.mark.parametrize(
    ("destination", "port"),
    [
        pytest.param("192.0.2.7", 8080, id="another address than the pod's"),
        pytest.param("10.244.1.2", 8080, id="the address of another pod"),
        pytest.param("10.244.2.2", 9999, id="a port without a listener"),
    ],
)
def test_only_what_a_listener_gets_has_arrived(destination: str, port: int) -> None:
    """A probe that goes in at a pod where nothing would take it did not arrive."""
    trace = without(replay_one("pod-far-udp"), Part.REPLY)
    assert one(arriving(trace, destination=IPv4Address(destination), port=port)) == Dropped()


def test_a_stray_segment_has_arrived_at_the_end_of_its_connection() -> None:
    """No echo listens at the port of a client, and still what goes in there has got to it: nobody has dropped it."""
    trace = arriving(without(replay_one("pod-far-tcp"), Part.REPLY), port=61_040)
    stray = replace(trace, probe=replace(trace.probe, is_stray=True))
    assert one(trace) == Dropped()
    assert one(stray) == Unanswered(frozenset({Arrival(Place.POD_B1, 61_040, Kept())}))
    assert one(only(stray, lambda it: it.place is not Place.POD_B1)) == Dropped()


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda it: replace(it, direction=Direction.OUT), id="going out"),
        pytest.param(lambda it: replace(it, place=Place.WORKER_B), id="at a node"),
        pytest.param(lambda it: replace(it, place=Place.CLIENT), id="outside"),
    ],
)
def test_a_probe_arrives_by_going_in_at_a_pod(change: Callable[[Sighting], Sighting]) -> None:
    """A last sighting elsewhere, or on the way out, is no arrival."""
    trace = without(replay_one("pod-far-udp"), Part.REPLY)
    last = last_of(trace, Part.PROBE)
    assert one(swapped(trace, last, change(last))) == Dropped()


def test_a_node_is_no_endpoint_even_at_its_own_address() -> None:
    """A probe that ends at a node's own address and an echo's port has not arrived at an endpoint."""
    trace = without(replay_one("pod-far-udp"), Part.REPLY)
    last = last_of(trace, Part.PROBE)
    headers = replace(last.headers, destination=lab_facts().primary[Place.WORKER_B])
    at_node = replace(last, place=Place.WORKER_B, headers=headers)
    assert one(swapped(trace, last, at_node)) == Dropped()


def test_the_last_place_is_where_a_probe_arrived() -> None:
    """A probe that was sent on from one pod to another arrived at the other."""
    trace = without(replay_one("pod-far-udp"), Part.REPLY)
    last = last_of(trace, Part.PROBE)
    headers = replace(last.headers, destination=lab_facts().primary[Place.POD_C1])
    onward = followed(trace, replace(last, place=Place.POD_C1, headers=headers))
    assert one(onward) == Unanswered(frozenset({Arrival(Place.POD_C1, 8080, Kept())}))


def test_no_echo_listens_for_sctp() -> None:
    """An INIT that a pod leaves without a word was dropped: there is no endpoint that could have taken it."""
    assert one(without(replay_one("pod-to-pod-sctp"), Part.REFUSAL)) == Dropped()


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda it: replace(it, direction=Direction.OUT), id="sent on by the router"),
        pytest.param(
            lambda it: replace(it, headers=replace(it.headers, destination=NOBODY)), id="translated"
        ),
        pytest.param(lambda it: replace(it, place=Place.WORKER_B), id="at a node"),
        pytest.param(lambda it: replace(it, place=Place.POD_B1), id="at a pod"),
    ],
)
def test_forwarded_means_untranslated_and_into_the_outside(
    change: Callable[[Sighting], Sighting],
) -> None:
    """A probe is forwarded only where it goes in outside the cluster with the address that was asked."""
    trace = replay_one("unallocated-tcp")
    last = last_of(trace, Part.PROBE)
    assert one(swapped(trace, last, change(last))) == Dropped()


def test_a_probe_that_comes_back_to_its_sender_was_not_forwarded() -> None:
    """The sender itself is no place to be forwarded to, even outside the cluster."""
    trace = up_to(replay_one("client-refused-tcp"), 2)
    back = replace(trace.sightings[0], direction=Direction.IN)
    assert one(followed(trace, back)) == Dropped()


def test_a_probe_that_no_node_saw_was_not_forwarded_by_one() -> None:
    """Forwarded is said of what left the nodes: a probe that never got past its sender's own router did not."""
    trace = replay_one("far-client-udp")
    at_router = up_to(trace, 2)
    assert at_router.sightings[-1].place is Place.ROUTER
    assert at_router.sightings[-1].direction is Direction.IN
    assert one(at_router) == Dropped()


def sent_again(trace: Trace, part: Part, after: int) -> Trace:
    """The trace in which, after so many sightings, the packet of this part is sent again; then the rest follows."""
    kept, rest = trace.sightings[:after], trace.sightings[after:]
    return followed(replace(trace, sightings=kept), trace.of(part)[0], *rest)


def test_data_that_was_lost_and_sent_again_is_lost() -> None:
    """A kernel that sends again mends nothing: what had not arrived is dropped, and a lost answer is no answer."""
    trace = replay_one("pod-far-tcp")
    arrived = trace.sightings.index(last_of(trace, Part.PROBE)) + 1
    lost = sent_again(trace, Part.PROBE, arrived - 1)
    assert judge_one(lost, lab_facts()) == Dropped()
    answered = trace.sightings.index(trace.of(Part.REPLY)[0]) + 1
    silent = sent_again(trace, Part.REPLY, answered)
    assert judge_one(silent, lab_facts()) == Unanswered(frozenset({Arrival(Place.POD_B1, 8080, Kept())}))


def test_data_that_was_sent_again_too_early_was_not_lost() -> None:
    """A kernel can lose patience with an endpoint that is slow to answer; what it sends again then changes nothing."""
    trace = replay_one("pod-far-tcp")
    arrived = trace.sightings.index(last_of(trace, Part.PROBE)) + 1
    early = sent_again(trace, Part.PROBE, arrived)
    assert judge_one(early, lab_facts()) == delivered(Place.POD_B1, source=Kept())
