"""What a finished run leaves beside its results, and what the terminal says of it."""

from pathlib import Path

from conformance.results import Run
from lab.components.progress import Progress
from reports.html import render_html
from reports.markdown import render_markdown
from reports.summary import sentence
from svcproof.figures import figures

REPORT_FILE = "report.html"
SUMMARY_FILE = "summary.md"
_LATEST = "latest"


def publish(run: Run, directory: Path, progress: Progress) -> None:
    """Writes the report and the summary, points runs/latest here, says the outcome."""
    (directory / REPORT_FILE).write_text(render_html(run))
    (directory / SUMMARY_FILE).write_text(render_markdown(run))
    _point_latest(directory)
    progress.say(f"{run.profile}: {sentence(run)}")
    for line in figures(run):
        progress.say(f"  {line}")
    progress.say(f"  report: {directory / REPORT_FILE}")


def _point_latest(directory: Path) -> None:
    """A new link beside, then renamed: two runs at once both succeed, and the later one wins."""
    link = directory.parent / _LATEST
    fresh = directory.parent / f".{_LATEST}-{directory.name}"
    fresh.symlink_to(directory.name)
    fresh.replace(link)
