"""The scenarios' tests, collected by pytest without a lab and without running anything."""

from pathlib import Path

import pytest

import scenarios
from lab.errors import LabError

_MARKS = ("requirement(id)", "when(circumstances)", "given(services)")


class _Collector:
    """A pytest plugin that keeps what was collected."""

    def __init__(self) -> None:
        self.items: tuple[pytest.Item, ...] = ()

    def pytest_configure(self, config: pytest.Config) -> None:
        """Registers the scenarios' marks."""
        for mark in _MARKS:
            config.addinivalue_line("markers", f"{mark}: see conformance.vocabulary")

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Takes the items."""
        self.items = tuple(session.items)


def scenario_items() -> tuple[pytest.Item, ...]:
    """Every test of the scenarios. LabError where they cannot be collected."""
    home = Path(scenarios.__path__[0])
    collector = _Collector()
    quiet = ["-p", "no:terminal", "--collect-only"]
    code = pytest.main(["-c", str(home / "pytest.toml"), *quiet, str(home)], plugins=[collector])
    if not collector.items or code != pytest.ExitCode.OK:
        raise LabError(
            f"the scenarios could not be collected (pytest's exit code {code})",
            next_step=f"pytest --collect-only {home}",
        )
    return collector.items
