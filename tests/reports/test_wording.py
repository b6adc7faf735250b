"""Figures and moments in words."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from conformance.results import FlowRecord
from reports.wording import (
    chance,
    duration,
    exit_meaning,
    flow_words,
    is_link,
    moment,
    numbers,
    seconds_range,
)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.04, "0.0 s"), (41.26, "41.3 s"), (59.97, "1 min 0 s"), (83.4, "1 min 23 s"), (3725, "1 h 2 min")],
)
def test_durations(seconds: float, words: str) -> None:
    """A duration is said in the units that fit it."""
    assert duration(timedelta(seconds=seconds)) == words


def test_moments() -> None:
    """A moment has its zone where one is known."""
    assert moment(datetime(2026, 8, 4, 9, 12, 5, 999, tzinfo=UTC)) == "2026-08-04 09:12:05 UTC"
    east = timezone(timedelta(hours=2))
    assert moment(datetime(2026, 8, 4, 9, 12, 5, tzinfo=east)) == "2026-08-04 09:12:05 UTC+02:00"
    assert moment(datetime(2026, 8, 4, 9, 12, 5)) == "2026-08-04 09:12:05"  # noqa: DTZ001 - the case under test


def test_ranges() -> None:
    """Several durations are said by their longest and median, none as never."""
    assert seconds_range((0.2, 0.9, 0.3)) == "0.90 s at most, 0.30 s median, 3 times"
    assert seconds_range(()) == "never"


def test_chances() -> None:
    """A small chance is one in so many."""
    assert chance(1e-6) == "1 in 1,000,000"
    assert chance(0.0) == "none"


def test_exit_codes_have_meanings() -> None:
    """Each code of svcproof has a meaning of its own, and another number is called what it is."""
    assert len({exit_meaning(code) for code in (0, 1, 2, 3, 130)}) == 5
    assert exit_meaning(77) == "not one of svcproof's"


def test_flows() -> None:
    """A flow names the node that it goes through only where there is one."""
    flow = FlowRecord("client", "the cluster IP of echo", "UDP", "worker-b", "10.96.14.7:53")
    assert flow_words(flow) == "client to the cluster IP of echo over UDP, through worker-b"
    assert flow_words(FlowRecord("pod-a1", "pod-b1", "ICMP", "", "")) == "pod-a1 to pod-b1 over ICMP"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://kubernetes.io/docs/", True),
        ("http://example.org", True),
        ("KEP-2433, see https://kep.k8s.io/2433", False),
        ("https://example.org and more", False),
        ("javascript:alert(1)", False),
    ],
)
def test_links(text: str, *, expected: bool) -> None:
    """Only a web address as a whole is a link."""
    assert is_link(text) is expected


def test_numbers_in_a_row_are_a_range() -> None:
    """In the order in which they come; a rule without a handle has none to tell."""
    assert numbers((12, 13, 14, 7, 0, 20)) == "12-14, 7, 20"
    assert numbers((0, 0)) == ""
