"""What a finished run leaves, and the link to the latest."""

import io
import json
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

from lab.components.progress import Lines
from svcproof.published import point_latest, publish
from svcproof.sabotage.results import FaultResult, write_sabotage
from tests.reports.outline import Outline
from tests.reports.sample import sample_run
from tests.sabotage.results_of import NOTICED, SURVIVED, sabotage


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


def _sabotage(runs: Path, name: str, *faults: FaultResult) -> None:
    (runs / name).mkdir(parents=True)
    write_sabotage(sabotage(faults), runs / name / "sabotage.json")


def test_a_run_tells_of_the_sabotage_beside_it(tmp_path: Path) -> None:
    """Of its own profile the newest, with every survivor by name; of another profile none."""
    own, run = sabotage([]).profile, tmp_path / "20261121-120000-run"
    run.mkdir()
    _sabotage(tmp_path, f"20261121-100000-sabotage-{own}-aaaa", replace(NOTICED, name="an older one"))
    _sabotage(tmp_path, f"20261121-110000-sabotage-{own}-bbbb", SURVIVED, NOTICED)
    _sabotage(
        tmp_path, "20261121-115900-sabotage-elsewhere-cccc", replace(NOTICED, name="of another profile")
    )
    publish(replace(sample_run(), profile=own), run, Lines(io.StringIO()))
    page = Outline((run / "report.html").read_text())
    [section] = [each for each in page.all("section") if each.attributes.get("aria-labelledby") == "sabotage"]
    assert SURVIVED.name in section.text
    assert "an older one" not in section.text
    assert "of another profile" not in section.text
    [first] = [each for each in page.all("section") if each.attributes.get("aria-labelledby") == "not-proven"]
    assert SURVIVED.name in first.text


def test_a_sabotage_beside_a_run_that_tells_nothing_is_passed_over(tmp_path: Path) -> None:
    """One that cannot be read, one without faults and one that was interrupted: none keeps a run from its report."""
    own, run = sabotage([]).profile, tmp_path / "20261121-120000-run"
    run.mkdir()
    _sabotage(tmp_path, f"20261121-100000-sabotage-{own}-aaaa", replace(NOTICED, name="a whole one"))
    _sabotage(tmp_path, f"20261121-110000-sabotage-{own}-bbbb")
    _sabotage(tmp_path, f"20261121-110100-sabotage-{own}-cccc")
    (tmp_path / f"20261121-110100-sabotage-{own}-cccc" / "sabotage.json").write_text("{}")
    _sabotage(tmp_path, f"20261121-110200-sabotage-{own}-dddd")
    write_sabotage(
        sabotage([replace(NOTICED, name="an interrupted one")], interrupted=True),
        tmp_path / f"20261121-110200-sabotage-{own}-dddd" / "sabotage.json",
    )
    publish(replace(sample_run(), profile=own), run, Lines(io.StringIO()))
    page = (run / "report.html").read_text()
    assert "a whole one" in page
    assert "an interrupted one" not in page


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
