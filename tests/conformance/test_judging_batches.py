"""What is no observation at all, and how the probes of a batch are judged together."""

from collections.abc import Sequence
from dataclasses import replace
from ipaddress import IPv4Address

import pytest

from conformance.judging import judge, judge_one
from conformance.outcome import (
    AnsweredFrom,
    Arrival,
    Delivered,
    Dropped,
    Fate,
    Forwarded,
    Kept,
    LocalError,
    Lost,
    Masqueraded,
    Outcome,
    Refused,
    Steady,
    Unanswered,
    Unstable,
    delivered,
)
from lab.errors import LabError
from lab.model import Part, Place, Refusal, Trace
from tests.conformance.edited import answered_from, arriving, last_of, only, up_to, without
from tests.traffic.recording import lab_facts, replay, replay_one

TO_A1 = frozenset({Arrival(Place.POD_A1, 8080, Kept())})
TO_B1 = frozenset({Arrival(Place.POD_B1, 8080, Kept())})


def together(*batch: Trace) -> Outcome:
    """What became of a batch."""
    return judge(batch, lab_facts())


def test_a_batch_without_probes_is_no_observation() -> None:
    """Judging nothing raises: a claim without probes would pass unobserved."""
    with pytest.raises(LabError, match="without any probe"):
        judge([], lab_facts())


def test_a_probe_that_was_seen_nowhere_is_no_observation() -> None:
    """A probe that the kernel took and no capture saw raises, and says from where to where it was sent."""
    unseen = up_to(replay_one("pod-far-tcp"), 0)
    with pytest.raises(LabError) as caught:
        together(unseen)
    assert f"from pod-a2 to {unseen.probe.headers.destination}" in caught.value.attempted
    assert "capture" in caught.value.next_step


def test_what_a_node_drops_of_its_own_connection_is_seen_nowhere() -> None:
    """Its rules at OUTPUT drop before any capture sees, and nothing tells; a pod has no rules, nor a crafted packet."""
    unseen = up_to(replay_one("pod-far-tcp"), 0)

    def handed_over(sender: Place, *, on_connection: bool) -> Trace:
        return replace(unseen, probe=replace(unseen.probe, sender=sender, on_connection=on_connection))

    assert together(handed_over(Place.WORKER_C, on_connection=True)) == Dropped()
    for sender, on_connection in ((Place.WORKER_C, False), (Place.POD_A2, True)):
        with pytest.raises(LabError):
            together(handed_over(sender, on_connection=on_connection))


def test_one_unseen_probe_spoils_a_batch() -> None:
    """The other probes of a batch do not make up for one that was seen nowhere."""
    seen, *others = replay("two-endpoints-tcp")
    with pytest.raises(LabError):
        together(up_to(seen, 0), *others)


def test_a_reply_without_its_probe_is_no_observation() -> None:
    """A probe of which only the reply was seen raises: its own way is unknown."""
    with pytest.raises(LabError):
        together(without(replay_one("pod-far-tcp"), Part.PROBE))


def test_an_answered_probe_never_counts_as_dropped() -> None:
    """A reply came back from where no echo is known to listen: that is anything but a drop, so it raises."""
    answered = arriving(replay_one("pod-far-tcp"), destination=IPv4Address("192.0.2.7"))
    with pytest.raises(LabError):
        together(answered)


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        pytest.param(1, "EPERM", id="EPERM"),
        pytest.param(101, "ENETUNREACH", id="ENETUNREACH"),
        pytest.param(9999, "9999", id="unknown"),
    ],
)
def test_a_local_error_bears_the_symbol_of_its_errno(number: int, expected: str) -> None:
    """An errno is named as programmers know it, or by number where it has no name."""
    trace = replay_one("local-error-udp")
    failed = replace(trace, probe=replace(trace.probe, local_error=number))
    assert together(failed) == LocalError(expected)


def test_what_the_packets_tell_outweighs_a_local_error() -> None:
    """A send that failed with an errno and an ICMP error at the sender is refused, as the recorded one."""
    trace = replay_one("node-refused-tcp")
    assert trace.probe.local_error == 1
    assert together(trace) == Refused(Place.WORKER_A, Refusal.PORT_UNREACHABLE)
    assert together(without(trace, Part.REFUSAL)) == LocalError("EPERM")


def test_a_forwarded_probe_outweighs_a_local_error() -> None:
    """A probe that was seen outside did leave, whatever errno its sender got."""
    trace = replay_one("unallocated-tcp")
    failed = replace(trace, probe=replace(trace.probe, local_error=1))
    assert together(failed) == Forwarded(Place.ROUTER)


def test_arrivals_of_a_batch_add_up() -> None:
    """Probes that were delivered to different endpoints are one outcome with all of them."""
    batch = replay("two-endpoints-tcp")
    assert together(*batch) == Delivered(TO_A1 | TO_B1)
    assert {judge_one(trace, lab_facts()) for trace in batch} == {
        Delivered(TO_A1),
        Delivered(TO_B1),
    }


def test_sources_of_a_batch_add_up() -> None:
    """One endpoint that saw two kinds of source is two arrivals."""
    trace = replay_one("pod-far-tcp")
    masqueraded = arriving(trace, source=IPv4Address("10.244.1.0"))
    by_a = frozenset({Arrival(Place.POD_B1, 8080, Masqueraded(Place.WORKER_A))})
    assert together(trace, masqueraded) == Delivered(TO_B1 | by_a)


