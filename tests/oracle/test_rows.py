"""Modules that stand in a row: with all of their Services beside each other, every claim expects what it does alone."""

from collections import defaultdict
from dataclasses import replace
from pathlib import PurePath

import pytest

from lab.model import Service
from lab.profiles import PROFILES, Profile
from scenarios.rows import row_of
from tests.oracle.literal_claims import MODULES, LiteralClaim, claims_in, loaded
from tests.oracle.said import said_of


def rows() -> dict[str, list[LiteralClaim]]:
    """The claims of the modules that stand in a row, by row."""
    found: dict[str, list[LiteralClaim]] = defaultdict(list)
    for path in MODULES:
        found[row_of(path)] += claims_in(loaded(path))
    alone = {path.stem for path in MODULES if [row_of(each) for each in MODULES].count(row_of(path)) == 1}
    return {row: claims for row, claims in found.items() if row not in alone}


ROWS = rows()


def services_of(row: str) -> tuple[Service, ...]:
    """All Services of a row, each once."""
    return tuple({service.name: service for claim in ROWS[row] for service in claim.services}.values())


def test_there_are_rows() -> None:
    """A module that is in none stands for itself."""
    assert len(ROWS) > 1
    assert row_of(PurePath("scenarios/test_convergence.py")) == "test_convergence"


@pytest.mark.parametrize("row", ROWS)
def test_nothing_happens_to_what_stands_in_a_row(row: str) -> None:
    """A change for one claim would be one for all: no claim has circumstances, a past or something before it."""
    assert all(not claim.when and not claim.past and claim.before is None for claim in ROWS[row])


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.name)
@pytest.mark.parametrize("row", ROWS)
def test_no_service_is_in_the_way_of_another(row: str, profile: Profile) -> None:
    """The documentation says the same of each flow, whether its own module's Services stand alone or not."""
    together = services_of(row)
    for claim in ROWS[row]:
        assert said_of(replace(claim, services=together), profile) == said_of(claim, profile), claim.id


@pytest.mark.parametrize("row", ROWS)
def test_no_two_services_have_a_door_in_common(row: str) -> None:
    """An address and port that two Services have would lead to one of them, and not to the one that is asked for."""
    doors = [
        (address, port.port, port.protocol)
        for service in services_of(row)
        for address in {*service.external_ips, *service.load_balancer_ingress}
        for port in service.ports
    ]
    assert len(doors) == len(set(doors))
