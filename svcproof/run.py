"""`svcproof run`: gets what is needed, enters the capsule with pytest, writes the report, says what came out."""

import secrets
import shlex
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

import scenarios
from conformance.gate import gated, unmet
from conformance.results import Run, read_results
from conformance.verdict import USAGE
from lab.capsule.start import start_capsule
from lab.components.program import Component, Program
from lab.components.progress import Progress
from lab.components.resolve import resolve
from lab.components.sources import Sources
from lab.errors import LabError
from lab.netns.order import LabOrder, write_order
from lab.networks.flannel import Backend
from lab.profiles import Profile
from svcproof import __version__
from svcproof.gathered import RESULTS_FILE
from svcproof.invocation import ORDER_FILE, Invocation, write_invocation
from svcproof.labs import Labs, LabUse
from svcproof.published import point_latest, publish
from svcproof.supervise import supervise


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRequest:
    """What the user asked for.

    workers: labs side by side, each with a pytest worker. claims: the ids to judge, all where there are none.
    required, baseline: see conformance.gate. pytest: arguments passed on.
    """

    profile: Profile
    sources: Sources
    runs: Path
    workers: int
    backend: Backend
    seed: int
    claims: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    baseline: Run | None = None
    pytest: tuple[str, ...] = ()
    command: tuple[str, ...]
    environ: Mapping[str, str]


def run(request: RunRequest, labs: Labs, progress: Progress) -> Run | None:
    """Runs one profile; its results, or nothing where pytest refused its arguments (it has said why)."""
    components = resolve(tuple(Program), request.sources, progress)
    directory = _make_directory(request)
    write_order(lab_order(request, components, directory / "logs"), directory / ORDER_FILE)
    write_invocation(_invocation(request, directory.name), directory)
    with labs.register(directory.name, LabUse.RUN, request.profile.name, directory) as entry:
        progress.say(f"{request.profile.name}: run {directory.name}")
        capsule = start_capsule(pytest_command(request, directory), clean(request.environ))
        entry.started(capsule)
        code = supervise(capsule)
    if code == pytest.ExitCode.USAGE_ERROR:
        shutil.rmtree(directory)
        return None
    return _finish(directory, code, progress)


def lab_order(request: RunRequest, components: Mapping[Program, Component], logs: Path) -> LabOrder:
    """What the labs of this run are made of."""
    return LabOrder(
        profile=request.profile,
        components=components,
        kubernetes=components[Program.KUBE_PROXY].version,
        backend=request.backend,
        logs=logs,
        seed=request.seed,
        python=sys.executable,
    )


def pytest_command(request: RunRequest, directory: Path) -> list[str]:
    """The program of the capsule: pytest over the scenarios, with a lab for each worker."""
    home = Path(scenarios.__path__[0])
    workers = ["-n", str(request.workers), "--dist", "loadscope"] if request.workers > 1 else []
    chosen = [f"--svcproof-claim={claim}" for claim in request.claims]
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
        f"--junitxml={directory / 'junit.xml'}",
        "--basetemp=/run/svcproof-tmp",
        "--no-header",
        *workers,
        *chosen,
        *request.pytest,
        str(home),
    ]


def clean(environ: Mapping[str, str]) -> dict[str, str]:
    """The user's environment without what would change the run behind its command line."""
    unwanted = ("PYTEST_", "COV_")
    return {name: value for name, value in environ.items() if not name.startswith(unwanted)} | {
        "PYTHONDONTWRITEBYTECODE": "1"
    }


def _make_directory(request: RunRequest) -> Path:
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    directory = request.runs / f"{stamp}-{request.profile.name}-{secrets.token_hex(2)}"
    try:
        directory.mkdir(parents=True)
    except OSError as error:
        raise LabError(
            f"cannot make the directory of the run, {directory}",
            output=str(error),
            next_step="another place, with --runs DIR",
        ) from error
    return directory.resolve()


def _invocation(request: RunRequest, run_id: str) -> Invocation:
    return Invocation(
        run_id=run_id,
        profile=request.profile.name,
        command=shlex.join(("svcproof", *request.command)),
        seed=request.seed,
        svcproof=__version__,
    )


def exit_code_of(results: Run | None, request: RunRequest, progress: Progress) -> int:
    """The exit code of a run, with what `--require` and `--baseline` make of it."""
    if results is None:
        return USAGE
    for pattern in unmet(results, request.required):
        progress.say(f"  --require {pattern}: not observed as documented")
    return gated(results, required=request.required, baseline=request.baseline)


def _finish(directory: Path, code: int, progress: Progress) -> Run:
    results = directory / RESULTS_FILE
    if not results.exists():
        raise LabError(
            f"the run ended with exit code {code} and wrote no results",
            next_step=f"what it printed above, and the logs in {directory / 'logs'}",
        )
    run_results = read_results(results)
    point_latest(directory)
    publish(run_results, directory, progress)
    if code != run_results.exit_code:
        raise LabError(
            f"the run ended with exit code {code}, though its results say {run_results.exit_code}",
            next_step=f"what it printed above, and the logs in {directory / 'logs'}",
        )
    return run_results
