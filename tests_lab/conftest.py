"""svcproof for each test, and the proof that it left nothing."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests_lab.commanded import Commanded
from tests_lab.host import host, sockets_below


@pytest.fixture
def svcproof(tmp_path: Path) -> Iterator[Commanded]:
    """A svcproof with directories of its own; afterwards no process of it, and nothing new on this machine."""
    before = host()
    commanded = Commanded(tmp_path)
    try:
        yield commanded
        commanded.wait_gone()
        assert [*host().new_since(before), *sockets_below(tmp_path)] == []
    finally:
        commanded.close()
