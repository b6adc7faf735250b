"""What a terminal shows while a run goes on, and the commands after it."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

from conformance.results import Verdict, write_results
from svcproof.next_steps import next_steps
from svcproof.progress_line import failure_text, progress_text
from tests.reports.sample import empty_run, lab_error, moved, reached, sample_run


def test_the_line_says_how_far_and_what_failed() -> None:
    """Done of all, failures first, then what runs; nothing is said of what did not happen."""
    verdicts = Counter({Verdict.PASS: 5, Verdict.FAIL: 1, Verdict.KNOWN_DIFFERENCE: 2})
    assert progress_text(142, verdicts, ["test_x[from_pod]"], 80) == (
        "8/142, 1 failure, 2 known differences  test_x[from_pod]"
    )
    assert progress_text(0, Counter(), [], 80) == "0/?"


def test_the_line_fits() -> None:
    """It is never as wide as the terminal, which would break it."""
    for width in range(2, 60):
        assert len(progress_text(142, Counter({Verdict.PASS: 5}), ["test_x[from_pod]"] * 3, width)) < width


def test_a_failure_is_told_at_once() -> None:
    """Expected and observed, or why the lab broke."""
    assert failure_text(moved()) == (
        f"fail: {moved().id}: expected {moved().expected_text}; observed {moved().observed_text}"
    )
    assert failure_text(lab_error()).endswith("kube-proxy of worker-c ended by itself")


def test_next_steps_after_a_failure(tmp_path: Path) -> None:
    """Again alone, its evidence, a lab to look around in."""
    steps = next_steps(sample_run(), tmp_path)
    first = next(claim.id for claim in sample_run().claims if claim.verdict is Verdict.STALE_DIFFERENCE)
    assert [step.split()[1] for step in steps] == ["rerun", "bundle", "up"]
    assert first in steps[0]


def test_next_steps_after_a_lab_error(tmp_path: Path) -> None:
    """What the machine lacks comes first."""
    first, *_ = next_steps(empty_run(), tmp_path)
    assert first.startswith("svcproof doctor iptables-flannel")


def test_next_steps_after_a_green_run_name_runs_that_are_there(tmp_path: Path) -> None:
    """With a run of the other profile beside and an earlier one of the same, both can be typed as they stand."""
    green = replace(sample_run(), claims=(reached(),))
    here = tmp_path / "20260804-1-iptables-flannel-aa"
    for name in (here.name, "20260803-1-iptables-flannel-bb", "20260803-2-nftables-flannel-cc"):
        (tmp_path / name).mkdir()
    assert [step.split()[1] for step in next_steps(green, here)] == ["run", "claims", "sabotage"]
    for directory in tmp_path.iterdir():
        write_results(green, directory / "results.json")
    steps = next_steps(green, here)
    assert [step.split()[1] for step in steps] == ["report", "compare", "sabotage"]
    assert str(tmp_path / "20260803-2-nftables-flannel-cc") in steps[0]
    assert str(tmp_path / "20260803-1-iptables-flannel-bb") in steps[1]
