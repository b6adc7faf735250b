"""Clients that ask twice: whether each came back to the endpoint that it had."""

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace

import pytest

from conformance.again import After, again, check_in_time
from conformance.judging import Judged, judged
from conformance.live import Live
from conformance.outcome import ChosenAnew, Dropped, Masqueraded, Outcome, Returned, delivered
from conformance.statistics import FALSE_ALARM, clients_to_tell
from lab.errors import LabError, MissingRequirement
from lab.model import ClusterIP, Flow, Place, Service, ServicePort, Trace
from lab.netns import plan
from tests.oracle.fabricated import fabricated, of_client
from tests.oracle.topology import facts_of
from tests.svcproof.fake_lab import FakeCluster, a_cluster

A, A1, B1 = Place.WORKER_A, Place.POD_A1, Place.POD_B1
ECHO = Service(name="echo", endpoints=(A1, B1), ports=(ServicePort("http", 80),), session_affinity_seconds=9)
FLOW = Flow(Place.CLIENT, ClusterIP(ECHO, "http"), via=A, own_addresses=True)
FACTS = facts_of([ECHO])
BOTH = delivered(A1, B1, source=Masqueraded(A)).arrivals


def asked(*endpoints: Place | None) -> Judged:
    """A batch in which each client, in its turn, was delivered to one of these, or dropped."""
    fates: list[Outcome] = [
        Dropped() if place is None else delivered(place, source=Masqueraded(A)) for place in endpoints
    ]
    clients = [of_client(fabricated(FLOW, fate, FACTS), plan.CROWD[who]) for who, fate in enumerate(fates)]
    return judged(clients, FACTS)


def test_all_came_back() -> None:
    """Each client has the endpoint that it had; together they have both."""
    assert again(asked(A1, B1, A1), asked(A1, B1, A1)) == Returned(BOTH)


def test_one_client_elsewhere_is_enough() -> None:
    """That as many have each endpoint as before does not make up for it."""
    assert again(asked(A1, B1, A1, B1), asked(B1, A1, A1, B1)) == ChosenAnew(BOTH)


def test_an_endpoint_that_kept_all_of_its_clients_is_named() -> None:
    """Clients that chose anew would not all have come back to it."""
    outcome = again(asked(A1, B1, A1, B1), asked(A1, A1, A1, B1))
    assert outcome == ChosenAnew(BOTH, kept=frozenset({A1}))
    assert "elsewhere than before, but none that had had pod-a1, to" in str(outcome)


@pytest.mark.parametrize("other_time", [(A1, A1), (A1, B1)])
def test_what_was_not_delivered_was_not_given_any_endpoint(other_time: tuple[Place, ...]) -> None:
    """A batch that was dropped, the first time or the second, is the outcome."""
    dropped, served = asked(None, None), asked(*other_time)
    assert again(dropped, served) == Dropped()
    assert again(served, dropped) == Dropped()


def test_other_clients_say_nothing() -> None:
    """Whoever did not ask before cannot come back: that is an error of the lab."""
    with pytest.raises(LabError, match="not the same clients"):
        again(asked(A1), asked(A1, B1))


def test_a_lab_is_asked_twice_with_a_silence_in_between() -> None:
    """First the flow that the claim names, then as long as it says nothing, then the flow itself."""
    cluster = a_cluster()
    cluster.set_services([ECHO])
    with pytest.raises(LabError, match="no claim says after what"):
        Live(cluster).observe_again(FLOW)
    cluster.asked.clear()
    Live(cluster, after=After(FLOW, 1.5)).observe_again(FLOW)
    assert cluster.asked == ["send 51", "idle 1.5", "send 51"]


def test_clients_can_ask_several_times_before() -> None:
    """Behind each time they are silent; what counts is whether they have what they had the first time."""
    cluster = a_cluster()
    cluster.set_services([ECHO])
    cluster.asked.clear()
    Live(cluster, after=After(FLOW, 2.0, times=2)).observe_again(FLOW)
    assert cluster.asked == ["send 51", "idle 2.0", "send 51", "idle 2.0", "send 51"]


class Remembering(FakeCluster):
    """Of no endpoint more clients than so many."""

    room: int | None = None

    def most_remembered(self) -> int | None:
        """So many."""
        return self.room


@pytest.mark.parametrize(
    ("room", "clients", "is_told"), [(None, 400, True), (150, 400, True), (151, 400, False), (151, 0, True)]
)
def test_a_crowd_that_this_machine_remembers_tells_nothing_of_larger_ones(
    room: int | None, clients: int, *, is_told: bool
) -> None:
    """ip_list_tot can be set: where every client fits, a claim about more than fit was not tested."""
    cluster = Remembering(a_cluster().profile)
    cluster.room = room
    cluster.set_services([ECHO])
    live = Live(cluster, after=After(FLOW, clients=clients))
    with (
        nullcontext() if is_told else pytest.raises(MissingRequirement, match="remembers 151 of an endpoint")
    ):
        live.observe_again(FLOW)
    assert len(live.observations) == is_told


def later(batch: Sequence[Trace], seconds: float) -> Sequence[Trace]:
    """The same packets so much later."""
    return [
        replace(
            trace,
            sightings=tuple(
                replace(each, time_ns=each.time_ns + int(seconds * 1e9)) for each in trace.sightings
            ),
        )
        for trace in batch
    ]


def test_a_lab_that_was_held_up_has_not_seen_an_affinity_end() -> None:
    """Where clients were silent for longer than they were to be, past their time-out of 9 s, nothing is judged."""
    first, second = asked(A1, B1).traces, asked(A1, B1).traces
    check_in_time(FLOW, (first, later(second, 8.9)), 5.0)
    check_in_time(FLOW, (first, later(first, 8.9), later(second, 17.8)), 5.0)
    with pytest.raises(LabError, match="within their time-out of 9 s"):
        check_in_time(FLOW, (first, later(first, 9.1), later(second, 10.0)), 5.0)


def test_who_was_to_be_silent_past_the_time_out_is_never_late() -> None:
    """Then it is right that the affinity has ended."""
    batch = asked(A1, B1).traces
    check_in_time(FLOW, (batch, later(batch, 20.0)), 9.0)


def test_a_first_time_that_failed_is_seen() -> None:
    """Nobody takes for affinity that both times nothing was delivered."""
    cluster = a_cluster(echo=Dropped())
    cluster.set_services([ECHO])
    outcome = Live(cluster, after=After(FLOW)).observe_again(FLOW)
    assert outcome == Dropped()


@pytest.mark.parametrize(("endpoints", "clients"), [(2, 51), (3, 60)])
def test_so_many_clients_do_not_agree_by_chance(endpoints: int, clients: int) -> None:
    """The numbers of the documents: the chances that no client of an endpoint moves, or that it has none, are rare."""
    assert clients_to_tell(endpoints) == clients
    share = 1 / endpoints
    none_moves, unseen = endpoints * (1 - share + share**2) ** clients, endpoints * (1 - share) ** clients
    assert none_moves + unseen <= FALSE_ALARM < 2 * (none_moves + unseen)
