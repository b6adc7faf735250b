"""A change is told from probes alone: what was before, what is after, how long it took, and that nothing else was."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from conformance.convergence import BOUND_SECONDS, Followed, convergence, from_every_node
from conformance.judging import judged as judge_each
from conformance.live import Live
from conformance.outcome import (
    Arrival,
    Changed,
    Dropped,
    Forwarded,
    Kept,
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
from lab.model import NODES, ClusterIP, Flow, Place, Refusal, Service, ServicePort, Watch
from tests.conformance.watched import ROUND_NS, Batch, watched
from tests.svcproof.canned import canned_traces
from tests.svcproof.fake_lab import a_cluster

A1, B1, C = Place.POD_A1, Place.POD_B1, Place.WORKER_C
ECHO = Service(name="echo", endpoints=(A1, B1), ports=(ServicePort("http", 80),))
FLOW = Flow(Place.POD_C3, ClusterIP(ECHO, "http"))
FLOWS = from_every_node(FLOW)
FIRST, SECOND, BOTH = (delivered(*each, source=Kept()) for each in ((A1,), (B1,), (A1, B1)))
ICMP = Refusal.PORT_UNREACHABLE
ROUNDS = 8
LAB = a_cluster()
LAB.set_services([ECHO])


def by_own_node(node: Place) -> Steady:
    """Refused by the node that the sender is on."""
    return Refused(node, ICMP)


def batch(outcome: Outcome | None = None) -> Batch:
    """Probes of every sender; without an outcome, each refused by its own node."""
    return [
        canned_traces(flow, outcome or by_own_node(flow.sender.node), ROUNDS, LAB.facts()) for flow in FLOWS
    ]


def fates_of(watch: Watch) -> Sequence[Steady]:
    """What became of each probe."""
    return judge_each(watch.traces, LAB.facts()).fates


def followed_by(watch: Watch) -> tuple[Followed, ...]:
    """How long each node took."""
    return convergence(FLOW, watch, fates_of(watch))[1]


def judged(watch: Watch, passing: Sequence[Steady] = ()) -> Outcome:
    """What a watch comes to."""
    return convergence(FLOW, watch, fates_of(watch), passing)[0]


def test_a_flow_is_sent_from_every_node() -> None:
    """From the pods of its sender's number; a change is not watched from elsewhere."""
    assert [flow.sender for flow in FLOWS] == [Place.POD_A3, Place.POD_B3, Place.POD_C3]
    assert {flow.target for flow in FLOWS} == {FLOW.target}
    with pytest.raises(LabError, match="from pods"):
        from_every_node(Flow(Place.CLIENT, FLOW.target))


def test_a_change_is_what_was_and_what_is() -> None:
    """Each node's time ends with the last probe that fared as before."""
    watch = watched(batch(FIRST), [batch(FIRST), batch(SECOND)], batch(SECOND))
    outcome, followed = convergence(FLOW, watch, fates_of(watch))
    assert outcome == Changed(FIRST, SECOND)
    # Of the rounds behind the write the last one to the old endpoint, counted from the write.
    assert followed == tuple(Followed(node, (ROUNDS * ROUND_NS + 50_000) / 1e9) for node in NODES)


@pytest.mark.parametrize(
    ("before", "after", "rounds"),
    [
        pytest.param(FIRST, BOTH, ROUNDS + 1, id="one more: until the first probe that reaches it"),
        pytest.param(BOTH, FIRST, ROUNDS - 1, id="one less: until the last probe that reached it"),
        pytest.param(FIRST, SECOND, ROUNDS - 1, id="another: until the last probe to the old one"),
    ],
)
def test_the_time_is_that_of_what_tells_old_from_new(before: Outcome, after: Outcome, rounds: int) -> None:
    """What both have in common says nothing. Probes take turns, so each endpoint of two has every other."""
    followed = followed_by(watched(batch(before), [batch(before), batch(after)], batch(after)))
    assert {round(each.seconds * 1e9 / ROUND_NS) for each in followed} == {rounds + 1}


def test_a_change_that_is_there_before_the_api_has_answered_took_no_time() -> None:
    """There is no negative time."""
    followed = followed_by(watched(batch(FIRST), [batch(SECOND)], batch(SECOND)))
    assert {each.seconds for each in followed} == {0}


def test_a_change_can_be_too_late() -> None:
    """Beyond the bound it is another outcome, which says so."""
    late = watched(batch(FIRST), [batch(FIRST)], batch(SECOND), pause_ns=(BOUND_SECONDS + 1) * 10**9)
    assert judged(late) == Changed(FIRST, SECOND, in_time=False)
    assert "later than is documented" in str(judged(late))


