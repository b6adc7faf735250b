"""What a caller can ask for."""

from pathlib import Path

import pytest

from lab.components.sources import Sources
from lab.errors import UsageError


@pytest.mark.parametrize("version", ["1.36.3", "v1.36.3"])
def test_a_version_with_and_without_v(version: str) -> None:
    """Both spellings mean the same."""
    sources = Sources(cache=Path("cache"), environ={}, kubernetes_version=version)
    assert sources.kubernetes == "1.36.3"


@pytest.mark.parametrize("version", ["", "1.36", "latest", "1.36.3-rc.0", "v1.36.x", "1.36.3\n"])
def test_what_is_no_version(version: str) -> None:
    """Anything else is the caller's error, and the pinned version is named."""
    with pytest.raises(UsageError, match="is not a Kubernetes version") as caught:
        Sources(cache=Path("cache"), environ={}, kubernetes_version=version)
    assert "1.36.3" in caught.value.next_step


@pytest.mark.parametrize(("machine", "expected"), [("x86_64", "amd64"), ("aarch64", "arm64")])
def test_the_architecture(machine: str, expected: str) -> None:
    """The kernel's name of a machine becomes Go's."""
    sources = Sources(cache=Path("cache"), environ={}, machine=machine)
    assert sources.architecture == expected
