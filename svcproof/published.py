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
FIGURES_FILE = "figures.txt"
_LATEST = "latest"


def publish(run: Run, directory: Path, progress: Progress) -> None:
    """Writes the report and the summary from the results alone, and says the outcome."""
    (directory / REPORT_FILE).write_text(render_html(run))
    (directory / SUMMARY_FILE).write_text(render_markdown(run))
    lines = [f"{run.profile}: {sentence(run)}", *(f"  {line}" for line in figures(run))]
    (directory / FIGURES_FILE).write_text("\n".join([*lines, ""]))
    for line in lines:
        progress.say(line)
    progress.say(f"  report: {directory / REPORT_FILE}")


def point_latest(directory: Path) -> None:
    """Points runs/latest here, by renaming a new link: of two runs at once the later one wins."""
    link = directory.parent / _LATEST
    fresh = directory.parent / f".{_LATEST}-{directory.name}"
    fresh.symlink_to(directory.name)
    fresh.replace(link)
