"""`svcproof run`: enters the capsule with pytest, writes the report, says what came out."""

import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

import scenarios
from conformance.exit_codes import USAGE
from conformance.gate import gated, unmet
from conformance.results import Run, read_results
from lab.components.progress import Progress
from lab.errors import LabError
from svcproof.invocation import RESULTS_FILE
from svcproof.lab_run import LabRequest, enter, prepare, wrote_nothing
from svcproof.labs import Labs

_PYTEST_USAGE_ERROR = 4
"""pytest.ExitCode.USAGE_ERROR: to ask pytest itself takes a quarter of a second before a run begins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRequest:
    """A run of scenarios.

    workers: labs side by side, each with a pytest worker. claims: the ids to judge, all where there are none.
    required, baseline: see conformance.gate. pytest: arguments passed on. traced: whether the kernel tells of a probe
    of every claim, not only of those that fail.
    """

    lab: LabRequest
    workers: int
    claims: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    baseline: Run | None = None
    pytest: tuple[str, ...] = ()
    traced: bool = False


def run(request: RunRequest, labs: Labs, progress: Progress) -> Run | None:
    """Runs one profile; its results, or nothing where pytest refused its arguments (it has said why)."""
    directory = prepare(request.lab, request.lab.profile.name, progress)
    progress.say(f"{request.lab.profile.name}: run {directory.name}")
    code = enter(request.lab, directory, pytest_command(request, directory), labs, _get_ready)
    if code == _PYTEST_USAGE_ERROR:
        shutil.rmtree(directory)
        return None
    return _finish(directory, code, progress)


def pytest_command(request: RunRequest, directory: Path) -> list[str]:
    """The program of the capsule: pytest over the scenarios, with a lab for each worker."""
    home = Path(scenarios.__path__[0])
    # A worker that dies is not replaced, because another would bring up one more lab beside what is left of a lab.
    spread = ["--dist", "loadscope", "--no-loadscope-reorder", "--max-worker-restart=0"]
    workers = ["-n", str(request.workers), *spread] if request.workers > 1 else []
    chosen = [f"--svcproof-claim={claim}" for claim in request.claims]
    traced = ["--svcproof-trace"] if request.traced else []
    return [
        sys.executable,
        "-m",
        "pytest",
        "-c",
        str(home / "pytest.toml"),
        # No plugin that only happens to be installed has a say in a run.
        "--disable-plugin-autoload",
        "-p",
        "xdist",
        "-p",
        "svcproof.plugin",
        f"--svcproof-run={directory}",
        "--basetemp=/run/svcproof-tmp",
        "--no-header",
        *workers,
        *chosen,
        *traced,
        *request.pytest,
        str(home),
    ]


def exit_code_of(results: Run | None, request: RunRequest, progress: Progress) -> int:
    """The exit code of a run, with what `--require` and `--baseline` make of it."""
    if results is None:
        return USAGE
    for pattern in unmet(results, request.required):
        progress.say(f"  --require {pattern}: not observed as documented")
    return gated(results, required=request.required, baseline=request.baseline)


def _get_ready() -> None:
    """Imports and compiles what writes the report while one core has nothing to do: pytest begins in one process."""
    from svcproof.published import get_ready  # noqa: PLC0415 - not before the labs are on their way

    get_ready()


def _finish(directory: Path, code: int, progress: Progress) -> Run:
    from svcproof.published import point_latest, publish  # noqa: PLC0415 - see _get_ready

    results = directory / RESULTS_FILE
    if not results.exists():
        raise wrote_nothing(directory, code)
    run_results = read_results(results)
    point_latest(directory)
    publish(run_results, directory, progress)
    if code != run_results.exit_code:
        raise LabError(
            f"the run ended with exit code {code}, though its results say {run_results.exit_code}",
            next_step=f"what it printed above, and the logs in {directory / 'logs'}",
        )
    return run_results
