"""From expectation and observation to a verdict, and from verdicts to an exit code: the whole tables."""

from itertools import product

import pytest

from conformance.known import DifferenceKind, KnownDifference
from conformance.outcome import Dropped, Fate, Forwarded, Kept, Outcome, Refused, Unstable, delivered
from conformance.results import Verdict
from conformance.verdict import exit_code, verdict_of
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
