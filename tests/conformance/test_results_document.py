"""docs/results.md describes the schema as it is."""

import typing
from dataclasses import fields, is_dataclass
from pathlib import Path

import pytest

from conformance.results import SCHEMA_VERSION, Run, Verdict, read_results
from conformance.tier import Tier

DOCUMENT = Path(__file__).parents[2] / "docs" / "results.md"


def _types_in(hint: object, found: dict[str, type]) -> None:
    """Collects the dataclasses that a type is made of."""
    for part in typing.get_args(hint):
        _types_in(part, found)
    if isinstance(hint, type) and is_dataclass(hint) and hint.__name__ not in found:
        found[hint.__name__] = hint
        for part in typing.get_type_hints(hint, include_extras=True).values():
            _types_in(part, found)


def _schema() -> dict[str, type]:
    found: dict[str, type] = {}
    _types_in(Run, found)
    return found


def _section(name: str) -> str:
    """The text under the heading that names a type."""
    sections = DOCUMENT.read_text().split("\n### ")
    return next((section for section in sections if f"`{name}`" in section.partition("\n")[0]), "")


def test_the_walk_finds_the_depths() -> None:
    """The types that the other tests ask for include those deep in the schema."""
    assert {"Run", "Step", "Fate", "Masqueraded", "Figures", "Deviation"} <= set(_schema())


@pytest.mark.parametrize("name", sorted(_schema()))
def test_every_field_is_described(name: str) -> None:
    """Each type has a heading, and under it each of its fields stands in backticks."""
    section = _section(name)
    assert section, f"no heading names `{name}`"
    missing = [field.name for field in fields(_schema()[name]) if f"`{field.name}`" not in section]
    assert not missing


def test_every_word_is_described() -> None:
    """Each verdict, each tier and the version of the schema stand in the document."""
    text = DOCUMENT.read_text()
    assert [word for word in (*Verdict, *Tier) if f"`{word}`" not in text] == []
    assert f"`{SCHEMA_VERSION}`" in text


def test_the_example_is_true(tmp_path: Path) -> None:
    """The example in the document is a results file that can be read."""
    example = DOCUMENT.read_text().partition("```json\n")[2].partition("```")[0]
    path = tmp_path / "results.json"
    path.write_text(example)
    run = read_results(path)
    assert [claim.verdict for claim in run.claims] == [Verdict.KNOWN_DIFFERENCE]
    assert run.exit_code == 0
