"""What a finished run leaves beside its results, and what the terminal says of it."""

from collections.abc import Sequence
from pathlib import Path

from conformance.results import ResultsError, Run, Verdict
from lab.components.progress import Progress
from reports.for_programs import render_json
from reports.html import render_html
from reports.junit import render_junit
from reports.markdown import render_markdown
from reports.sabotage import SabotageTable
from reports.summary import counted, sentence
from reports.templating import compile_templates
from svcproof.bundle import kept_files, write_bundle
from svcproof.figures import figures
from svcproof.next_steps import next_steps
from svcproof.sabotage.rendering import shown as sabotage_shown
from svcproof.sabotage.results import RESULTS_FILE as SABOTAGE_FILE
from svcproof.sabotage.results import read_sabotage

REPORT_FILE = "report.html"
SUMMARY_FILE = "summary.md"
JSON_FILE = "summary.json"
JUNIT_FILE = "junit.xml"
FIGURES_FILE = "figures.txt"
_LATEST = "latest"
_MOST_BUNDLES = 20
"""A run in which everything fails says so well enough with this many files; `svcproof bundle` makes any other."""


def get_ready() -> None:
    """Compiles the templates of the page before there is anything to write."""
    compile_templates()


def publish(run: Run, directory: Path, progress: Progress, note: str = "") -> None:
    """Writes every form of the report from the results alone, and says the outcome."""
    write_reports([run], directory, sabotages_for([run], [directory]), note)
    lines = [f"{run.profile}: {sentence(run)}", *(f"  {line}" for line in figures(run))]
    (directory / FIGURES_FILE).write_text("\n".join([*lines, ""]))
    for line in lines:
        progress.say(line)
    for error in run.errors:
        progress.say(f"  error of the run: {error.partition(chr(10))[0]}")
    failed = [claim for claim in run.claims if claim.verdict is Verdict.FAIL and kept_files(claim, directory)]
    bundles = [write_bundle(run, claim, directory, redact=False) for claim in failed[:_MOST_BUNDLES]]
    if bundles:
        progress.say(f"  evidence of {counted(len(bundles), 'claim')}, a file each: {bundles[0].parent}")
    progress.say(f"  report: {directory / REPORT_FILE}")
    progress.say("next:")
    for step in next_steps(run, directory):
        progress.say(f"  {step}")


def write_reports(
    runs: Sequence[Run], directory: Path, sabotages: Sequence[SabotageTable] = (), note: str = ""
) -> None:
    """Writes HTML, Markdown, JUnit and JSON of these runs into a directory. note: what a reader must know first."""
    directory.mkdir(parents=True, exist_ok=True)
    (directory / REPORT_FILE).write_text(render_html(*runs, sabotages=sabotages, note=note))
    (directory / SUMMARY_FILE).write_text(render_markdown(*runs, sabotages=sabotages, note=note))
    (directory / JUNIT_FILE).write_text(render_junit(runs))
    (directory / JSON_FILE).write_text(render_json(runs))


def sabotages_for(runs: Sequence[Run], directories: Sequence[Path]) -> tuple[SabotageTable, ...]:
    """The sabotages of these directories, or else of each profile of the runs the newest that stands beside them."""
    given = [found for each in directories if (found := each / SABOTAGE_FILE).exists()]
    profiles = dict.fromkeys(run.profile for run in runs)
    files = given or [newest for profile in profiles if (newest := _newest_beside(directories, profile))]
    return tuple(sabotage_shown(read_sabotage(file)) for file in files)


def _newest_beside(directories: Sequence[Path], profile: str) -> Path | None:
    parents = {directory.resolve().parent for directory in directories}
    found = [file for each in parents for file in each.glob(f"*-sabotage-{profile}-*/{SABOTAGE_FILE}")]
    newest_first = sorted(found, key=lambda file: file.parent.name, reverse=True)
    return next((file for file in newest_first if _is_whole(file)), None)


def _is_whole(file: Path) -> bool:
    """Whether a sabotage beside a run came to its end, and made faults: none that was given has to."""
    try:
        found = read_sabotage(file)
    except ResultsError:
        return False
    return bool(found.faults) and not found.interrupted


def point_latest(directory: Path) -> None:
    """Points runs/latest here, by renaming a new link: of two runs at once the later one wins."""
    link = directory.parent / _LATEST
    fresh = directory.parent / f".{_LATEST}-{directory.name}"
    fresh.symlink_to(directory.name)
    fresh.replace(link)
