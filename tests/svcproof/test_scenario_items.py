"""A scenario that is wrong is told to who wrote it, by commands that only list claims too."""

import shutil
from pathlib import Path

import pytest

import scenarios
from lab.errors import LabError, UsageError
from lab.profiles import profile_named
from svcproof import listed
from svcproof.scenario_items import scenario_items

PROFILE = profile_named("nftables-flannel")
CLAIM = """
from conformance.live import Live
from conformance.outcome import Dropped, Outcome
from conformance.vocabulary import Claim, claims, given, requirement
from lab.model import Flow, Place, PodIP, Transport

@requirement("{requirement}")
@claims(it=Claim(Flow(Place.POD_A1, PodIP(Place.POD_B1, 8080, Transport.TCP)), Dropped()))
def test_it(live: Live, flow: Flow, expect: Outcome) -> None:
    assert live.observe(flow) == expect
"""


def write(home: Path, content: str, more: str = "") -> Path:
    """A scenario. Its name is its test's own: pytest finds a module of this process again by its name alone."""
    path = home / f"{home.name}{more}.py"
    path.write_text(content)
    return path


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Scenarios of one's own, in place of those that there are."""
    shutil.copy(Path(scenarios.__path__[0]) / "pytest.toml", tmp_path)
    monkeypatch.setattr(listed, "scenario_items", lambda: scenario_items(tmp_path))
    return tmp_path


def test_a_scenario_is_listed(home: Path) -> None:
    """Its claim, by its requirement."""
    write(home, CLAIM.format(requirement="net-pod"))
    assert [claim.id for claim in listed.listed_claims(PROFILE, "1.36.3")] == ["net-pod.it"]


def test_an_unknown_requirement_is_a_usage_error(home: Path) -> None:
    """It names the scenario and the word."""
    write(home, CLAIM.format(requirement="net-pot"))
    with pytest.raises(UsageError, match=r"\.py::test_it\[it\] names the unknown requirement 'net-pot'"):
        listed.listed_claims(PROFILE, "1.36.3")


def test_a_claim_that_is_made_twice_is_a_usage_error(home: Path) -> None:
    """Ids name claims across runs."""
    for more in ("", "_too"):
        write(home, CLAIM.format(requirement="net-pod"), more)
    with pytest.raises(UsageError, match=r"both claim net-pod\.it"):
        listed.listed_claims(PROFILE, "1.36.3")


def test_a_module_that_cannot_be_imported_is_told_with_its_words(home: Path) -> None:
    """Which module, and what Python says of it."""
    module = write(home, "import nonsense_of_mine\n")
    with pytest.raises(LabError, match="could not be collected") as error:
        listed.listed_claims(PROFILE, "1.36.3")
    assert f"{module.name}:" in error.value.output
    assert "No module named 'nonsense_of_mine'" in error.value.output
