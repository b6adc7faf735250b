"""Runs of a report that tell of a claim what an earlier one tells: the same outcome, or the same packets. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from conformance.results import ClaimResult, Verdict
from reports.catalogue import Entry
from reports.claim_parts import SHOWS_ALL, drawn_ways, sightings, tracking_nodes
from reports.document import Shown
from reports.names import Names, cost, renamed

_TIME_LEFT = re.compile(r"^(\w+) \d+ ")
"""Of a connection: what it is, and for how many seconds it is still remembered."""


@dataclass(frozen=True, slots=True)
class Alike:
    """An earlier run whose part of the claim says this one's, too. names: those that are others here."""

    run: Shown
    names: Names = ()


def same_outcome(entry: Entry, here: Shown) -> Alike | None:
    """The first run before this one with the same expectation, observation and known difference."""
    told = _outcome(entry.result_of(here))
    return next((Alike(run) for run, claim in _before(entry, here) if _outcome(claim) == told), None)


def same_packets(entry: Entry, here: Shown) -> Alike | None:
    """A run before this one in which the probes that are shown took the same way and left the same connections.

    But for names, the moments of sightings, and how long a connection is still remembered. None of a claim that
    fails: it shows its own.
    """
    showing: list[tuple[Shown, ClaimResult]] = []
    for run, earlier in _before(entry, here):
        if _likest(earlier, showing) is None:
            showing.append((run, earlier))
    return _likest(entry.result_of(here), showing)


def _likest(claim: ClaimResult, showing: Sequence[tuple[Shown, ClaimResult]]) -> Alike | None:
    """Of the runs that show packets of their own, the one whose packets differ in the fewest names; None for none."""
    if claim.verdict in SHOWS_ALL or not claim.ways:
        return None
    packets = _packets(claim)
    found = [
        Alike(run, names)
        for run, earlier in showing
        if _outcome(earlier) == _outcome(claim) and (names := renamed(_packets(earlier), packets)) is not None
    ]
    return min(found, key=lambda each: cost(each.names), default=None)


def _before(entry: Entry, here: Shown) -> Iterator[tuple[Shown, ClaimResult]]:
    for run, claim in entry.results:
        if run is here:
            return
        yield run, claim


def _outcome(claim: ClaimResult) -> tuple[object, ...]:
    return (claim.verdict, claim.expected, claim.instead, claim.observed, claim.difference, claim.error)


def _packets(claim: ClaimResult) -> str:
    """What is shown of the probes, as one text."""
    lines = [claim.flow.address]
    for way in drawn_ways(claim):
        lines.append(f"{way.outcome} {way.probes if claim.verdict is not Verdict.PASS else ''}")
        lines.append(sightings(way))
    lines += [
        _TIME_LEFT.sub(rf"{node.node} \1 ", connection)
        for node in tracking_nodes(claim)
        for connection in node.conntrack
    ]
    return "\n".join(lines)
