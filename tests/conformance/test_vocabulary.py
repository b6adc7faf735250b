"""The words of scenarios, and the scenarios that are written in them, held against catalogue and known differences."""

import ast
import importlib.util
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest

import scenarios
from conformance.known import KNOWN_DIFFERENCES, known_difference
from conformance.outcome import Dropped
from conformance.requirements import REQUIREMENTS
from conformance.vocabulary import Claim, claims, given, requirement
from lab.model import ClusterIP, Flow, Place, Service, ServicePort
from lab.profiles import PROFILES

HOME = Path(scenarios.__path__[0])
MODULES = sorted(HOME.glob("test_*.py"))
MOST_LINES = 80
ECHO = Service(name="echo", ports=(ServicePort("http", 80),))
FLOW = Flow(Place.POD_A1, ClusterIP(ECHO, "http"))
_SOURCE = re.compile(r"^Sources?:\s+\S+", re.MULTILINE)


@pytest.fixture(scope="module", autouse=True)
def words(pytestconfig: pytest.Config) -> None:
    """Registers the marks, which the plugin does for the scenarios."""
    for word in ("requirement", "given", "when"):
        pytestconfig.addinivalue_line("markers", f"{word}: a word of the vocabulary")


@cache
def loaded(path: Path) -> ModuleType:
    """A scenario module, imported as pytest would."""
    spec = importlib.util.spec_from_file_location(f"collected_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def marked(path: Path) -> Iterator[tuple[str, list[pytest.Mark]]]:
    """The scenarios of a module with their marks."""
    for name, value in vars(loaded(path)).items():
        if name.startswith("test_"):
            yield name, list(getattr(value, "pytestmark", []))


def requirements_of(path: Path) -> Iterator[str]:
    """The requirements that a module's scenarios name."""
    for _, marks in marked(path):
        yield from (mark.args[0] for mark in marks if mark.name == "requirement")


def claim_ids() -> list[str]:
    """The id of every claim of every scenario."""
    return [
        f"{named}.{parameters.id}"
        for path in MODULES
        for _, marks in marked(path)
        for named in (mark.args[0] for mark in marks if mark.name == "requirement")
        for mark in marks
        if mark.name == "parametrize"
        for parameters in mark.args[1]
    ]


def test_the_words_are_plain_pytest_marks() -> None:
    """A claim is a parameter set whose id is its name; requirement and given carry what they were given."""
    made = claims(first=Claim(FLOW, Dropped())).mark
    assert (made.name, made.args[0]) == ("parametrize", ("flow", "expect"))
    [parameters] = made.args[1]
    assert (parameters.id, tuple(parameters.values)) == ("first", (FLOW, Dropped()))
    assert (requirement("cip-basic").mark.name, requirement("cip-basic").mark.args) == (
        "requirement",
        ("cip-basic",),
    )
    assert given(ECHO).mark.args == ((ECHO,),)


def test_claim_ids_are_unique() -> None:
    """No two scenarios claim the same."""
    ids = claim_ids()
    assert sorted(ids) == sorted(set(ids))


def test_every_known_difference_is_of_a_claim() -> None:
    """A known difference names a claim of the scenarios, once per proxy mode, with a reason and a link."""
    known = {(difference.claim, difference.proxy_mode) for difference in KNOWN_DIFFERENCES}
    assert {claim for claim, _ in known} - set(claim_ids()) == set()
    assert len(known) == len(KNOWN_DIFFERENCES)
    assert [
        each for each in KNOWN_DIFFERENCES if not each.reason or not each.link.startswith("https://")
    ] == []


def test_a_known_difference_is_of_one_proxy_mode() -> None:
    """It is found for the profiles of its mode, and for no other."""
    difference = KNOWN_DIFFERENCES[0]
    for profile in PROFILES:
        found = known_difference(difference.claim, profile, "1.36.3")
        assert (found is difference) == (profile.proxy_mode is difference.proxy_mode)
    assert known_difference("no-such.claim", PROFILES[0], "1.36.3") is None


def test_every_requirement_has_a_scenario_and_every_scenario_a_requirement() -> None:
    """The catalogue and the scenarios name the same requirements."""
    named = {each for path in MODULES for each in requirements_of(path)}
    assert named == set(REQUIREMENTS)


@pytest.mark.parametrize("each", REQUIREMENTS.values(), ids=lambda each: each.id)
def test_a_requirement_is_a_sentence_with_a_source(each: object) -> None:
    """Id, sentence with a full stop, and the address of its source."""
    sentence, source = getattr(each, "sentence", ""), getattr(each, "source", "")
    assert re.fullmatch(r"[A-Z].*\.", sentence)
    assert source.startswith(("https://", "KEP-"))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_a_scenario_says_what_and_why(path: Path) -> None:
    """A module has at most eighty lines, a docstring with its source, and a docstring for each scenario."""
    text = path.read_text()
    tree = ast.parse(text)
    assert len(text.splitlines()) <= MOST_LINES
    assert _SOURCE.search(ast.get_docstring(tree) or "")
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    assert [node.name for node in functions if not ast.get_docstring(node)] == []


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_every_scenario_claims_something(path: Path) -> None:
    """Each scenario has one requirement and its claims."""
    for name, marks in marked(path):
        names = sorted(mark.name for mark in marks)
        assert {"parametrize", "requirement"} <= set(names), name
        assert names.count("requirement") == 1, name