def test_unanswered_arrivals_add_up() -> None:
    """Probes that arrived unanswered at different endpoints are one outcome with all of them."""
    batch = [without(trace, Part.REPLY) for trace in replay("two-endpoints-tcp")]
    assert together(*batch) == Unanswered(TO_A1 | TO_B1)


@pytest.mark.parametrize(
    "name", ["pod-refused-tcp", "local-policy-udp", "unallocated-tcp", "local-error-udp"]
)
def test_probes_that_agree_are_one_outcome(name: str) -> None:
    """A batch whose probes all had the same fate is judged as each of them."""
    trace = replay_one(name)
    assert together(trace, trace, trace) == judge_one(trace, lab_facts())


def lost(trace: Trace) -> Trace:
    """The trace of a probe behind which a sentinel was lost."""
    return replace(trace, sentinels_lost=True)


@pytest.mark.parametrize("name", ["local-policy-udp", "unallocated-tcp", "local-error-udp"])
def test_silence_is_lost_where_the_sentinel_was(name: str) -> None:
    """Dropped, forwarded or stopped at the sender: nothing proves then that it ended there."""
    trace = replay_one(name)
    assert together(lost(trace)) == Lost(judge_one(trace, lab_facts()))  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["pod-far-tcp", "pod-refused-tcp", "node-refused-tcp"])
def test_what_came_back_needs_no_sentinel(name: str) -> None:
    """An answer or a refusal that was read at last is what it is."""
    trace = replay_one(name)
    assert together(lost(trace)) == judge_one(trace, lab_facts())


def test_lost_arrivals_add_up() -> None:
    """Probes that arrived, and whose answers were lost as sentinels were, are one outcome with all endpoints."""
    batch = [lost(without(trace, Part.REPLY)) for trace in replay("two-endpoints-tcp")]
    assert together(*batch) == Lost(Unanswered(TO_A1 | TO_B1))


def test_lost_and_delivered_probes_disagree() -> None:
    """A batch of which a part is lost is unstable."""
    trace = replay_one("pod-far-tcp")
    silent = lost(without(trace, Part.REPLY))
    assert together(trace, silent) == Unstable((Fate(Lost(Unanswered(TO_B1)), 1), Fate(Delivered(TO_B1), 1)))


ICMP_REFUSED = Refused(Place.WORKER_A, Refusal.PORT_UNREACHABLE)
NODE_FORWARDED = Forwarded(Place.ROUTER)


@pytest.mark.parametrize(
    ("names", "history"),
    [
        pytest.param(
            ["pod-far-tcp", "local-policy-udp", "pod-far-tcp"],
            [Fate(delivered(Place.POD_B1, source=Kept()), 2), Fate(Dropped(), 1)],
            id="delivered and dropped",
        ),
        pytest.param(
            ["closed-port-tcp", "pod-refused-tcp", "pod-refused-tcp"],
            [Fate(ICMP_REFUSED, 2), Fate(Refused(Place.POD_B1, Refusal.TCP_RESET), 1)],
            id="refused by two",
        ),
        pytest.param(
            ["unallocated-tcp", "local-policy-udp", "local-error-udp"],
            [Fate(Dropped(), 1), Fate(LocalError("EPERM"), 1), Fate(NODE_FORWARDED, 1)],
            id="equally many, by their words",
        ),
    ],
)
def test_probes_that_disagree_are_unstable(names: Sequence[str], history: Sequence[Fate]) -> None:
    """A batch whose probes had different fates is the list of them, the most frequent first."""
    batch = [replay_one(name) for name in names]
    assert together(*batch) == Unstable(tuple(history))
    assert together(*reversed(batch)) == Unstable(tuple(history))


def test_answers_from_different_addresses_are_unstable() -> None:
    """Replies from the target to some probes and from the endpoint to others are no one outcome."""
    trace = replay_one("pod-far-tcp")
    bare = answered_from(trace, IPv4Address("10.244.2.2"), 8080)
    fates: tuple[Steady, ...] = (
        Delivered(TO_B1, AnsweredFrom.TARGET),
        Delivered(TO_B1, AnsweredFrom.ENDPOINT),
    )
    ordered = tuple(Fate(fate, 1) for fate in sorted(fates, key=str))
    assert together(trace, bare) == Unstable(ordered)


def test_where_answers_came_from_stays_with_the_batch() -> None:
    """A batch that was answered by its endpoint throughout is delivered, and says so."""
    bare = answered_from(replay_one("pod-far-tcp"), IPv4Address("10.244.2.2"), 8080)
    assert together(bare, bare) == Delivered(TO_B1, AnsweredFrom.ENDPOINT)


def test_delivered_and_unanswered_are_unstable() -> None:
    """Answers to some probes only are no delivery."""
    trace = replay_one("pod-far-tcp")
    silent = without(trace, Part.REPLY)
    expected = (Fate(Unanswered(TO_B1), 2), Fate(Delivered(TO_B1), 1))
    assert together(silent, trace, silent) == Unstable(expected)


def test_probes_forwarded_to_different_places_are_unstable() -> None:
    """Each place that probes are forwarded to is an outcome of its own."""
    trace = replay_one("unallocated-tcp")
    last = last_of(trace, Part.PROBE)
    elsewhere = replace(
        only(trace, lambda sighting: sighting is not last),
        sightings=(*trace.sightings[:-1], replace(last, place=Place.CLIENT)),
    )
    assert together(elsewhere) == Forwarded(Place.CLIENT)
    assert isinstance(together(trace, elsewhere), Unstable)
