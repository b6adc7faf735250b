"""`svcproof sabotage`: enters the capsule, writes the table, says what came out."""

import sys
from dataclasses import dataclass
from pathlib import Path

from conformance.exit_codes import NOT_TESTED
from lab.components.progress import Progress
from svcproof.lab_run import LabRequest, enter, prepare, wrote_nothing
from svcproof.labs import Labs
from svcproof.sabotage.order import SabotageOrder, write_order
from svcproof.sabotage.rendering import markdown, summary
from svcproof.sabotage.results import RESULTS_FILE, read_sabotage
from svcproof.sabotage.score import exit_code

TABLE_FILE = "sabotage.md"


@dataclass(frozen=True, slots=True, kw_only=True)
class SabotageRequest:
    """A sabotage of one profile."""

    lab: LabRequest
    order: SabotageOrder


def sabotage(request: SabotageRequest, labs: Labs, progress: Progress) -> int:
    """Sabotages one profile; svcproof's exit code: that of exit_code in score.py, 3 for a lab error."""
    directory = prepare(request.lab, f"sabotage-{request.lab.profile.name}", progress)
    write_order(request.order, directory)
    progress.say(f"{request.lab.profile.name}: sabotage {directory.name}")
    argv = [sys.executable, "-m", "svcproof.sabotage.inside", str(directory)]
    return _finish(directory, enter(request.lab, directory, argv, labs), progress)


def _finish(directory: Path, code: int, progress: Progress) -> int:
    results = directory / RESULTS_FILE
    if not results.exists():
        raise wrote_nothing(directory, code)
    found = read_sabotage(results)
    if found.listed:
        print("\n".join(found.listed))
    (directory / TABLE_FILE).write_text(markdown(found))
    for line in summary(found):
        progress.say(line)
    progress.say(f"  table: {directory / TABLE_FILE}")
    return exit_code(found) if code == 0 else max(exit_code(found), NOT_TESTED, code)
