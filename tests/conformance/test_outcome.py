"""Outcomes as values and in words."""

import pytest

from conformance.outcome import (
    AnsweredFrom,
    Arrival,
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
    Source,
    Unanswered,
    Unstable,
    delivered,
)
from lab.model import Place, Refusal

AT_A1 = Arrival(Place.POD_A1, 8080, Kept())
AT_B1 = Arrival(Place.POD_B1, 8081, Masqueraded(Place.WORKER_A))
IN_WORDS: tuple[tuple[Outcome, str], ...] = (
    (
        Delivered(frozenset({AT_B1, AT_A1})),
        (
            "delivered to pod-a1:8080 seeing the sender's address; pod-b1:8081 seeing an address of worker-a; "
            "answered from the address that was asked"
        ),
    ),
    (
        Delivered(frozenset({AT_A1}), AnsweredFrom.ENDPOINT),
        "delivered to pod-a1:8080 seeing the sender's address; answered from the endpoint's own address",
    ),
    (
        Unanswered(frozenset({Arrival(Place.POD_C1, 0, Foreign("192.0.2.7"))})),
        "arrived at pod-c1:0 seeing the foreign address 192.0.2.7; no answer came back",
    ),
    (Refused(Place.WORKER_A, Refusal.TCP_RESET), "refused by worker-a with TCP RST"),
    (Dropped(), "dropped without a word"),
    (Forwarded(Place.ROUTER), "forwarded untranslated to router"),
    (LocalError("EPERM"), "failed at the sender with EPERM"),
    (Lost(Dropped()), "dropped without a word; the sentinels behind it were lost, too"),
    (
        Lost(Unanswered(frozenset({AT_A1}))),
        (
            "arrived at pod-a1:8080 seeing the sender's address; no answer came back; "
            "the sentinels behind it were lost, too"
        ),
    ),
    (
        Unstable((Fate(Dropped(), 2), Fate(LocalError("EPERM"), 1))),
        "unstable: 2 probes dropped without a word; 1 probe failed at the sender with EPERM",
    ),
)
VALUES = [outcome for outcome, _ in IN_WORDS]
IDS = [f"{outcome.kind}-{at}" for at, outcome in enumerate(VALUES)]


@pytest.mark.parametrize(("outcome", "words"), IN_WORDS, ids=IDS)
def test_an_outcome_says_in_words_what_became_of_the_probes(outcome: Outcome, words: str) -> None:
    """The text of an outcome names places, sources and reasons, in the same order every time."""
    assert str(outcome) == words


@pytest.mark.parametrize("at", range(len(VALUES)), ids=IDS)
def test_an_outcome_equals_itself_only(at: int) -> None:
    """Different outcomes are never equal, so that `==` is the whole comparison of a claim."""
    assert [other == VALUES[at] for other in VALUES] == [n == at for n in range(len(VALUES))]


@pytest.mark.parametrize(
    "source", [Kept(), Masqueraded(Place.WORKER_B), Foreign("192.0.2.7")], ids=lambda it: it.kind
)
def test_delivered_builds_one_arrival_per_endpoint(source: Source) -> None:
    """The short form means every named pod, at the given port, each seeing the same kind of source."""
    made = delivered(Place.POD_A1, Place.POD_B1, source=source, port=8081)
    assert made.arrivals == {
        Arrival(Place.POD_A1, 8081, source),
        Arrival(Place.POD_B1, 8081, source),
    }
    assert made.answered_from is AnsweredFrom.TARGET


def test_the_order_of_endpoints_does_not_matter() -> None:
    """Two outcomes with the same set of arrivals are equal."""
    first = delivered(Place.POD_A1, Place.POD_B1, source=Kept())
    assert first == delivered(Place.POD_B1, Place.POD_A1, source=Kept())


def test_the_history_of_an_unstable_outcome_matters() -> None:
    """Unstable outcomes with different counts are different."""
    assert Unstable((Fate(Dropped(), 1),)) != Unstable((Fate(Dropped(), 2),))
