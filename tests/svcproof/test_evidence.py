"""From an observation to what a report shows: words, counts, and one way per outcome."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from conformance.live import Live, Observation, Plan
from conformance.outcome import (
    Answered,
    Delivered,
    Dropped,
    Fate,
    Forwarded,
    Kept,
    Outcome,
    Refused,
    Unstable,
    delivered,
)
from lab.errors import LabError
from lab.model import (
    ClusterIP,
    Creation,
    ExternalIP,
    Flow,
    LoadBalancerIP,
    NodePort,
    OtherPort,
    Place,
    PodIP,
    ProxyHealth,
    Refusal,
    Service,
    ServicePort,
    Target,
    Trace,
    Transport,
)
from svcproof.evidence import batch_record, flow_record, steps, target_words, ways, ways_of_probes
from tests.oracle.fabricated import fabricated
from tests.oracle.topology import facts_of
from tests.svcproof.fake_lab import FakeCluster, a_cluster
from tests.traffic.recording import replay_one

A1, B1 = Place.POD_A1, Place.POD_B1
ECHO = Service(name="echo", endpoints=(A1, B1), ports=(ServicePort("http", 80),))
FLOW = Flow(Place.POD_A2, ClusterIP(ECHO, "http"))
BOTH = delivered(A1, B1, source=Kept())
REFUSED = Refused(Place.WORKER_A, Refusal.PORT_UNREACHABLE)


def observed(outcome: Outcome, flow: Flow = FLOW) -> Observation:
    """What was observed of a flow in a lab that answers so."""
    cluster = a_cluster(echo=outcome)
    cluster.set_services([ECHO])
    live = Live(cluster)
    assert live.observe(flow) == outcome or isinstance(outcome, Unstable)
    [observation] = live.observations
    return observation


def test_what_cannot_be_judged_has_a_way_too() -> None:
    """An answer without any arrival is no observation: what was captured says where to look, in the error's words."""
    found = observed(delivered(A1, source=Kept()))
    [trace, *_] = found.traces
    vanished = replace(trace, sightings=tuple(each for each in trace.sightings if each.place is not A1))

    class Torn(FakeCluster):
        def send(self, flow: Flow, count: int) -> Sequence[Trace]:
            return [vanished, *super().send(flow, count)]

    cluster = Torn(a_cluster().profile)
    cluster.set_services([ECHO])
    live = Live(cluster)
    with pytest.raises(LabError, match="seen to arrive at no echo"):
        live.observe(FLOW)
    assert live.observations == ()
    assert live.captured is not None
    untold, *told = sorted(ways_of_probes(live.captured), key=lambda way: way.probes)
    assert untold.outcome.startswith("not to be told: a probe from pod-a2 to 198.51.100.1 was answered")
    assert [step.place for step in untold.steps] == ["pod-a2", "pod-a2"]
    assert sum(way.probes for way in told) == 21


@pytest.mark.parametrize(
    ("target", "words"),
    [
        (ClusterIP(ECHO, "http"), "cluster IP of echo, port http"),
        (LoadBalancerIP(ECHO, "http"), "load balancer IP of echo, port http"),
        (ExternalIP(ECHO, "http"), "external IP of echo, port http"),
        (PodIP(B1, 8080, Transport.TCP), "pod-b1, port 8080"),
        (PodIP(B1, 0, Transport.ICMP), "pod-b1"),
        (OtherPort(ClusterIP(ECHO, "http"), Transport.UDP), "cluster IP of echo, the number of port http"),
        (OtherPort(ClusterIP(ECHO, "http"), Transport.TCP, 1), "cluster IP of echo, 1 behind port http"),
    ],
)
def test_a_target_in_words(target: Target, words: str) -> None:
    """As a reader says it; a port only where there is one."""
    assert target_words(target) == words


def test_a_node_port_names_its_node() -> None:
    """The node that is asked is part of the target."""
    words = target_words(NodePort(ECHO, "http", Place.WORKER_B))
    assert words.startswith("node port of echo, port http")
    assert words.endswith("worker-b")


