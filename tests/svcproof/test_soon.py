"""What a command takes to begin: it imports what it needs, and no more."""

import argparse
import os
import subprocess
import sys
from pathlib import Path

import pytest

from svcproof import cli

_HEAVY = {"pytest", "scapy", "jinja2", "urllib3"}
"""Each of them takes longer to import than all that a command needs to say what is wrong with its options."""


def imported_by(code: str) -> set[str]:
    """The modules that a process has imported once it has run this."""
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys\nprint(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(Path(cli.__file__).parents[1])},
    )
    return set(done.stdout.split())


def commands() -> list[str]:
    """What the parser names as the function of each command."""
    [verbs] = [each for each in cli.parser()._actions if isinstance(each, argparse._SubParsersAction)]
    return [verb.get_default("command") for verb in verbs.choices.values()]


@pytest.mark.parametrize("command", commands())
def test_every_command_is_a_function(command: str) -> None:
    """The parser names functions, which are looked for when they are called: all of them are there."""
    assert callable(cli._command(command))


def test_the_command_line_is_read_without_what_commands_need() -> None:
    """`svcproof --help` and a mistyped option are answered at once."""
    found = imported_by("import svcproof.cli; svcproof.cli.parser()")
    assert "svcproof.cli" in found
    assert not (_HEAVY | {"pydantic", "svcproof.commands"}) & found


@pytest.mark.parametrize("command", ["run", "doctor", "labs"])
def test_labs_are_started_without_what_is_needed_inside_or_afterwards(command: str) -> None:
    """A run's capsule is on its way before pytest, a lab or a report is imported here; standing labs need neither."""
    found = imported_by(f"import svcproof.commands.{command}")
    assert "svcproof.settings" in found
    assert not (_HEAVY | {"lab.netns.bring_up", "reports"}) & found


def test_the_controller_starts_its_workers_without_what_a_lab_needs() -> None:
    """What only a worker needs is in svcproof.lab_session."""
    found = imported_by("import svcproof.plugin")
    assert "svcproof.gathered" in found
    assert not {"scapy", "urllib3", "lab.netns.bring_up", "conformance.live"} & found
