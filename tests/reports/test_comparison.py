"""Outcomes taken apart, and the steps of a way compared."""

from dataclasses import replace
from itertools import combinations

from conformance.outcome import (
    Accepted,
    Answered,
    AnsweredFrom,
    Arrival,
    Changed,
    Delivered,
    Dropped,
    Fate,
    Foreign,
    Forwarded,
    Kept,
    LocalError,
    Lost,
    Masqueraded,
    Outcome,
    Refused,
    Rejected,
    Unanswered,
    Unstable,
    chosen_anew,
    delivered,
    returned,
)
from lab.model import Place, Refusal
from reports.comparison import Row, comparison
from reports.traits import traits
from reports.way import hops
from tests.reports.sample import bad_port, moved, not_run, stale
from tests.reports.ways import CLUSTER_IP, ENDPOINT, cluster_ip_way

OUTCOMES: tuple[Outcome, ...] = (
    delivered(Place.POD_A1, source=Kept()),
    delivered(Place.POD_A1, Place.POD_B1, source=Kept()),
    delivered(Place.POD_A1, source=Kept(), port=8081),
    delivered(Place.POD_A1, source=Masqueraded(Place.WORKER_A)),
    delivered(Place.POD_A1, source=Foreign("192.0.2.1")),
    Delivered(frozenset({Arrival(Place.POD_A1, 8080, Kept())}), AnsweredFrom.ENDPOINT),
    Delivered(
        frozenset({Arrival(Place.POD_A1, 8080, Kept()), Arrival(Place.POD_A1, 8080, Foreign("192.0.2.1"))})
    ),
    returned(Place.POD_A1, source=Kept()),
    returned(Place.POD_A1, Place.POD_B1, source=Kept()),
    chosen_anew(Place.POD_A1, Place.POD_B1, source=Kept()),
    Unanswered(frozenset({Arrival(Place.POD_A1, 8080, Kept())})),
    Refused(Place.WORKER_A, Refusal.TCP_RESET),
    Refused(Place.WORKER_B, Refusal.TCP_RESET),
    Refused(Place.WORKER_A, Refusal.PORT_UNREACHABLE),
    Dropped(),
    Forwarded(Place.ROUTER),
    LocalError("EPERM"),
    Lost(Dropped()),
    Lost(Unanswered(frozenset({Arrival(Place.POD_A1, 8080, Kept())}))),
    Lost(LocalError("EPERM")),
    Changed(Dropped(), Forwarded(Place.ROUTER)),
    Changed(Forwarded(Place.ROUTER), Dropped()),
    Changed(Forwarded(Place.ROUTER), Dropped(), in_time=False),
    Accepted(),
    Rejected(("spec.type",)),
    Rejected(("spec.type", "spec.clusterIPs")),
    Rejected((), 400, "BadRequest"),
    Answered(200),
    Answered(200, 1, 1),
    Answered(200, 1, 2),
    Answered(503, 1, 1),
    Unstable(),
    Unstable((Fate(Dropped(), 1), Fate(Forwarded(Place.ROUTER), 2))),
    Unstable((Fate(Dropped(), 2), Fate(Forwarded(Place.ROUTER), 1))),
)


def test_different_outcomes_have_different_traits() -> None:
    """No difference is lost when outcomes are taken apart."""
    assert [pair for pair in combinations(OUTCOMES, 2) if traits(pair[0]) == traits(pair[1])] == []


def test_only_the_difference_is_marked() -> None:
    """One endpoint that saw another source is the one row that differs."""
    (row,) = (row for row in comparison(moved()) if row.differs)
    assert row == Row(
        trait="pod-c1:8080 saw",
        expected="an address of worker-a",
        recorded="",
        observed="the sender's address",
        differs=True,
        recorded_differs=False,
    )


def test_a_known_difference_equals_its_record() -> None:
    """What was observed differs from the documentation in every row and from the record in none."""
    rows = comparison(bad_port())
    assert all(row.differs for row in rows)
    assert not any(row.recorded_differs for row in rows)


def test_a_stale_difference_differs_from_its_record() -> None:
    """What was observed is as documented, and the record is what differs."""
    rows = comparison(stale())
    assert not any(row.differs for row in rows)
    assert all(row.recorded_differs for row in rows)


def test_nothing_observed_does_not_differ() -> None:
    """Without an observation nothing is marked."""
    assert not any(row.differs or row.recorded_differs or row.observed for row in comparison(not_run()))


def test_nat_shows_in_the_step_that_has_it() -> None:
    """The destination changes once on the way there, the source once on the way back, and nothing else."""
    found = hops(cluster_ip_way())
    there = [(hop.step.interface, hop.former_destination) for hop in found if hop.former_destination]
    back = [(hop.step.place, hop.former_source, hop.step.source) for hop in found if hop.former_source]
    assert there == [("flannel.1", CLUSTER_IP)]
    assert back == [("worker-a", ENDPOINT, CLUSTER_IP)]


def test_a_turn_is_shown_once() -> None:
    """The first step of the reply is where the way turns."""
    turns = [hop.step for hop in hops(cluster_ip_way()) if hop.turns]
    assert [(step.part, step.place) for step in turns] == [("reply", "pod-b1")]


def test_parts_that_cross_are_compared_apart() -> None:
    """A step is compared with the one before of its own part, even where another part stands between."""
    first, *_, last = cluster_ip_way().steps
    way = replace(cluster_ip_way(), steps=(first, last, replace(first, time_us=300)))
    assert [(hop.former_source, hop.former_destination) for hop in hops(way)] == [("", "")] * 3