def test_a_flow_has_addresses_once_it_was_sent() -> None:
    """Words before, and the address that the lab allotted after."""
    before, after = flow_record(FLOW), flow_record(FLOW, observed(BOTH))
    assert (before.sender, before.transport, before.via, before.address) == ("pod-a2", "TCP", "", "")
    assert after.address == "198.51.100.1:80"
    assert flow_record(Flow(Place.CLIENT, FLOW.target, via=Place.WORKER_C)).via == "worker-c"


def test_a_batch_is_counted_by_where_probes_ended() -> None:
    """Every probe is counted once, at its endpoint; the bound of a false alarm goes with it."""
    batch = batch_record(observed(BOTH))
    assert (batch.size, dict(batch.counts)) == (21, {"pod-a1:8080": 11, "pod-b1:8080": 10})
    assert 0 < batch.false_alarm <= 1e-6
    assert batch.reason


@pytest.mark.parametrize("outcome", [Dropped(), REFUSED, Forwarded(Place.ROUTER)], ids=lambda it: it.kind)
def test_what_did_not_arrive_is_counted_by_its_fate(outcome: Outcome) -> None:
    """All probes under the words of the outcome."""
    assert dict(batch_record(observed(outcome)).counts) == {str(outcome): 21}


def test_there_is_one_way_for_each_outcome() -> None:
    """A batch that disagrees shows a probe of each fate, and how many had it."""
    found = ways(observed(Unstable((Fate(BOTH, 2), Fate(REFUSED, 1)))))
    assert sorted(way.probes for way in found) == [7, 7, 7]
    assert len({way.outcome for way in found}) == 3
    assert all("TCP" in way.summary and way.steps for way in found)


def test_a_way_is_told_step_by_step() -> None:
    """A recorded probe: microseconds from its first sighting, places, addresses, tunnels."""
    found = steps(replay_one("pod-far-tcp").sightings)
    assert (found[0].time_us, found[0].place, found[0].part, found[0].packet) == (
        0,
        "pod-a2",
        "probe",
        "TCP SYN",
    )
    assert [step.time_us for step in found] == sorted(step.time_us for step in found)
    assert {step.packet for step in found} == {"TCP SYN", "TCP SYN-ACK"}
    assert any(step.tunnel.endswith("172.18.0.11 > 172.18.0.12") for step in found)
    assert found[-1].destination.startswith("10.244.1.3:")


def test_a_refusal_says_how() -> None:
    """The packet of a refusal is its kind, without a port."""
    last = steps(replay_one("pod-refused-udp").sightings)[-1]
    assert (last.part, last.packet) == ("refusal", "ICMP port unreachable")


def test_nothing_seen_is_no_step() -> None:
    """A probe that its sender's kernel refused has no way."""
    assert steps(()) == ()
    assert isinstance(BOTH, Delivered)


def test_a_request_to_the_api_is_counted_once() -> None:
    """It has no packets, and its outcome stands for it."""
    live = Live(a_cluster())
    flow = Flow(Place.CLIENT, Creation(ECHO, (("type", "Nonsense"),)))
    live.create(flow)
    [observation] = live.observations
    batch = batch_record(observation)
    assert (batch.size, batch.counts, ways(observation)) == (1, {"accepted by the API": 1}, ())
    assert flow_record(flow, observation).target == "the API: create the Service echo, type Nonsense"
    assert flow_record(flow, observation).address == "198.51.100.253:6443"


def test_a_request_over_http_is_shown_by_its_first_line() -> None:
    """Its segments are said to be of the request or of the answer; only probes are an opening alone."""
    flow, facts = Flow(Place.CLIENT, ProxyHealth(Place.WORKER_A)), facts_of(())
    trace = fabricated(flow, Answered(200), facts)
    [way] = ways(Observation(flow, Plan("", 0.0), [trace], facts, Answered(200), 0.0, (Answered(200),)))
    assert (way.outcome, way.summary) == ("answered with HTTP status 200", "GET / HTTP/1.1")
    assert [step.packet for step in way.steps] == ["TCP, of the request"] * 2 + ["TCP, of the answer"] * 2
