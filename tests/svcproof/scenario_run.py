"""Scenarios in a directory of their own, run through the real plugin with a fake lab behind it."""

import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

import pytest

import scenarios
from conformance.results import ClaimResult, Run, read_results
from lab.netns.order import LabOrder, write_order
from lab.polling import Limit, wait_until
from lab.profiles import Encapsulation, profile_named
from svcproof import lab_session
from svcproof.invocation import ORDER_FILE, RESULTS_FILE, Invocation, write_invocation

ROOT = Path(__file__).parents[2]
_SECONDS = 60

_CONFTEST = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
import pytest
from conformance.outcome import *
from lab.errors import *
from lab.model import *
from tests.svcproof.fake_lab import FakeBringUp

def pytest_sessionstart(session):
    patch = pytest.MonkeyPatch()
    patch.setattr("svcproof.lab_session.lab_up", FakeBringUp(MADE_OF))
    session.config.add_cleanup(patch.undo)
"""

_SCENARIO = """
import os
import pytest
from conformance.live import Live
from conformance.outcome import *
from conformance.vocabulary import Claim, claims, given, requirement
from lab.model import *

HTTP = ServicePort("http", 80)
A1, B1 = Place.POD_A1, Place.POD_B1
"""


@dataclass(frozen=True, slots=True)
class Ended:
    """A session that has ended. code: of its process. run: what results.json says, if it was written."""

    code: int
    out: str
    run: Run | None

    @property
    def results(self) -> Run:
        """The results, which must be there."""
        assert self.run is not None, self.out
        return self.run

    @property
    def claims(self) -> dict[str, ClaimResult]:
        """The claims by id."""
        return {claim.id: claim for claim in self.results.claims}

    @property
    def verdicts(self) -> dict[str, str]:
        """The verdicts by claim id."""
        return {claim.id: claim.verdict.value for claim in self.results.claims}

    @property
    def only(self) -> ClaimResult:
        """The result of the one claim that there was."""
        [claim] = self.results.claims
        return claim


class ScenarioRun:
    """A directory of scenarios and the run's own directory beside it."""

    def __init__(self, pytester: pytest.Pytester) -> None:
        # Imported before pytester notes what was: else it would be gone after each session, and patched in vain.
        assert lab_session is not None
        self._pytester = pytester
        self._home = pytester.mkdir("scenarios")
        self._run = pytester.mkdir("run")
        self.lab()
        theirs = Path(scenarios.__path__[0]) / "pytest.toml"
        (self._home / "pytest.toml").write_text(theirs.read_text())
        order = an_order(self._run / "logs")
        write_order(order, self._run / ORDER_FILE)
        write_invocation(Invocation("a-run", order.profile.name, "svcproof run", 1, "0"), self._run)

    def lab(self, made_of: str = "") -> None:
        """Says how the fake lab is made: the arguments of FakeBringUp."""
        (self._home / "conftest.py").write_text(_CONFTEST.replace("MADE_OF", made_of))

    def scenario(self, name: str, text: str) -> None:
        """Writes one module."""
        (self._home / f"test_{name}.py").write_text(_SCENARIO + dedent(text))

    def here(self, *arguments: str) -> Ended:
        """Runs all scenarios in this process, but for xdist's workers."""
        # The scenarios' own configuration makes errors of warnings, and here the plugin was imported before.
        known = "ignore:Module already imported:pytest.PytestAssertRewriteWarning"
        done = self._pytester.runpytest_inprocess("-W", known, *self._arguments(arguments))
        return self._ended(int(done.ret), f"{done.stdout.str()}\n{done.stderr.str()}")

    def interrupted(self, *arguments: str, once: Path, shown: str = "") -> Ended:
        """Runs all scenarios in a process of their own; sends it SIGINT once this file is there, and this was shown.

        shown: of what pytest prints about claims. A report that a worker has sent may not have come to the controller.
        """
        command = [sys.executable, "-m", "pytest", *self._arguments(arguments)]
        said = self._run / "said"
        with (
            said.open("w") as output,
            subprocess.Popen(
                command, stdout=output, stderr=subprocess.STDOUT, env={**os.environ, "PYTHONUNBUFFERED": "1"}
            ) as process,
        ):

            def look() -> bool | None:
                claims_shown = said.read_text().rpartition(" items]")[2]
                return (once.exists() and shown in claims_shown) or process.poll() is not None or None

            wait_until(f"{once} is there, or the session ended", Limit.NETWORK_READY, look)
            process.send_signal(signal.SIGINT)
            process.wait(_SECONDS)
        return self._ended(process.returncode, said.read_text())

    def _arguments(self, more: tuple[str, ...]) -> list[str]:
        plugins = ["--disable-plugin-autoload", "-p", "xdist", "-p", "svcproof.plugin"]
        configuration = ["-c", str(self._home / "pytest.toml"), f"--svcproof-run={self._run}"]
        return [*plugins, *configuration, *more, str(self._home)]

    def _ended(self, code: int, out: str) -> Ended:
        results = self._run / RESULTS_FILE
        return Ended(code, out, read_results(results) if results.exists() else None)


def an_order(logs: Path) -> LabOrder:
    """The order of a lab that a fake makes."""
    return LabOrder(
        profile=profile_named("iptables-flannel"),
        components={},
        kubernetes="0.0.0",
        encapsulation=Encapsulation.VXLAN,
        logs=logs,
        seed=1,
        python=sys.executable,
    )
