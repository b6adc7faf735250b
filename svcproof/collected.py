"""The claims that a pytest session has collected, found from its items and checked against the catalogue."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pytest

from conformance.difference import KnownDifference
from conformance.known import known_difference
from conformance.outcome import Outcome
from conformance.requirements import REQUIREMENTS
from conformance.results import ClaimResult, DifferenceRecord, Requirement, Verdict
from lab.model import Flow, Service
from lab.profiles import Profile
from svcproof.evidence import flow_record


@dataclass(frozen=True, slots=True)
class CollectedClaim:
    """One claim of one item. scenario: pytest's node id."""

    id: str
    name: str
    requirement: Requirement
    flow: Flow
    expect: Outcome
    difference: KnownDifference | None
    scenario: str


def claim_of(item: pytest.Item, profile: Profile, kubernetes: str) -> CollectedClaim:
    """The claim that an item stands for, in this profile and version of kube-proxy.

    pytest.UsageError where a scenario does not say what it claims.
    """
    mark = item.get_closest_marker("requirement")
    call = getattr(item, "callspec", None)
    if mark is None or call is None or not {"flow", "expect"} <= set(call.params):
        raise pytest.UsageError(f"{item.nodeid} needs @requirement(...) and @claims(...)")
    requirement = REQUIREMENTS.get(mark.args[0])
    if requirement is None:
        raise pytest.UsageError(f"{item.nodeid} names the unknown requirement {mark.args[0]!r}")
    claim_id = f"{requirement.id}.{call.id}"
    return CollectedClaim(
        id=claim_id,
        name=call.id,
        requirement=requirement,
        flow=call.params["flow"],
        expect=call.params["expect"],
        difference=known_difference(claim_id, profile, kubernetes),
        scenario=item.nodeid,
    )


def check_unique(collected: Iterable[CollectedClaim]) -> None:
    """Ids name claims across runs: pytest.UsageError where two scenarios use the same."""
    seen: dict[str, str] = {}
    for claim in collected:
        if claim.id in seen:
            raise pytest.UsageError(f"{claim.scenario} and {seen[claim.id]} both claim {claim.id}")
        seen[claim.id] = claim.scenario


def given_services(items: Sequence[pytest.Item]) -> tuple[Service, ...]:
    """The Services that the modules of these items need, each once."""
    services: dict[str, Service] = {}
    for item in items:
        for mark in item.iter_markers("given"):
            for service in mark.args[0]:
                if services.setdefault(service.name, service) != service:
                    raise pytest.UsageError(
                        f"{item.nodeid} and another module both give a Service named {service.name}"
                    )
    return tuple(services.values())


def not_run(claim: CollectedClaim, why: str) -> ClaimResult:
    """The result of a claim for which no report came."""
    return ClaimResult(
        id=claim.id,
        requirement=claim.requirement,
        claim=claim.name,
        scenario=claim.scenario,
        verdict=Verdict.NOT_RUN,
        flow=flow_record(claim.flow),
        expected=claim.expect,
        expected_text=str(claim.expect),
        instead=None if claim.difference is None else claim.difference.instead,
        difference=difference_record(claim.difference),
        error=why,
    )


def difference_record(difference: KnownDifference | None) -> DifferenceRecord | None:
    """A known difference as a report shows it."""
    if difference is None:
        return None
    return DifferenceRecord(
        difference.kind, difference.reason, difference.link, difference.since, difference.until
    )
