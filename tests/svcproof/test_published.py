"""What a finished run leaves, and the link to the latest."""

import io
import json
from pathlib import Path
from xml.etree import ElementTree as ET

from lab.components.progress import Lines
from svcproof.published import point_latest, publish
from tests.reports.sample import sample_run


def test_a_run_leaves_report_and_summary(tmp_path: Path) -> None:
    """Every form of the report and the figures beside the results; the outcome, its place and what next are said."""
    said = io.StringIO()
    publish(sample_run(), tmp_path, Lines(said))
    assert "<html" in (tmp_path / "report.html").read_text()
    assert (tmp_path / "summary.md").read_text().strip()
    assert ET.parse(tmp_path / "junit.xml").getroot().tag == "testsuites"  # noqa: S314 - our own file
    assert json.loads((tmp_path / "summary.json").read_text())["runs"][0]["profile"] == "iptables-flannel"
    lines = said.getvalue().splitlines()
    assert lines[0].startswith("iptables-flannel: ")
    figures = (tmp_path / "figures.txt").read_text().splitlines()
    assert lines[: len(figures)] == figures
    assert f"  report: {tmp_path / 'report.html'}" in lines
    assert lines[-4] == "next:"
    assert all(line.startswith("  svcproof ") for line in lines[-3:])


def test_latest_is_the_last_run(tmp_path: Path) -> None:
    """The link is relative, follows the later run, and leaves nothing beside it."""
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        point_latest(tmp_path / name)
    assert (tmp_path / "latest").readlink() == Path("second")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["first", "latest", "second"]


def test_latest_survives_its_run(tmp_path: Path) -> None:
    """A link whose run was removed is replaced like any other."""
    (tmp_path / "latest").symlink_to("removed")
    (tmp_path / "new").mkdir()
    point_latest(tmp_path / "new")
    assert (tmp_path / "latest").resolve() == tmp_path / "new"
