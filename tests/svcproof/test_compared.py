"""`compare`, `report` of several runs, `bundle`: what the command line makes of results."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from conformance.results import Verdict, write_results
from svcproof import cli
from svcproof.bundle import kept_files
from svcproof.compared import compared
from tests.reports.sample import moved, sample_run


def _run_at(place: Path, name: str, **changes: object) -> Path:
    """A run's directory with results."""
    directory = place / name
    directory.mkdir()
    write_results(replace(sample_run(), run_id=name, **changes), directory / "results.json")  # type: ignore[arg-type]
    return directory


def test_a_run_is_the_same_as_itself() -> None:
    """Nothing differs: said, and true."""
    text, is_same = compared(sample_run(), sample_run())
    assert is_same
    assert text.splitlines()[-1] == "every claim came to the same in both"


def test_what_changed_is_listed() -> None:
    """A claim with another verdict, one that is not there any more, and the kernel; nothing else."""
    before = sample_run()
    fixed = replace(before.claims[6], verdict=Verdict.PASS, observed=before.claims[6].expected)
    labs = tuple(replace(lab, kernel="6.18.1") for lab in before.labs)
    after = replace(before, claims=(*before.claims[1:6], fixed, *before.claims[7:]), labs=labs)
    text, is_same = compared(before, after)
    assert not is_same
    assert "2 claims came to something else:" in text
    assert [line for line in text.splitlines() if line.startswith(("cip", "np", "noep"))] == [
        before.claims[0].id,
        fixed.id,
    ]
    assert re.search(r"not in this run", text)
    assert "Kernel: " in text


def test_compare_has_an_exit_code(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """0 where both are the same, 1 where they are not."""
    one, other = _run_at(tmp_path, "one"), _run_at(tmp_path, "other")
    less = _run_at(tmp_path, "less", claims=sample_run().claims[:3])
    assert [cli.main(["compare", str(one), str(it)]) for it in (other, less)] == [0, 1]
    assert "every claim came to the same" in capsys.readouterr().out


def test_one_report_of_several_runs(tmp_path: Path) -> None:
    """All forms in a directory of their own; runs of one profile are told apart; the runs' own reports stay."""
    runs = [_run_at(tmp_path, "one"), _run_at(tmp_path, "two", claims=sample_run().claims[:3])]
    assert cli.main(["report", *map(str, runs), "--output", str(tmp_path / "both")]) == 0
    assert {path.name for path in (tmp_path / "both").iterdir()} == {
        "report.html",
        "summary.md",
        "summary.json",
        "junit.xml",
    }
    document = json.loads((tmp_path / "both" / "summary.json").read_text())
    assert [run["label"] for run in document["runs"]] == ["iptables-flannel one", "iptables-flannel two"]
    assert set(document["claims"][sample_run().claims[0].id]) == {run["label"] for run in document["runs"]}
    assert not (runs[0] / "report.html").exists()


def test_the_same_run_twice_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 2: a report of a run beside itself says nothing."""
    run = str(_run_at(tmp_path, "one"))
    assert cli.main(["report", run, run]) == 2
    assert "named twice" in capsys.readouterr().err


def test_evidence_is_taken_from_the_run_alone(tmp_path: Path) -> None:
    """A results file that points elsewhere gets nothing from there."""
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "key").write_text("x")
    run = tmp_path / "run"
    run.mkdir()
    for elsewhere in ("../secret", str(tmp_path / "secret")):
        assert kept_files(replace(moved(), bundle=elsewhere), run) == []


def test_a_run_without_failures_has_nothing_to_bundle(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit 2 and what to do; with a claim that is named, its file."""
    run = _run_at(tmp_path, "one", claims=sample_run().claims[:1])
    assert cli.main(["bundle", str(run)]) == 2
    assert "no claim of this run fails" in capsys.readouterr().err
    assert cli.main(["bundle", str(run), sample_run().claims[0].id]) == 0
    assert Path(capsys.readouterr().out.strip()).exists()
