"""Property tests leave nothing behind: hypothesis gets no directory that it could keep notes in."""

import os

import pytest
from hypothesis.configuration import set_hypothesis_home_dir


@pytest.hookimpl
def pytest_configure() -> None:
    """Name a directory that cannot exist; hypothesis does without, and keeps nothing in the checkout."""
    set_hypothesis_home_dir(f"{os.devnull}/hypothesis")
