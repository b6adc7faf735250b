"""A lab that lies is found out: by a claim with a name, whatever it lies about."""

from collections.abc import Callable, Mapping
from functools import cache

import pytest

from conformance.arranged import Arranged
from conformance.live import Live, Observation
from conformance.outcome import Balanced, ChosenAnew, Dropped, Outcome
from conformance.requirements import REQUIREMENTS
from conformance.results import Verdict
from conformance.verdict import verdict_of
from lab.api import Cluster
from lab.model import Creation
from lab.profiles import PROFILES, Profile
from tests.oracle.lies import Lie
from tests.oracle.literal_claims import LiteralClaim, literal_claims
from tests.oracle.lying_lab import LyingLab
from tests.oracle.said import recorded, said_of

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
    Lie.NETWORK_GONE: "cip-basic.pod_beside_an_endpoint",
    Lie.REFUSED: "etpl-noloc.node_port",
    Lie.FORWARDED: "lb-cluster.pod",
    Lie.FLAPPING: "net-pod.tcp_across_nodes",
    Lie.UNEVEN: "dist-random.two",
    Lie.AFFINITY_LOST: "aff-shared.cluster_ip_then_node_port",
    Lie.UNEVEN_CLIENTS: "aff-spread.cluster_ip",
    Lie.AFFINITY_OF_ONE_ENDPOINT: "aff-timeout.udp_by_node_port",
    Lie.AFFINITY_NOT_RENEWED: "aff-timeout.counted_from_the_last_connection",
    Lie.AFFINITY_FOR_EVER: "aff-timeout.tcp_by_cluster_ip",
    Lie.WRONG_MASQUERADE: "np-cluster.outside_to_second_node",
    Lie.EVERY_ENDPOINT_HEALTHY: "hcnp.node_without_endpoint",
    Lie.NODES_UNNOTICED: "healthz.node_to_be_deleted",
    Lie.API_CONTRARY: "api-np.taken",
    Lie.LATE: "cip-hairpin.endpoint_among_others",
    Lie.MOVED: "ct-tcp.unready_cluster_ip",
    Lie.STALE: "ct-udp-del.cluster_ip",
    Lie.SLOW: "conv-endpoints.one_more",
    Lie.RETURNING: "conv-endpoints.last_one_gone",
    Lie.BETWEEN: "conv-endpoints.one_less",
    Lie.IN_PIECES: "net-mtu.as_large_as_the_mtu",
    Lie.ARP_BETWEEN_NODES: "net-arp.tcp_from_first_node_to_second",
    Lie.ARP_IN_THE_POD: "net-arp.tcp_on_one_node",
    Lie.ARP_UNSEEN: "net-arp.udp_from_third_node_to_first",
}
"""For each lie a claim that notices it."""

profiles = pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.name)


@cache
def honest_lab(profile: Profile) -> tuple[LyingLab, Arranged]:
    """A lab that does not lie, to be arranged for one claim after another."""
    lab = LyingLab(profile)
    return lab, Arranged(lab)


def observations(cluster: Cluster) -> Mapping[str, Observation]:
    """What each claim observes in a lab, by its id."""
    arranged, observed = Arranged(cluster), {}
    for claim in literal_claims():
        arrange(claim, arranged, Live(cluster))
        observed[claim.id] = claim.observe(cluster, changing(claim, arranged))
    return observed


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
def honest_observations(profile: Profile) -> Mapping[str, Observation]:
    """What is observed in a lab that does not lie."""
    return observations(LyingLab(profile))


def verdict_on(claim: LiteralClaim, observation: Observation, profile: Profile) -> Verdict:
    """What a claim says of an observation."""
    return verdict_of(claim.expect, observation.outcome, recorded(claim, profile))


@cache
def verdicts_under(lie: Lie, profile: Profile) -> Mapping[str, Verdict]:
    """The verdicts on claims for which this lie changes a packet."""
    told, honest = observations(LyingLab(profile, lie)), honest_observations(profile)
    return {
        claim.id: verdict_on(claim, told[claim.id], profile)
        for claim in literal_claims()
        if _seen(told[claim.id]) != _seen(honest[claim.id])
        if concerns(lie, claim, said_of(claim, profile))
    }


