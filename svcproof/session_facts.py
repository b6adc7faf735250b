"""What the halves of the plugin know of a session: both are given it in pytest's own stash."""

from pathlib import Path

import pytest

from lab.netns.order import LabOrder

RUN = pytest.StashKey[Path]()
"""The run's directory."""

ORDER = pytest.StashKey[LabOrder]()
"""What the labs of the run are made of."""
