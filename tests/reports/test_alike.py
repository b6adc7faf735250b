"""Runs that tell of a claim what an earlier one of them tells."""

from dataclasses import replace

from conformance.results import ClaimResult, NodeEvidence, Verdict
from reports.alike import Alike, same_outcome, same_packets
from reports.catalogue import Entry
from reports.document import Shown, shown
from tests.reports.sample import bad_port, moved, reached, sample_run
from tests.reports.sample_facts import CONNECTION

RUNS = shown(
    [
        replace(sample_run(), profile=name)
        for name in ("iptables-flannel", "iptables-calico", "nftables-flannel")
    ]
)


def _entry(*claims: ClaimResult) -> Entry:
    return Entry(reached().id, tuple(zip(RUNS, claims, strict=False)))


def _with(claim: ClaimResult, old: str, new: str) -> ClaimResult:
    """The claim as a run tells it in which something has another name."""
    [first, *rest] = claim.ways
    steps = tuple(
        replace(step, source=step.source.replace(old, new), destination=step.destination.replace(old, new))
        for step in first.steps
    )
    flow = replace(claim.flow, address=claim.flow.address.replace(old, new))
    return replace(claim, flow=flow, ways=(replace(first, steps=steps), *rest))


def _led(entry: Entry, run: Shown) -> Alike | None:
    return same_packets(entry, run)


def test_the_same_way_is_said_once() -> None:
    """The later run leads to the earlier one, and tells which names are others."""
    entry = _entry(reached(), _with(reached(), "10.96.14.7", "10.96.3.1"))
    assert _led(entry, RUNS[0]) is None
    assert _led(entry, RUNS[1]) == Alike(RUNS[0], (("10.96.14.7", "10.96.3.1"),))


def test_times_of_sightings_are_not_compared() -> None:
    """No two runs have the same microseconds."""
    [first, *rest] = reached().ways
    slower = replace(first, steps=tuple(replace(step, time_us=2 * step.time_us) for step in first.steps))
    assert _led(_entry(reached(), replace(reached(), ways=(slower, *rest))), RUNS[1]) == Alike(RUNS[0])


def test_another_way_is_shown() -> None:
    """A sighting less, another TTL: the run shows its own packets."""
    [first, *rest] = reached().ways
    shorter = replace(first, steps=first.steps[1:])
    sooner = replace(first, steps=tuple(replace(step, ttl=step.ttl - 1) for step in first.steps))
    for way in (shorter, sooner):
        assert _led(_entry(reached(), replace(reached(), ways=(way, *rest))), RUNS[1]) is None


def test_another_connection_is_shown() -> None:
    """Whatever conntrack holds otherwise, but for how long it still holds it."""
    held, longer, other = (
        replace(reached(), nodes=(NodeEvidence("worker-a", (), (entry,)),))
        for entry in (
            CONNECTION,
            CONNECTION.replace("tcp 9 ", "tcp 8 "),
            CONNECTION.replace("CLOSE", "TIME_WAIT"),
        )
    )
    assert _led(_entry(held, longer), RUNS[1]) == Alike(RUNS[0])
    assert _led(_entry(held, other), RUNS[1]) is None


def test_a_run_leads_to_one_that_shows() -> None:
    """Never to one that leads on itself."""
    entry = _entry(reached(), reached(), reached())
    assert _led(entry, RUNS[2]) == Alike(RUNS[0])


def test_a_claim_that_fails_shows_its_own() -> None:
    """Though another run failed in the same way."""
    entry = _entry(moved(), moved())
    assert _led(entry, RUNS[1]) is None


def test_the_same_outcome_is_said_once() -> None:
    """Expectation, observation and known difference; another verdict is another outcome."""
    assert same_outcome(_entry(bad_port(), bad_port()), RUNS[1]) == Alike(RUNS[0])
    assert same_outcome(_entry(bad_port(), replace(bad_port(), verdict=Verdict.FAIL)), RUNS[1]) is None
