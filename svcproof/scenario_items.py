"""The scenarios' tests, collected by pytest without a lab and without running anything."""

from pathlib import Path

import pytest

import scenarios
from lab.errors import LabError

_MARKS = ("requirement(id)", "when(circumstances)", "given(services)")


class _Collector:
    """A pytest plugin that keeps what was collected, and what was in the way of the rest."""

    def __init__(self) -> None:
        self.items: tuple[pytest.Item, ...] = ()
        self.failures: list[str] = []

    def pytest_configure(self, config: pytest.Config) -> None:
        """Registers the scenarios' marks."""
        for mark in _MARKS:
            config.addinivalue_line("markers", f"{mark}: see conformance.vocabulary")

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Takes what a module that cannot be collected says."""
        if report.failed:
            self.failures.append(f"{report.nodeid}:\n{report.longreprtext}")

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Takes the items."""
        self.items = tuple(session.items)


def scenario_items(home: Path | None = None) -> tuple[pytest.Item, ...]:
    """Every test of the scenarios. LabError where they cannot be collected. home: their directory, if it is another."""
    home = home or Path(scenarios.__path__[0])
    collector = _Collector()
    quiet = ["-p", "no:terminal", "--collect-only"]
    code = pytest.main(["-c", str(home / "pytest.toml"), *quiet, str(home)], plugins=[collector])
    if not collector.items or code != pytest.ExitCode.OK:
        raise LabError(
            f"the scenarios in {home} could not be collected (pytest's exit code {code})",
            output="\n".join(collector.failures),
            next_step="mend the scenario, or take it away",
        )
    return collector.items
