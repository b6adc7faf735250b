"""What the parts of a claim show, and why one shows nothing. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import groupby

from conformance.outcome import Accepted, Rejected
from conformance.results import ClaimResult, NodeEvidence, Verdict, Way
from lab.api import Rule
from reports.drawing import Drawing, is_return, returned

SHOWS_ALL = (Verdict.FAIL, Verdict.STALE_DIFFERENCE)
"""Verdicts of claims of which everything is shown where it belongs."""


def drawn_ways(claim: ClaimResult) -> tuple[Way, ...]:
    """The ways that are drawn: of a claim that passed the first stands for all, which are of one kind."""
    return claim.ways[:1] if claim.verdict is Verdict.PASS else claim.ways


def sightings(way: Way) -> str:
    """What a wire log tells, as one text, but for the times."""
    return "\n".join(
        f"{step.part} {step.place} {step.interface} {step.direction} {step.packet} "
        f"{step.source} > {step.destination} ttl {step.ttl} {step.tunnel}"
        for step in way.steps
    )


def without_returns(drawn: Sequence[Drawing], claim: ClaimResult) -> list[Drawing]:
    """The drawings; where a claim needs no attention, words do for a reply that only turned back."""
    match drawn:
        case [there, back] if claim.verdict not in SHOWS_ALL and is_return(back, there):
            return [returned(there)]
        case _:
            return list(drawn)


def by_chain(rules: Iterable[Rule]) -> list[tuple[str, list[Rule]]]:
    """Rules that follow each other in one chain together, under its table and name."""
    return [
        (f"{table}, {chain}", list(group))
        for (table, chain), group in groupby(rules, key=lambda rule: (rule.table, rule.chain))
    ]


def tracking_nodes(claim: ClaimResult) -> tuple[NodeEvidence, ...]:
    """The nodes that tracked a probe, with the entries of the probes that are drawn."""
    tracking = tuple(node for node in claim.nodes if node.conntrack)
    if claim.verdict is not Verdict.PASS:
        return tracking
    return tuple(replace(node, conntrack=node.conntrack[:1]) for node in tracking[:1])


def no_evidence(claim: ClaimResult, otherwise: str) -> str:
    """Why there is nothing to show of a claim's kernels."""
    if claim.evidence_error:
        return f"could not be read: {claim.evidence_error}"
    if claim.observed is None:
        return "nothing was observed"
    return otherwise if claim.nodes else "not among these results"


def traced_words(claim: ClaimResult) -> str:
    """What was traced, what became of it, and what the kernels told of it."""
    if claim.trace is None:
        return ""
    way = claim.trace.way
    is_request = way.summary.startswith("GET ")
    sent, told = ("request", "its SYN") if is_request else ("probe", "it")
    whole = f"The kernel's own trace of {told}:"
    nothing = f"The kernel told of no rule that {told} passed."
    return (
        f"One further {sent}, not judged, came to: {way.outcome}. {whole if claim.trace.rules else nothing}"
    )


def no_trace(claim: ClaimResult) -> str:
    """Why a claim of which everything is shown has no trace of the kernel's."""
    if claim.trace is not None or claim.verdict not in SHOWS_ALL:
        return ""
    if isinstance(claim.observed, Accepted | Rejected):
        return "a request to the API, at its own address: no rule of a Service decides what it answers"
    return no_evidence(claim, "not among these results")


def no_probe(claim: ClaimResult) -> str:
    """Why there is no way to draw. Of what was observed, only requests to the API have none."""
    if claim.observed is None:
        return "nothing was observed"
    return "a request to the API: its packets are not captured, and its answer is what was observed"
