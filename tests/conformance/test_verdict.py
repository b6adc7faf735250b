"""From expectation and observation to a verdict, and from verdicts to an exit code: the whole tables."""

from itertools import product

import pytest

from conformance.difference import DifferenceKind, KnownDifference
from conformance.outcome import (
    Changed,
    Dropped,
    Fate,
    Forwarded,
    Kept,
    LocalError,
    Lost,
    Outcome,
    Refused,
    Silent,
    Unanswered,
    Unstable,
    delivered,
)
from conformance.results import Verdict
from conformance.verdict import exit_code, has_lost, verdict_of
from lab.model import Place, Refusal
from lab.profiles import ProxyMode

EXPECTED = delivered(Place.POD_A1, source=Kept())
INSTEAD = Forwarded(Place.ROUTER)
OTHER = Refused(Place.WORKER_A, Refusal.PORT_UNREACHABLE)
UNSTABLE = Unstable((Fate(EXPECTED, 9), Fate(Dropped(), 1)))
KNOWN = KnownDifference(
    claim="cip-basic.from_a_pod",
    proxy_mode=ProxyMode.IPTABLES,
    instead=INSTEAD,
    kind=DifferenceKind.DOCUMENTED,
    reason="it is so",
    link="https://example.org/",
)
GREEN = {Verdict.PASS, Verdict.KNOWN_DIFFERENCE}
RED = {Verdict.FAIL, Verdict.STALE_DIFFERENCE}
NOT_SEEN = {Verdict.LAB_ERROR, Verdict.NOT_SUPPORTED, Verdict.NOT_RUN}


@pytest.mark.parametrize(
    ("observed", "difference", "verdict"),
    [
        (EXPECTED, None, Verdict.PASS),
        (INSTEAD, None, Verdict.FAIL),
        (OTHER, None, Verdict.FAIL),
        (UNSTABLE, None, Verdict.FAIL),
        (EXPECTED, KNOWN, Verdict.STALE_DIFFERENCE),
        (INSTEAD, KNOWN, Verdict.KNOWN_DIFFERENCE),
        (OTHER, KNOWN, Verdict.FAIL),
        (UNSTABLE, KNOWN, Verdict.FAIL),
    ],
)
def test_every_verdict(observed: Outcome, difference: KnownDifference | None, verdict: Verdict) -> None:
    """A known difference is strict both ways, and probes that disagree equal nothing."""
    assert verdict_of(EXPECTED, observed, difference) is verdict


SILENT: tuple[Silent, ...] = (
    Dropped(),
    Unanswered(EXPECTED.arrivals),
    Forwarded(Place.ROUTER),
    LocalError("EPERM"),
)


@pytest.mark.parametrize("seen", SILENT, ids=lambda it: it.kind)
@pytest.mark.parametrize("expected", [EXPECTED, OTHER, *SILENT], ids=lambda it: it.kind)
def test_lost_probes_fail_what_expects_anything_but_their_silence(expected: Outcome, seen: Silent) -> None:
    """What should have come has not; but silence that should be, and is not proven, is neither so nor not so."""
    verdict = Verdict.LAB_ERROR if expected == seen else Verdict.FAIL
    assert verdict_of(expected, Lost(seen), None) is verdict


@pytest.mark.parametrize(
    ("expected", "seen", "verdict"),
    [
        (EXPECTED, INSTEAD, Verdict.LAB_ERROR),
        (EXPECTED, Dropped(), Verdict.FAIL),
        (Dropped(), Dropped(), Verdict.FAIL),
    ],
)
def test_of_a_known_difference_it_is_what_is_recorded_that_counts(
    expected: Outcome, seen: Silent, verdict: Verdict
) -> None:
    """Where silence is recorded, it is not told; where something else is recorded, that has not come."""
    assert verdict_of(expected, Lost(seen), KNOWN) is verdict


@pytest.mark.parametrize(
    ("expected", "observed", "verdict"),
    [
        (Changed(EXPECTED, Dropped()), Changed(EXPECTED, Lost(Dropped())), Verdict.LAB_ERROR),
        (Changed(Dropped(), EXPECTED), Changed(Lost(Dropped()), EXPECTED), Verdict.LAB_ERROR),
        (Changed(OTHER, EXPECTED), Changed(OTHER, Lost(Dropped())), Verdict.FAIL),
        (Changed(EXPECTED, Dropped()), Changed(Lost(Dropped()), Lost(Dropped())), Verdict.FAIL),
        (Changed(EXPECTED, Dropped()), Changed(EXPECTED, Lost(Dropped()), in_time=False), Verdict.FAIL),
        (Dropped(), Unstable((Fate(EXPECTED, 1), Fate(Lost(Dropped()), 9))), Verdict.FAIL),
    ],
)
def test_lost_probes_of_a_change_or_of_some(expected: Outcome, observed: Outcome, verdict: Verdict) -> None:
    """A change is told by what is not lost; and probes of which some came and some did not are no silence."""
    assert verdict_of(expected, observed, None) is verdict


@pytest.mark.parametrize(
    ("observed", "lost"),
    [
        (Lost(Dropped()), True),
        (Changed(EXPECTED, Lost(Dropped())), True),
        (Changed(Lost(Dropped()), EXPECTED), True),
        (Unstable((Fate(EXPECTED, 9), Fate(Lost(Dropped()), 1))), True),
        (UNSTABLE, False),
        (Changed(EXPECTED, Dropped()), False),
        (Dropped(), False),
        (EXPECTED, False),
    ],
)
def test_what_rests_on_lost_probes(observed: Outcome, *, lost: bool) -> None:
    """All of them, those of one side of a change, or some of a batch."""
    assert has_lost(observed) is lost


def test_the_classes_cover_every_verdict() -> None:
    """A verdict that is added must be put in one of the three classes of exit codes."""
    assert set(Verdict) == GREEN | RED | NOT_SEEN


@pytest.mark.parametrize("verdicts", list(product(Verdict, repeat=2)), ids=" and ".join)
def test_every_exit_code(verdicts: tuple[Verdict, Verdict]) -> None:
    """1 where anything differs, else 3 where anything was not observed, else 0."""
    seen = set(verdicts)
    expected = 1 if seen & RED else 3 if seen & NOT_SEEN else 0
    assert exit_code(verdicts, interrupted=False) == expected


@pytest.mark.parametrize("verdicts", [(), *((verdict,) for verdict in Verdict)])
def test_an_interrupted_run_is_that_above_all(verdicts: tuple[Verdict, ...]) -> None:
    """130 whatever was seen before."""
    assert exit_code(verdicts, interrupted=True) == 130


def test_nothing_observed_is_not_green() -> None:
    """A run without any claim: 3."""
    assert exit_code((), interrupted=False) == 3
