"""Flows that share a past are opened together, and never where anything came between that is not of their story."""

from dataclasses import replace

import pytest

from conformance.arranged import Arranged
from conformance.live import Live
from conformance.open_flows import OpenFlows, Story
from lab.errors import DaemonDied, LabError, NotReady
from lab.model import ClusterIP, Flow, Place, PodIP, PodIs, PodState, Service, ServicePort, Transport
from lab.profiles import profile_named
from tests.svcproof.fake_lab import FakeCluster

ECHO = Service(name="echo", endpoints=(Place.POD_A1, Place.POD_B1), ports=(ServicePort("http", 80),))
ONE, TWO, THREE = (
    Flow(Place.POD_C1, ClusterIP(ECHO, "http"), source_port=port) for port in (61001, 61002, 61003)
)
UNREADY = (PodIs(Place.POD_A1, PodState.NOT_READY),)
STORY = Story((ECHO,), (), None, UNREADY)
FRESH = Story((ECHO,), None, None, UNREADY)
BACK, AWAY = "pod-a1 ready", "pod-a1 not ready"


class Lab:
    """A lab without a kernel, and what it is asked."""

    def __init__(self, cluster: FakeCluster | None = None) -> None:
        self.cluster = cluster or FakeCluster(profile_named("iptables-flannel"))
        self.flows = OpenFlows(Arranged(self.cluster))

    def asked(self, story: Story, flow: Flow, *others: Flow) -> list[str]:
        """What a claim with this story asks of the lab until it is observed."""
        self.cluster.asked.clear()
        self.flows.bring(Live(self.cluster), story, flow, others)
        return self.cluster.asked


def connects(asked: list[str]) -> list[str]:
    """The connections that are opened."""
    return [each for each in asked if each.startswith("connect")]


def test_flows_of_one_story_are_opened_before_what_becomes_of_them() -> None:
    """The second claim finds its flow open, and changes nothing."""
    lab = Lab()
    first = lab.asked(STORY, ONE, TWO)
    assert sorted(connects(first)) == ["connect 61001", "connect 61002"]
    assert first.index(AWAY) > max(first.index(each) for each in connects(first))
    assert lab.asked(STORY, TWO, ONE) == []


def test_each_goes_on_in_what_comes_between() -> None:
    """All of them are open when it comes, and carry packets then."""
    lab = Lab()
    story = replace(STORY, meanwhile=(PodIs(Place.POD_A1, PodState.GONE),))
    asked = lab.asked(story, ONE, TWO)
    between = asked.index("pod-a1 gone")
    assert [each[:4] for each in asked[between + 1 :]] == ["send", "send", AWAY[:4]]
    assert lab.asked(story, TWO, ONE) == []


def test_a_flow_that_was_observed_is_opened_anew() -> None:
    """To be observed may have ended it."""
    lab = Lab()
    lab.asked(STORY, ONE, TWO)
    assert connects(lab.asked(STORY, ONE)) == ["connect 61001"]


def test_flows_stay_open_for_claims_of_fresh_ones_in_the_same_present() -> None:
    """Nothing changes for them."""
    lab = Lab()
    lab.asked(STORY, ONE, TWO)
    assert lab.asked(FRESH, replace(ONE, source_port=0)) == []
    assert lab.asked(STORY, TWO) == []


@pytest.mark.parametrize(
    "between",
    [
        Story((ECHO,), None, None, ()),
        replace(FRESH, is_left=True),
        replace(STORY, opened=UNREADY),
        replace(FRESH, services=()),
    ],
    ids=["other present", "a change", "other past", "other Services"],
)
def test_a_flow_is_opened_anew_behind_what_is_not_of_its_story(between: Story) -> None:
    """It would be older than the claim says, and have been through more."""
    lab = Lab()
    lab.asked(STORY, ONE, TWO)
    lab.asked(between, THREE)
    assert connects(lab.asked(STORY, TWO)) == ["connect 61002"]


class Refusing(FakeCluster):
    """A lab in which the flow of one port cannot be opened."""

    def connect(self, flow: Flow) -> None:
        """Fails for that one."""
        super().connect(flow)
        if flow.source_port == TWO.source_port:
            raise NotReady("a connection is established")


def test_a_flow_that_cannot_be_opened_fails_its_own_claim_only() -> None:
    """Whichever comes first; the flow is tried once more when it is its turn."""
    lab = Lab(Refusing(profile_named("iptables-flannel")))
    lab.asked(STORY, ONE, TWO, THREE)
    with pytest.raises(NotReady):
        lab.asked(STORY, TWO)
    assert connects(lab.asked(STORY, THREE)) == ["connect 61003"]
    lab = Lab(Refusing(profile_named("iptables-flannel")))
    lab.asked(STORY, ONE, TWO, THREE)
    assert lab.asked(STORY, THREE) == []


def test_a_flow_that_has_waited_long_is_opened_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """The kernel forgets it in the end, which must not be taken for what kube-proxy does."""
    lab = Lab()
    lab.asked(STORY, ONE, TWO)
    monkeypatch.setattr("conformance.open_flows.MOST_SECONDS", 0.0)
    assert connects(lab.asked(STORY, TWO)) == ["connect 61002"]


def test_what_strays_from_one_connection_has_it_opened_each_time() -> None:
    """Two claims about one connection: the first may end it."""
    lab = Lab()
    back = Flow(Place.POD_A1, PodIP(Place.POD_C1, 61001, Transport.TCP), source_port=8080, stray_of=ONE)
    strays = [replace(ONE, stray_of=ONE), back]
    assert connects(lab.asked(STORY, *strays)) == ["connect 61001"]
    assert connects(lab.asked(STORY, strays[1], strays[0])) == ["connect 61001"]


def test_after_an_error_nothing_is_taken_for_open() -> None:
    """The lab died while flows were opened: the next claim opens its own."""
    lab = Lab(FakeCluster(profile_named("iptables-flannel"), dies_after=1))
    with pytest.raises(DaemonDied):
        lab.asked(STORY, ONE, TWO)
    with pytest.raises(LabError):
        lab.asked(STORY, TWO)
    assert connects(lab.cluster.asked) == ["connect 61002"]
