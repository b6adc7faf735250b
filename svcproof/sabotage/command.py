"""`svcproof sabotage`: gets what is needed, enters the capsule, writes the table, says what came out."""

import secrets
import shlex
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from conformance.verdict import NOT_TESTED
from lab.capsule.start import start_capsule
from lab.components.program import Program
from lab.components.progress import Progress
from lab.components.resolve import resolve
from lab.components.sources import Sources
from lab.errors import LabError
from lab.netns.order import LabOrder
from lab.netns.order import write_order as write_lab_order
from lab.networks.flannel import Backend
from lab.profiles import Profile
from svcproof import __version__
from svcproof.invocation import ORDER_FILE, Invocation, write_invocation
from svcproof.labs import Labs, LabUse
from svcproof.run import clean
from svcproof.sabotage.order import SabotageOrder, write_order
from svcproof.sabotage.rendering import markdown, summary
from svcproof.sabotage.results import RESULTS_FILE, read_sabotage
from svcproof.sabotage.score import exit_code
from svcproof.supervise import supervise

TABLE_FILE = "sabotage.md"


@dataclass(frozen=True, slots=True, kw_only=True)
class SabotageRequest:
    """What the user asked for."""

    profile: Profile
    sources: Sources
    runs: Path
    backend: Backend
    order: SabotageOrder
    command: tuple[str, ...]
    environ: Mapping[str, str]


def sabotage(request: SabotageRequest, labs: Labs, progress: Progress) -> int:
    """Sabotages one profile; svcproof's exit code: 0 every survivor is settled, 1 one is not, 3 lab error."""
    components = resolve(tuple(Program), request.sources, progress)
    directory = _make_directory(request)
    lab_order = LabOrder(
        profile=request.profile,
        components=components,
        kubernetes=components[Program.KUBE_PROXY].version,
        backend=request.backend,
        logs=directory / "logs",
        seed=request.order.seed,
        python=sys.executable,
    )
    write_lab_order(lab_order, directory / ORDER_FILE)
    write_order(request.order, directory)
    write_invocation(_invocation(request, directory.name), directory)
    argv = [sys.executable, "-m", "svcproof.sabotage.inside", str(directory)]
    with labs.register(directory.name, LabUse.RUN, request.profile.name, directory) as entry:
        progress.say(f"{request.profile.name}: sabotage {directory.name}")
        capsule = start_capsule(argv, clean(request.environ))
        entry.started(capsule)
        code = supervise(capsule)
    return _finish(directory, code, progress)


def _make_directory(request: SabotageRequest) -> Path:
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    directory = request.runs / f"{stamp}-sabotage-{request.profile.name}-{secrets.token_hex(2)}"
    try:
        directory.mkdir(parents=True)
    except OSError as error:
        raise LabError(
            f"cannot make the directory of the run, {directory}",
            output=str(error),
            next_step="another place, with --runs DIR",
        ) from error
    return directory.resolve()


def _invocation(request: SabotageRequest, run_id: str) -> Invocation:
    return Invocation(
        run_id=run_id,
        profile=request.profile.name,
        command=shlex.join(("svcproof", *request.command)),
        seed=request.order.seed,
        svcproof=__version__,
    )


def _finish(directory: Path, code: int, progress: Progress) -> int:
    results = directory / RESULTS_FILE
    if not results.exists():
        raise LabError(
            f"the sabotage ended with exit code {code} and wrote no results",
            next_step=f"what it printed above, and the logs in {directory / 'logs'}",
        )
    found = read_sabotage(results)
    if found.listed:
        print("\n".join(found.listed))
    (directory / TABLE_FILE).write_text(markdown(found))
    for line in summary(found):
        progress.say(line)
    progress.say(f"  table: {directory / TABLE_FILE}")
    return exit_code(found) if code == 0 else max(exit_code(found), NOT_TESTED, code)
