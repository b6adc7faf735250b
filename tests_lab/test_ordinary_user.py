"""svcproof needs no root: a run by a user who owns nothing but a directory."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from lab.components.program import Program
from lab.components.progress import Silence
from lab.components.resolve import resolve
from lab.components.sources import Sources
from svcproof.settings import Settings
from tests_lab.commanded import COMMAND_SECONDS, ROOT, Commanded

NOBODY = 65534
BECOME = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups")
_CLAIMS = ("cip-basic.pod_on_another_node", "np-cluster.node_to_itself")


def as_nobody(*argv: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Runs a command as the unprivileged user. `env` between: setpriv's own exec has root's rights still."""
    return subprocess.run(
        [*BECOME, "env", *(f"{name}={value}" for name, value in environ.items()), *argv],
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        timeout=COMMAND_SECONDS,
    )


@pytest.fixture
def home() -> Iterator[Path]:
    """A directory of that user. Not below pytest's own, which is closed to others."""
    if os.geteuid() != 0:
        pytest.skip("only root can become another user")
    importing = as_nobody(
        sys.executable, "-c", "import lab.netns.bring_up, svcproof.cli", PYTHONPATH=str(ROOT)
    )
    if importing.returncode != 0:
        pytest.skip(f"{sys.executable} and the suite cannot be read by others: {importing.stderr.strip()}")
    if as_nobody("unshare", "--user", "--map-root-user", "true").returncode != 0:
        pytest.skip("this machine forbids user namespaces to ordinary users")
    with TemporaryDirectory(prefix="svcproof-home-") as directory:
        os.chown(directory, NOBODY, NOBODY)
        yield Path(directory)


@pytest.fixture
def components(home: Path) -> Path:
    """The programs of root's cache where the user can read them."""
    settings = Settings.from_env(os.environ)
    found = resolve(tuple(Program), Sources(cache=settings.cache, environ=os.environ), Silence())
    directory = home / "components"
    directory.mkdir()
    for program, component in found.items():
        try:
            os.link(component.path, directory / program)
        except OSError:  # Another file system.
            shutil.copy2(component.path, directory / program)
    return directory


def test_a_run_needs_no_root(home: Path, components: Path) -> None:
    """Claims are judged and pass; files belong to the user; nothing of the run is left."""
    svcproof = Commanded(home)
    chosen = [f"--claim={claim}" for claim in _CLAIMS]
    done = as_nobody(
        sys.executable,
        "-m",
        "svcproof",
        "run",
        "nftables-flannel",
        f"--components={components}",
        f"--runs={home / 'runs'}",
        *chosen,
        HOME=str(home),
        PYTHONPATH=str(ROOT),
        SVCPROOF_TEST_TOKEN=svcproof.token,
        SVCPROOF_STATE=str(home / "state"),
        SVCPROOF_CACHE=str(home / "cache"),
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert {claim.id: claim.verdict for claim in svcproof.results().claims} == dict.fromkeys(_CLAIMS, "pass")
    assert {path.stat().st_uid for path in (home / "runs").rglob("*")} == {NOBODY}
    svcproof.wait_gone()