def _seen(observation: Observation) -> object:
    """The packets of an observation, and who was asked for by ARP; or what the API answered."""
    return (observation.traces, observation.requests) if observation.traces else observation.outcome


def concerns(lie: Lie, claim: LiteralClaim, truth: Outcome) -> bool:
    """Whether a claim minds: shares or hops are what some are about; who is to choose anew has no affinity to lose."""
    match lie:
        case Lie.UNEVEN | Lie.UNEVEN_CLIENTS:
            return isinstance(truth, Balanced)
        case Lie.AFFINITY_LOST:
            return not isinstance(truth, ChosenAnew | Balanced)
        case Lie.AFFINITY_FOR_EVER | Lie.AFFINITY_OF_ONE_ENDPOINT:
            return isinstance(truth, ChosenAnew)
        case Lie.IN_PIECES:
            return claim.id.startswith(("net-way.", "net-mtu."))
        case _:
            return True


@profiles
@pytest.mark.parametrize("claim", literal_claims(), ids=lambda claim: claim.id)
def test_what_is_fabricated_is_judged_as_what_is_documented(claim: LiteralClaim, profile: Profile) -> None:
    """From the oracle's outcome to packets and back by judging them, nothing is lost."""
    lab, arranged = honest_lab(profile)
    arrange(claim, arranged, Live(lab))
    assert claim.observe(lab, changing(claim, arranged)).outcome == said_of(claim, profile)


@profiles
def test_every_claim_is_satisfied_by_the_truth(profile: Profile) -> None:
    """Where nobody lies, no claim fails."""
    honest = honest_observations(profile)
    verdicts = {claim.id: verdict_on(claim, honest[claim.id], profile) for claim in literal_claims()}
    assert {name: it for name, it in verdicts.items() if it not in SOUND} == {}


def awaits_a_drop(claim: LiteralClaim, profile: Profile) -> bool:
    """Whether a claim expects probes to vanish: where all do, that is as expected, if only it could be proven."""
    return said_of(claim, profile) == Dropped()


@profiles
def test_where_the_network_is_gone_silence_is_no_verdict(profile: Profile) -> None:
    """A claim of silence does not pass, nor does it fail; any other claim that sends packets fails."""
    verdicts = verdicts_under(Lie.NETWORK_GONE, profile)
    silent = {claim.id for claim in literal_claims() if awaits_a_drop(claim, profile)}
    assert silent
    assert {name for name, verdict in verdicts.items() if verdict is Verdict.LAB_ERROR} == silent
    assert {name for name, verdict in verdicts.items() if verdict is not Verdict.FAIL} == silent


@profiles
def test_a_network_that_is_gone_is_noticed_by_every_family(profile: Profile) -> None:
    """Of each family that sends packets some claim fails by its name."""
    failed = {
        REQUIREMENTS[name.partition(".")[0]].family
        for name, verdict in verdicts_under(Lie.NETWORK_GONE, profile).items()
        if verdict is Verdict.FAIL
    }
    creations = {claim.id for claim in literal_claims() if isinstance(claim.flow.target, Creation)}
    packets = {claim.id.partition(".")[0] for claim in literal_claims() if claim.id not in creations}
    assert failed == {REQUIREMENTS[requirement].family for requirement in packets}


@profiles
@pytest.mark.parametrize("lie", Lie)
def test_no_claim_passes_under_a_lie_that_concerns_it(lie: Lie, profile: Profile) -> None:
    """A claim notices every lie that changes a packet of its flow."""
    verdicts = verdicts_under(lie, profile)
    untold = {claim.id for claim in literal_claims() if awaits_a_drop(claim, profile)}
    allowed = untold if lie is Lie.NETWORK_GONE else set()
    passed = {name for name, verdict in verdicts.items() if verdict not in FOUND_OUT} - allowed
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
