"""A lab that lies is found out: by a claim with a name, whatever it lies about."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import pytest

from conformance.arranged import Arranged
from conformance.convergence import convergence, from_every_node
from conformance.judging import judge
from conformance.live import Live, endpoints_of
from conformance.outcome import Balanced, Changed, Outcome
from conformance.results import Verdict
from conformance.spread import spread, stuck_if_affine
from conformance.verdict import verdict_of
from lab.api import Cluster
from lab.model import Facts, Trace, Watch
from lab.profiles import PROFILES, Profile
from tests.oracle.lies import Lie
from tests.oracle.literal_claims import LiteralClaim, literal_claims
from tests.oracle.lying_lab import LyingLab
from tests.oracle.said import recorded, said_of

PROBES_EACH = 4
SOUND = (Verdict.PASS, Verdict.KNOWN_DIFFERENCE)
FOUND_OUT = (Verdict.FAIL, Verdict.STALE_DIFFERENCE)

NAMED = {
    Lie.WRONG_ENDPOINT: "cip-basic.pod_on_another_node",
    Lie.MISSING_ENDPOINT: "cip-node.node_without_endpoint",
    Lie.EXTRA_ENDPOINT: "itp-local.pod",
    Lie.WRONG_PORT: "cip-ports.name_that_differs_between_pods",
    Lie.MASQUERADED: "etpl-ext.node_port",
    Lie.UNMASQUERADED: "np-cluster.outside_to_first_node",
    Lie.WRONG_ANSWER_ADDRESS: "cip-ext.via_node_of_an_endpoint",
    Lie.DROPPED: "noep-cip.from_pod",
    Lie.REFUSED: "etpl-noloc.node_port",
    Lie.FORWARDED: "lb-cluster.pod",
    Lie.FLAPPING: "net-pod.tcp_across_nodes",
    Lie.LATE: "cip-hairpin.endpoint_among_others",
    Lie.MOVED: "ct-tcp.unready_cluster_ip",
    Lie.STALE: "ct-udp-del.cluster_ip",
    Lie.SLOW: "conv-endpoints.one_more",
    Lie.RETURNING: "conv-endpoints.last_one_gone",
    Lie.BETWEEN: "conv-endpoints.one_less",
}
"""For each lie a claim that notices it."""

profiles = pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.name)


@dataclass(frozen=True, slots=True)
class Batch:
    """What a lab sent for a claim, and its addresses at the time. watch: of a claim about a change."""

    traces: Sequence[Trace]
    facts: Facts
    watch: Watch | None = None


@cache
def honest_lab(profile: Profile) -> tuple[LyingLab, Arranged]:
    """A lab that does not lie, to be arranged for one claim after another."""
    lab = LyingLab(profile)
    return lab, Arranged(lab)


def batches(cluster: Cluster) -> Mapping[str, Batch]:
    """What a lab sends for each claim, by its id."""
    arranged, sent = Arranged(cluster), {}
    for claim in literal_claims():
        arrange(claim, arranged, Live(cluster))
        if claim.before is not None:
            watch = cluster.watch(from_every_node(claim.flow), changing(claim, arranged))
            sent[claim.id] = Batch(watch.traces, cluster.facts(), watch)
            continue
        count = PROBES_EACH * max(2, endpoints_of(claim.flow))
        sent[claim.id] = Batch(cluster.send(claim.flow, count), cluster.facts())
    return sent


def arrange(claim: LiteralClaim, arranged: Arranged, live: Live) -> None:
    """Does what a run does before a claim is observed."""
    for when in claim.past[:1]:
        arranged.arrange(claim.services, when)
        live.open(claim.flow)
    for when in claim.past[1:]:
        arranged.arrange(claim.services, when)
        live.go_on(claim.flow)
    arranged.arrange(claim.services, claim.when if claim.before is None else claim.before)


def changing(claim: LiteralClaim, arranged: Arranged) -> Callable[[], None]:
    """The change that a claim observes."""
    return lambda: arranged.arrange(claim.services, claim.when)


@cache
def honest_batches(profile: Profile) -> Mapping[str, Batch]:
    """What a lab sends that does not lie."""
    return batches(LyingLab(profile))


def verdict_on(claim: LiteralClaim, batch: Batch, profile: Profile) -> Verdict:
    """What a claim says of a batch."""
    traces, facts = batch.traces, batch.facts
    if batch.watch is not None:
        return verdict_of(
            claim.expect, convergence(claim.flow, batch.watch, facts)[0], recorded(claim, profile)
        )
    outcome: Outcome = stuck_if_affine(claim.flow, claim.when, judge(traces, facts))
    if isinstance(claim.expect, Balanced):
        outcome = spread(outcome, traces, facts, endpoints_of(claim.flow))
    return verdict_of(claim.expect, outcome, recorded(claim, profile))


@cache
def verdicts_under(lie: Lie, profile: Profile) -> Mapping[str, Verdict]:
    """The verdicts on claims for which this lie changes a packet."""
    told, honest = batches(LyingLab(profile, lie)), honest_batches(profile)
    return {
        claim.id: verdict_on(claim, told[claim.id], profile)
        for claim in literal_claims()
        if told[claim.id].traces != honest[claim.id].traces
    }


@profiles
@pytest.mark.parametrize("claim", literal_claims(), ids=lambda claim: claim.id)
def test_what_is_fabricated_is_judged_as_what_is_documented(claim: LiteralClaim, profile: Profile) -> None:
    """From the oracle's outcome to packets and back by judging them, nothing is lost."""
    lab, arranged = honest_lab(profile)
    live = Live(lab, claim.when, changing(claim, arranged))
    arrange(claim, arranged, live)
    match claim.expect:
        case Balanced():
            observed = live.observe_spread(claim.flow)
        case Changed():
            observed = live.observe_change(claim.flow)
        case _:
            observed = live.observe(claim.flow)
    assert observed == said_of(claim, profile)


@profiles
def test_every_claim_is_satisfied_by_the_truth(profile: Profile) -> None:
    """Where nobody lies, no claim fails."""
    honest = honest_batches(profile)
    verdicts = {claim.id: verdict_on(claim, honest[claim.id], profile) for claim in literal_claims()}
    assert {name: it for name, it in verdicts.items() if it not in SOUND} == {}


@profiles
@pytest.mark.parametrize("lie", Lie)
def test_no_claim_passes_under_a_lie_that_concerns_it(lie: Lie, profile: Profile) -> None:
    """A claim notices every lie that changes a packet of its flow."""
    verdicts = verdicts_under(lie, profile)
    passed = {name for name, verdict in verdicts.items() if verdict not in FOUND_OUT}
    assert passed == set()
    assert verdicts[NAMED[lie]] in FOUND_OUT


def test_every_lie_is_caught_by_a_claim_that_has_a_name() -> None:
    """No lie is missing in the table."""
    assert set(NAMED) == set(Lie)


@profiles
def test_every_claim_notices_some_lie(profile: Profile) -> None:
    """There is no claim that nothing could make fail."""
    noticed = {
        name for lie in Lie for name, verdict in verdicts_under(lie, profile).items() if verdict in FOUND_OUT
    }
    assert noticed == {claim.id for claim in literal_claims()}
