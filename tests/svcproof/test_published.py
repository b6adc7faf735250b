"""What a finished run leaves, and the link to the latest."""

import io
from pathlib import Path

from lab.components.progress import Lines
from svcproof.published import point_latest, publish
from tests.reports.sample import sample_run


def test_a_run_leaves_report_and_summary(tmp_path: Path) -> None:
    """An HTML report, a summary and the figures beside the results; the outcome and the report's place are said."""
    said = io.StringIO()
    publish(sample_run(), tmp_path, Lines(said))
    assert "<html" in (tmp_path / "report.html").read_text()
    assert (tmp_path / "summary.md").read_text().strip()
    lines = said.getvalue().splitlines()
    assert lines[0].startswith("iptables-flannel: ")
    assert lines[-1] == f"  report: {tmp_path / 'report.html'}"
    assert (tmp_path / "figures.txt").read_text().splitlines() == lines[:-1]


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
