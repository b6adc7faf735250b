"""What a run measured of itself, in words."""

from dataclasses import replace

from svcproof.figures import figures
from tests.reports.sample import sample_run
from tests.reports.sample_lab import a_lab


def test_the_figures_of_a_run() -> None:
    """The whole run, and for each lab: up, change to rules, packets captured and lost."""
    run = sample_run()
    probes = sum(claim.batch.size for claim in run.claims if claim.batch is not None)
    lab = "up in 6.4 s, change to rules on every node 0.31 s (median of 3, most 0.94 s), 48211 packets captured, 0 lost"
    assert list(figures(run)) == [
        f"whole run 83.4 s, 2 labs side by side, {probes} probes judged",
        f"lab-0: {lab}",
        f"lab-1: {lab}",
    ]


def test_a_run_that_changed_nothing() -> None:
    """No change to measure, no lab at all: said, not computed."""
    lab = a_lab("lab")
    still = replace(lab, figures=replace(lab.figures, programmed_seconds=(), dropped=7))
    [_, line] = figures(replace(sample_run(), labs=(still,)))
    assert line == "lab: up in 6.4 s, no change was programmed, 48211 packets captured, 7 lost"
    [only] = figures(replace(sample_run(), labs=(), claims=()))
    assert only == "whole run 83.4 s, 0 labs side by side, 0 probes judged"
