"""The samples of docs/sample: reports that anybody may open, with nothing of the machine that they were made on."""

import re
from pathlib import Path

import pytest

from reports.html import MOST_BYTES

_SAMPLES = Path(__file__).parents[2] / "docs" / "sample"
_OF_THE_MACHINE = re.compile(r"(?<![\w.:/-])/(?:tmp|root|home|work)/")


@pytest.mark.parametrize("name", ["report.html", "broken.html"])
def test_a_sample_is_fit_to_be_shown(name: str) -> None:
    """It is no larger than a report may be, has a section for every claim, and names no directory of the machine."""
    text = (_SAMPLES / name).read_text()
    assert len(text.encode()) <= MOST_BYTES
    assert not _OF_THE_MACHINE.search(text)
    assert 'listed under <a href="#matrix">Requirements</a> only' not in text


def test_what_was_broken_says_so() -> None:
    """Nobody takes it for a finding."""
    text = (_SAMPLES / "broken.html").read_text()
    assert '<p class="note">Broken on purpose' in text
    assert "--kube-proxy docs/sample/mistaken-kube-proxy" in text
