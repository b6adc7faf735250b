"""The figures that a run measured of itself, as lines. Pure."""

from collections.abc import Iterator
from statistics import median

from conformance.results import Run


def figures(run: Run) -> Iterator[str]:
    """Lab up, change to rules, the whole run, and what the captures lost."""
    seconds = (run.finished - run.started).total_seconds()
    probes = sum(claim.batch.size for claim in run.claims if claim.batch is not None)
    yield f"whole run {seconds:.1f} s, {len(run.labs)} labs side by side, {probes} probes judged"
    for record in run.labs:
        of = record.figures
        programmed = of.programmed_seconds
        spread = (
            f"change to rules on every node {median(programmed):.2f} s (median of {len(programmed)}, "
            f"most {max(programmed):.2f} s)"
            if programmed
            else "no change was programmed"
        )
        yield (
            f"{record.lab}: up in {of.up_seconds:.1f} s, {spread}, "
            f"{of.captured} packets captured, {of.dropped} lost"
        )
