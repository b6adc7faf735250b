"""The claims of the scenarios against the documentation: what they expect, or what is recorded in its place."""

from pathlib import Path

import pytest

from conformance.outcome import Changed
from lab.profiles import PROFILES, Profile
from tests.oracle.literal_claims import (
    MODULES,
    LiteralClaim,
    claims_of,
    literal_claims,
    loaded,
    scenario_tests,
)
from tests.oracle.said import recorded, said_of

CLAIMS = literal_claims()


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.name)
@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.id)
def test_a_claim_expects_what_is_documented(claim: LiteralClaim, profile: Profile) -> None:
    """The oracle says what a claim expects, or what the known difference of this profile says instead."""
    difference = recorded(claim, profile)
    expected = claim.expect if difference is None else difference.instead
    assert said_of(claim, profile) == expected


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_every_test_of_every_scenario_makes_claims_that_are_found(path: Path) -> None:
    """No test of a scenario escapes the comparison."""
    tests = scenario_tests(loaded(path))
    assert tests
    assert all(list(claims_of(test, ())) for test in tests.values())


def test_an_open_flow_has_a_source_port_that_no_other_has() -> None:
    """Two claims with the same port could be one flow to the kernel; without one, no two packets are of one flow."""
    ports = [(claim.flow.stray_of or claim.flow).source_port for claim in CLAIMS if claim.past]
    assert ports
    assert len(set(ports)) == len(ports)
    assert min(ports) > 61_000
    assert {claim.flow.source_port for claim in CLAIMS if not claim.past} == {0}


def test_a_claim_about_a_change_says_from_where() -> None:
    """It has circumstances before it, others after it, and expects a change."""
    changes = [claim for claim in CLAIMS if claim.before is not None]
    assert changes
    assert changes == [claim for claim in CLAIMS if isinstance(claim.expect, Changed)]
    assert all(set(claim.before or ()) != set(claim.when) for claim in changes)