@pytest.mark.parametrize(
    "strange", [Dropped(), Forwarded(Place.ROUTER), Refused(C, ICMP), delivered(Place.POD_A2, source=Kept())]
)
def test_nothing_else_may_be_in_between(strange: Steady) -> None:
    """One probe of one sender that fares otherwise is enough; what a change may pass through is said beforehand."""
    one: Batch = [canned_traces(FLOW, strange, 1, LAB.facts())]
    watch = watched(batch(FIRST), [batch(FIRST), one, batch(SECOND)], batch(SECOND))
    assert isinstance(judged(watch), Unstable)
    assert judged(watch, [strange]) == Changed(FIRST, SECOND)


def lost(watch: Watch) -> Watch:
    """The watch, with sentinels lost behind all that is silent in it."""
    return replace(watch, traces=tuple(replace(trace, sentinels_lost=True) for trace in watch.traces))


def test_where_sentinels_are_lost_the_silence_of_a_change_is_lost() -> None:
    """What came back before it is told all the same."""
    watch = watched(batch(FIRST), [batch(FIRST), batch(Dropped())], batch(Dropped()))
    assert judged(lost(watch)) == Changed(FIRST, Lost(Dropped()))


def test_lost_answers_are_told_as_the_own_sender_would_see_it() -> None:
    """Where they arrived, and which node masqueraded them, as of what is not lost."""
    arrivals = [frozenset({Arrival(A1, 8080, Masqueraded(flow.sender.node))}) for flow in FLOWS]
    after = [
        canned_traces(flow, Unanswered(each), ROUNDS, LAB.facts())
        for flow, each in zip(FLOWS, arrivals, strict=True)
    ]
    own = frozenset({Arrival(A1, 8080, Masqueraded(FLOW.sender.node))})
    watch = watched(batch(FIRST), [batch(FIRST), after], after)
    assert judged(watch) == Changed(FIRST, Unanswered(own))
    assert judged(lost(watch)) == Changed(FIRST, Lost(Unanswered(own)))


def test_what_was_before_may_not_come_back() -> None:
    """A node that has followed stays so."""
    watch = watched(batch(FIRST), [batch(SECOND), batch(FIRST), batch(SECOND)], batch(SECOND))
    assert isinstance(judged(watch), Unstable)


def test_nodes_follow_each_in_its_own_time() -> None:
    """That one node has followed and another has not is no turning back."""
    first, second = batch(FIRST), batch(SECOND)
    mixed = [first[0], second[1], second[2]]
    watch = watched(first, [mixed, second], second)
    outcome, followed = convergence(FLOW, watch, fates_of(watch))
    assert outcome == Changed(FIRST, SECOND)
    assert [each.seconds > 0 for each in followed] == [True, False, False]


def test_probes_that_disagree_before_or_after_are_unstable() -> None:
    """Before and after a change, an outcome is as steady as any."""
    half: Batch = [*batch(FIRST)[:2], *batch(Dropped())[2:]]
    assert isinstance(judged(watched(half, [batch(SECOND)], batch(SECOND))), Unstable)
    assert isinstance(judged(watched(batch(FIRST), [batch(SECOND)], half)), Unstable)


def test_each_sender_has_its_own_node_in_its_outcome() -> None:
    """An outcome is told as the claim's own sender would see it; a refusal by another's node is another outcome."""
    watch = watched(batch(FIRST), [batch(FIRST), batch()], batch())
    assert judged(watch) == Changed(FIRST, Refused(C, ICMP))
    by_c = batch(Refused(C, ICMP))
    unsteady = judged(watched(batch(FIRST), [by_c], by_c))
    assert isinstance(unsteady, Unstable)
    assert {each.outcome for each in unsteady.history} == {FIRST, Refused(C, ICMP)}, "told as it was seen"
    masqueraded = [
        canned_traces(flow, delivered(A1, source=Masqueraded(flow.sender.node)), ROUNDS, LAB.facts())
        for flow in FLOWS
    ]
    assert judged(watched(masqueraded, [batch()], batch())) == Changed(
        delivered(A1, source=Masqueraded(C)), Refused(C, ICMP)
    )


def test_one_node_that_masquerades_is_named() -> None:
    """Not the claim's own, which stands for all where they do alike."""
    b = Place.WORKER_B
    fates = [delivered(A1, source=Masqueraded(b) if flow.sender.node is b else Kept()) for flow in FLOWS]
    before = [canned_traces(flow, each, ROUNDS, LAB.facts()) for flow, each in zip(FLOWS, fates, strict=True)]
    outcome = judged(watched(before, [batch()], batch()))
    assert isinstance(outcome, Unstable)
    assert delivered(A1, source=Masqueraded(b)) in {each.outcome for each in outcome.history}


def test_a_change_is_observed_while_it_is_made() -> None:
    """The cluster watches while the claim's change is made, and what each node took is kept."""
    cluster = a_cluster()
    cluster.set_services([ECHO])
    cluster.asked.clear()
    live = Live(cluster, (), lambda: cluster.asked.append("change"))
    assert live.observe_change(FLOW) == Changed(BOTH, BOTH)
    assert cluster.asked == [*["send 4"] * 3, "change", *["send 4"] * 3]
    [observation] = live.observations
    assert [each.node for each in observation.followed] == list(NODES)
