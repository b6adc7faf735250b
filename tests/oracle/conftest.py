"""Registers the marks of scenarios, which these tests import and read."""

import pytest


def pytest_configure(config: pytest.Config) -> None:
    """The marks that conformance.vocabulary makes: pytest is strict about others."""
    for name in ("given", "requirement", "when"):
        config.addinivalue_line("markers", f"{name}: read from scenarios, as svcproof's own plugin does")
