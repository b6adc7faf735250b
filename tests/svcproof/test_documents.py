"""What the documents show can be typed: commands and options exist, and so do the files that they name."""

import re
import shlex
from collections.abc import Iterator, Sequence
from configparser import ConfigParser
from itertools import product
from pathlib import Path

import pytest

from lab.profiles import PROFILES
from svcproof import cli

ROOT = Path(cli.__file__).parents[1]
DOCUMENTS = (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md")))
WRITTEN_BY_THE_READER = "test_maintenance.py"
PROFILE_NAMES = tuple(profile.name for profile in PROFILES)


def tox_commands() -> dict[str, str]:
    """What each environment of tox.ini runs. Its own name and what follows `--` stand in braces."""
    tox = ConfigParser(interpolation=None)
    tox.read(ROOT / "tox.ini")
    found = {}
    for section in tox.sections():
        parts = re.findall(r"\{([^}]*)\}|([^{}]+)", section.removeprefix("testenv:"))
        for name in map(
            "".join, product(*(braced.split(",") or [] if braced else [plain] for braced, plain in parts))
        ):
            found[name] = tox[section].get("commands", "")
    return found


def shown(document: Path) -> Iterator[str]:
    """The commands of a document: lines of its blocks, and what stands between backticks with more than a verb."""
    text = document.read_text()
    for block in re.findall(r"^```[^\n]*\n(.*?)^```", text, re.DOTALL | re.MULTILINE):
        yield from re.findall(r"^ *(?:\$ )?(?:\w+=\S+ )?((?:svcproof|\./toxw) [^\n]*)", block, re.MULTILINE)
    yield from re.findall(r"`(?:\w+=\S+ )?(svcproof \w+ [^`\n]+|\./toxw [^`\n]+)`", text)


def words_of(command: str) -> Sequence[str]:
    """What svcproof is told by a command, of itself or through toxw; nothing where that is pytest, ruff or mypy."""
    words = shlex.split(command, comments=True)
    if words[0] == "svcproof":
        return words[1:]
    assert words[1] == "-e"
    environment, behind = words[2], words[4:]
    assert environment in tox_commands(), command
    for verb, prefix in (("run", ""), ("sabotage", "sabotage-")):
        if environment.removeprefix(prefix) in PROFILE_NAMES:
            return [verb, environment.removeprefix(prefix), *behind]
    return ()


COMMANDS = sorted({command for document in DOCUMENTS for command in shown(document)})


def test_commands_are_found() -> None:
    """In blocks and between backticks."""
    assert len(COMMANDS) > 60
    assert "svcproof doctor --fix" in COMMANDS


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_that_is_shown_can_be_typed(command: str) -> None:
    """Its verb, options and number of arguments are those of the command line, its environment one of tox.ini."""
    words = list(words_of(command))
    if words:
        ours = words[: words.index("--")] if "--" in words else words
        options = cli.parser().parse_args(ours)
        assert "--" not in words or options.takes_more


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_a_file_that_is_named_is_there(document: Path) -> None:
    """By a link, seen from the document, or between backticks, seen from the checkout."""
    text = document.read_text()
    linked = [document.parent / name for name in re.findall(r"\]\((?!https?:)([^)#]+)", text)]
    named = [ROOT / name for name in re.findall(r"`([a-z_]+/[\w/]+\.(?:py|md|yml))\b", text)]
    assert [
        path for path in (*linked, *named) if not path.exists() and path.name != WRITTEN_BY_THE_READER
    ] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_a_name_of_a_file_is_in_it(document: Path) -> None:
    """As in `svcproof/cli.py: main`."""
    for name, inside in re.findall(r"`([a-z_]+/[\w/]+\.py): (\w+)`", document.read_text()):
        assert re.search(rf"\b(?:def|class) {inside}\b", (ROOT / name).read_text()), (name, inside)


@pytest.mark.parametrize("name", PROFILE_NAMES)
def test_an_environment_examines_the_machine_for_what_it_runs(name: str) -> None:
    """By the same command, which so sees what follows `--`."""
    commands = tox_commands()
    assert commands[name] == "svcproof run --fix {env_name} {posargs}"
    sabotage = commands[f"sabotage-{name}"].split("\n")
    assert f"{name}: svcproof sabotage --fix {name} {{posargs}}" in sabotage
    assert cli.parser().parse_args(["run", "--fix", name, "--network-implementation", "real"]).fix
