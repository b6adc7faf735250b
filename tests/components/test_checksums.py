"""The forms in which releases publish their sums."""

import pytest

from lab.components.release import Asset, published_checksum
from lab.errors import ComponentError

SUM = "0123456789abcdef" * 4
ASSET = Asset("https://host.invalid/v1/file.tgz", "https://host.invalid/v1/sums", {})


@pytest.mark.parametrize(
    "text",
    [
        SUM,
        f"{SUM}\n",
        f"{SUM}  file.tgz\n",
        f"{SUM} *file.tgz\n",
        f"{'f' * 64}  other.tgz\n{SUM}  file.tgz\n",
    ],
)
def test_the_sum_is_found(text: str) -> None:
    """A sum alone, and lines of sums and names."""
    assert published_checksum(ASSET, text) == SUM


@pytest.mark.parametrize("text", ["", "Not Found", f"{SUM}  other.tgz", SUM[:-1], f"{SUM[:-1]} file.tgz"])
def test_there_is_no_sum(text: str) -> None:
    """A sum of another file, half a sum and a message are none."""
    with pytest.raises(ComponentError, match=r"for the sha256 of file\.tgz, but it holds none"):
        published_checksum(ASSET, text)
