"""What every use of labs in a directory of its own has in common: components, the directory, the capsule."""

import secrets
import shlex
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from lab.capsule.start import start_capsule
from lab.components.calico import BuiltDatapath, CalicoParts
from lab.components.calico_choice import calico_for
from lab.components.needed import needed
from lab.components.program import Component, Program
from lab.components.progress import Progress
from lab.components.resolve import resolve
from lab.components.sources import Sources
from lab.errors import LabError
from lab.netns.order import LabOrder, write_order
from lab.profiles import Encapsulation, Implementation, Profile
from svcproof import __version__
from svcproof.invocation import ORDER_FILE, Invocation, write_invocation
from svcproof.labs import Labs, LabUse
from svcproof.supervise import supervise


@dataclass(frozen=True, slots=True, kw_only=True)
class LabRequest:
    """What the user asked for. runs: where the directory is made. seed: of everything random.

    implementation: of the network; None for what is at hand.
    """

    profile: Profile
    sources: Sources
    runs: Path
    encapsulation: Encapsulation
    seed: int
    command: tuple[str, ...]
    environ: Mapping[str, str]
    implementation: Implementation | None = None


def prepare(request: LabRequest, name: str, progress: Progress) -> Path:
    """Gets the components, makes a directory and leaves in it what the program in the capsule must know."""
    calico = calico_for(request.profile, request.implementation, request.sources, progress)
    components = resolve(needed(request.profile), request.sources, progress)
    directory = _make_directory(request.runs, name)
    write_order(lab_order(request, components, calico, directory / "logs"), directory / ORDER_FILE)
    write_invocation(_invocation(request, directory.name), directory)
    return directory


def enter(
    request: LabRequest,
    directory: Path,
    argv: Sequence[str],
    labs: Labs,
    meanwhile: Callable[[], None] = lambda: None,
) -> int:
    """Runs a program in a capsule to its end; its exit code. Where it cannot be started, the directory goes.

    meanwhile: what to do here once it runs.
    """
    try:
        with labs.register(directory.name, LabUse.RUN, request.profile.name, directory) as entry:
            capsule = start_capsule(list(argv), clean(request.environ))
            entry.started(capsule)
            return supervise(capsule, meanwhile)
    except LabError:
        shutil.rmtree(directory, ignore_errors=True)
        raise


def lab_order(
    request: LabRequest,
    components: Mapping[Program, Component],
    calico: CalicoParts | BuiltDatapath | None,
    logs: Path,
) -> LabOrder:
    """What the labs are made of."""
    return LabOrder(
        profile=request.profile,
        components=components,
        kubernetes=components[Program.KUBE_PROXY].version,
        encapsulation=request.encapsulation,
        logs=logs,
        seed=request.seed,
        python=sys.executable,
        calico=calico,
    )


def clean(environ: Mapping[str, str]) -> dict[str, str]:
    """The user's environment without what would change the run behind its command line."""
    unwanted = ("PYTEST_", "COV_")
    return {name: value for name, value in environ.items() if not name.startswith(unwanted)}


def wrote_nothing(directory: Path, code: int) -> LabError:
    """The error for a program that ended without leaving results."""
    return LabError(
        f"the run ended with exit code {code} and wrote no results",
        next_step=f"what it printed above, and the logs in {directory / 'logs'}",
    )


def _make_directory(runs: Path, name: str) -> Path:
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    directory = runs / f"{stamp}-{name}-{secrets.token_hex(2)}"
    try:
        directory.mkdir(parents=True)
    except OSError as error:
        raise LabError(
            f"cannot make the directory of the run, {directory}",
            output=str(error),
            next_step="another place, with --runs DIR",
        ) from error
    return directory.resolve()


def _invocation(request: LabRequest, run_id: str) -> Invocation:
    return Invocation(
        run_id=run_id,
        profile=request.profile.name,
        command=shlex.join(("svcproof", *request.command)),
        seed=request.seed,
        svcproof=__version__,
    )
