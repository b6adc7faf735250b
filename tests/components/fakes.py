"""Stand-ins for the programs, for Go and for pip: shell scripts that answer as the real ones do."""

from dataclasses import dataclass
from pathlib import Path
from typing import assert_never

from lab.components.products import products
from lab.components.program import Program

_VERSIONS = {program: product.version for product in products("1.36.3") for program in product.packages}


def fake_program(program: Program, version: str = "") -> bytes:
    """Return an executable that says it is this program; in the pinned version by default."""
    answer = _answer(program, version or _VERSIONS[program])
    return f"""#!/bin/sh
case "$1" in
--help) echo 'Usage:'; echo '  {program} [flags]'; echo '  -kube-subnet-mgr' ;;
--version) echo '{answer}' ;;
esac
""".encode()


def _answer(program: Program, version: str) -> str:
    match program:
        case Program.KUBE_PROXY | Program.KUBE_APISERVER | Program.KUBE_CONTROLLER_MANAGER:
            return f"Kubernetes v{version}"
        case Program.ETCD:
            return f"etcd Version: {version}"
        case Program.FLANNELD:
            return f"v{version}"
        case Program.BRIDGE | Program.HOST_LOCAL | Program.PORTMAP | Program.LOOPBACK:
            return f"CNI {program} plugin v{version}"
        case _:
            assert_never(program)


def write_executable(path: Path, content: bytes | str) -> Path:
    """Write an executable file, and its directories."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    path.chmod(0o755)
    return path


@dataclass(frozen=True, slots=True)
class StandIns:
    """A directory with programs for PATH that note how they were called."""

    directory: Path

    @property
    def path(self) -> Path:
        """The directory that belongs in PATH."""
        return self.directory / "bin"

    @property
    def calls(self) -> list[str]:
        """A line for each call."""
        log = self.directory / "calls"
        return log.read_text().splitlines() if log.exists() else []


@dataclass(frozen=True, slots=True)
class FakeGo(StandIns):
    """A `go` that "builds" the fake programs. Of a call it notes CGO_ENABLED and the arguments; of `go env` nothing."""

    def install(self, *, version: str = "go1.26.8", build: str = "", results: str = "") -> None:
        """Write the `go`.

        build: shell commands in place of a build.
        results: the version of the built programs, where it is not the pinned one.
        """
        for program in Program:
            write_executable(self.directory / program, fake_program(program, results))
        write_executable(
            self.path / "go",
            f"""#!/bin/sh
PATH=/usr/bin:/bin
[ "$1" = env ] && exec echo '{version}'
echo "CGO_ENABLED=$CGO_ENABLED $*" >> {self.directory}/calls
[ "$1" = list ] && exec echo {self.directory}/upstream.mod
[ "$1" = build ] || exit 0
{build or self._build()}
""",
        )

    def _build(self) -> str:
        return f"""
while [ "$1" != -o ]; do shift; done
target=$2; shift 2
case "$target" in
*/) for package; do cp {self.directory}/"${{package##*/}}" "$target"; done ;;
*) cp {self.directory}/"${{target##*/}}" "$target" ;;
esac
"""
