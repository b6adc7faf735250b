"""What a scenario may do with a lab: observe, and nothing that could make an observation better than it was."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from conformance.arranged import Arranged
from conformance.live import Live
from conformance.outcome import Accepted, Dropped, Kept, Rejected, delivered
from conformance.statistics import FEWEST, probes_to_see_every
from lab.api import ApiAnswer
from lab.errors import LabError
from lab.model import (
    Circumstance,
    ClusterIP,
    Creation,
    Flow,
    NodeIs,
    NodeState,
    Place,
    PodIP,
    PodIs,
    PodState,
    ProxyHas,
    Service,
    ServiceIs,
    ServicePort,
    Trace,
    Transport,
)
from tests.svcproof.fake_lab import FakeCluster, a_cluster

A1, B1 = Place.POD_A1, Place.POD_B1
ECHO = Service(name="echo", endpoints=(A1, B1), ports=(ServicePort("http", 80),))
FLOW = Flow(Place.POD_A2, ClusterIP(ECHO, "http"))
NOT_READY, GONE = PodIs(A1, PodState.NOT_READY), PodIs(B1, PodState.GONE)
MOVED = NodeIs(Place.WORKER_C, NodeState.IN_OTHER_ZONE)
MASQUERADING = ProxyHas(masquerade_all=True)


@pytest.fixture
def cluster() -> FakeCluster:
    """A cluster with the Service, which has forgotten how that was asked for."""
    made = a_cluster()
    made.set_services([ECHO])
    made.asked.clear()
    return made


def test_an_observation_is_kept_whole(cluster: FakeCluster) -> None:
    """The outcome of a batch, and with it the flow, every trace and the addresses of that time."""
    live = Live(cluster)
    outcome = live.observe(FLOW)
    assert outcome == delivered(A1, B1, source=Kept())
    [kept] = live.observations
    assert (kept.flow, kept.outcome, len(kept.traces)) == (FLOW, outcome, probes_to_see_every(2))
    assert str(kept.facts.cluster_ip(ECHO)) == "198.51.100.1"


def test_a_batch_is_large_enough_for_its_endpoints(cluster: FakeCluster) -> None:
    """Two endpoints need 21 probes; a pod's own address needs the fewest."""
    live = Live(cluster)
    live.observe(FLOW)
    live.observe(Flow(Place.POD_A2, PodIP(B1, 8080, Transport.UDP)))
    assert cluster.asked == ["send 21", f"send {FEWEST}"]


def test_nothing_is_retried() -> None:
    """An outcome that differs is sent for once, and kept like any other."""
    cluster = a_cluster(echo=Dropped())
    cluster.set_services([ECHO])
    live = Live(cluster)
    assert live.observe(FLOW) == Dropped()
    assert [asked for asked in cluster.asked if asked.startswith("send")] == ["send 21"]
    assert len(live.observations) == 1


def test_what_the_lab_cannot_tell_is_no_observation() -> None:
    """LabError goes through, and nothing is kept."""

    class Silent(FakeCluster):
        def send(self, flow: Flow, count: int) -> Sequence[Trace]:
            raise LabError(f"{count} probes of {flow.sender} were seen nowhere")

    live = Live(Silent(a_cluster().profile))
    with pytest.raises(LabError, match="seen nowhere"):
        live.observe(FLOW)
    assert live.observations == ()


def test_circumstances_change_by_their_difference(cluster: FakeCluster) -> None:
    """Only what differs from the claim before is changed; what is no longer named is as at first."""
    arranged = Arranged(cluster)
    for when in [(), (NOT_READY,), (NOT_READY,), (NOT_READY, GONE), (GONE,), ()]:
        arranged.arrange([], when)
    assert cluster.asked == [
        f"{A1} {PodState.NOT_READY}",
        f"{B1} {PodState.GONE}",
        f"{A1} {PodState.READY}",
        f"{B1} {PodState.READY}",
    ]


def test_services_are_given_to_pods_that_are_ready(cluster: FakeCluster) -> None:
    """Other Services are set once; pods are ready for that, and then become what the claim says."""
    arranged = Arranged(cluster)
    arranged.arrange([ECHO], ())
    arranged.arrange([ECHO], (NOT_READY,))
    arranged.arrange([], (NOT_READY,))
    assert cluster.asked == [
        "services echo",
        f"{A1} {PodState.NOT_READY}",
        f"{A1} {PodState.READY}",
        "services ",
        f"{A1} {PodState.NOT_READY}",
    ]


def test_the_proxy_is_configured_by_difference(cluster: FakeCluster) -> None:
    """kube-proxy is restarted for another configuration, and for its defaults again."""
    arranged = Arranged(cluster)
    for when in [(), (MASQUERADING,), (MASQUERADING, NOT_READY), ()]:
        arranged.arrange([], when)
    assert [asked.split()[0] for asked in cluster.asked] == ["proxy", A1, A1, "proxy"]


def test_services_and_proxies_find_nodes_as_they_were_made(cluster: FakeCluster) -> None:
    """Other Services, and a kube-proxy that starts, find nodes as at first; then these become what the claim says."""
    arranged = Arranged(cluster)
    for services, when in [([], (MOVED,)), ([ECHO], (MOVED,)), ([ECHO], (MOVED, MASQUERADING))]:
        arranged.arrange(services, when)
    there, back = f"{MOVED.node} {MOVED.state}", f"{MOVED.node} {NodeState.AS_MADE}"
    assert cluster.asked == [there, back, "services echo", there, back, cluster.asked[5], there]
    assert cluster.asked[5].startswith("proxy")


def test_what_the_api_answers_is_an_outcome() -> None:
    """201 is accepted; anything else is rejected, with what the API said. No packets bear it out."""

    class Refusing(FakeCluster):
        def create(self, flow: Flow) -> ApiAnswer:
            super().create(flow)
            return ApiAnswer(422, "Invalid", ("spec.type",))

    asked = Flow(Place.CLIENT, Creation(ECHO))
    accepting, refusing = Live(a_cluster()), Live(Refusing(a_cluster().profile))
    assert accepting.create(asked) == Accepted()
    assert refusing.create(asked) == Rejected(("spec.type",), 422, "Invalid")
    [kept] = refusing.observations
    assert (kept.flow, kept.traces, str(kept.outcome)) == (
        asked,
        (),
        "rejected by the API as Invalid (422) for spec.type",
    )


def test_a_service_changes_by_difference_and_back_before_others_are_given(cluster: FakeCluster) -> None:
    """A Service that a claim wants otherwise is changed or deleted; unnamed, it is as given."""
    arranged = Arranged(cluster)
    arranged.arrange([ECHO], ())
    deleted, other = ServiceIs(ECHO, None), ServiceIs(ECHO, replace(ECHO, endpoints=(A1,)))
    for services, when in [([ECHO], (deleted,)), ([ECHO], (deleted,)), ([ECHO], (other,)), ([], ())]:
        arranged.arrange(services, when)
    assert cluster.asked == ["services echo", "echo deleted", "echo changed", "echo changed", "services "]


def test_pods_come_back_before_services_change_and_go_after(cluster: FakeCluster) -> None:
    """What changes of endpoints last, changes behind Services: kube-proxy sees the two in no order of its own."""
    arranged = Arranged(cluster)
    steps: list[tuple[Circumstance, ...]] = [(NOT_READY, GONE), (ServiceIs(ECHO, None), GONE), (NOT_READY,)]
    for when in steps:
        arranged.arrange([ECHO], when)
    assert cluster.asked[3:] == [
        f"{A1} {PodState.READY}",
        "echo deleted",
        f"{B1} {PodState.READY}",
        "echo changed",
        f"{A1} {PodState.NOT_READY}",
    ]


def test_what_goes_back_is_awaited_together(cluster: FakeCluster) -> None:
    """With the Services that are given then; what a claim itself changes is awaited each by itself.

    A Service that is to be deleted must have been in the rules.
    """
    arranged = Arranged(cluster)
    deleted = ServiceIs(ECHO, None)
    for services, when in [([ECHO], (deleted, NOT_READY)), ([ECHO], ()), ([ECHO], (deleted, GONE)), ([], ())]:
        arranged.arrange(services, when)
    ready, back = f"{A1} {PodState.READY}", f"{B1} {PodState.READY}"
    given, changed = "services echo", "echo changed"
    assert cluster.together == [(given,), (ready, changed), (back, changed, "services ")]


def test_a_change_that_fails_leaves_services_unknown(cluster: FakeCluster) -> None:
    """After a change that did not succeed, the Services are set anew."""

    class Failing(FakeCluster):
        def change_service(self, name: str, now: Service | None) -> None:
            raise LabError(f"{name} could not be made {now}")

    failing = Failing(cluster.profile)
    arranged = Arranged(failing)
    with pytest.raises(LabError):
        arranged.arrange([ECHO], (ServiceIs(ECHO, None),))
    arranged.arrange([ECHO], ())
    assert failing.asked == ["services echo", "services echo"]


def test_an_open_flow_carries_packets_before_it_is_observed(cluster: FakeCluster) -> None:
    """TCP is connected first; of one flow a few probes are enough, however many endpoints there are."""
    live, over_tcp = Live(cluster), replace(FLOW, source_port=61_000)
    live.open(over_tcp)
    live.go_on(over_tcp)
    live.observe(over_tcp)
    assert cluster.asked == ["connect 61000", "send 3", "send 3", f"send {FEWEST}"]
    assert len(live.observations) == 1
