"""svcproof as its users run it: a process of its own, with directories that only this test knows."""

import json
import os
import re
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from conformance.results import Run, read_results
from tests_lab.processes import Process, end_all, with_token
from tests_lab.waiting import until

ROOT = Path(__file__).parents[1]
# Of ten seconds usually. It ends a command that hangs, and judges nothing.
COMMAND_SECONDS = 300.0
GONE_SECONDS = 5.0
_OUTPUT = "output.txt"
_VERDICT = re.compile(r"\b(PASSED|XFAIL)\b")


class Commanded:
    """svcproof with its own state and runs; the components come from the user's cache. token: marks its processes."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.python = sys.executable
        self.token = f"svcproof-test-{secrets.token_hex(8)}"
        self.environ = {
            **os.environ,
            "SVCPROOF_STATE": str(home / "state"),
            "SVCPROOF_TEST_TOKEN": self.token,
            "PYTHONPATH": str(ROOT),
        }

    def __call__(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Runs one command to its end."""
        return subprocess.run(
            self._command(arguments),
            capture_output=True,
            text=True,
            check=False,
            cwd=self.home,
            env=self.environ,
            timeout=COMMAND_SECONDS,
        )

    @contextmanager
    def started(self, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
        """One command that runs on during the body, in a session of its own; its output goes to a file."""
        with (self.home / _OUTPUT).open("ab") as output:
            process = subprocess.Popen(
                self._command(arguments),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                cwd=self.home,
                env=self.environ,
            )
        with process:
            try:
                yield process
            finally:
                process.kill()

    def output(self) -> str:
        """What started commands have printed so far."""
        return (self.home / _OUTPUT).read_text(errors="replace")

    def wait_first_verdict(self) -> None:
        """Returns once a run that was started with `-- -v` has judged a claim."""
        until("a claim was judged", COMMAND_SECONDS, lambda: _VERDICT.search(self.output()) and True)

    def processes(self) -> tuple[Process, ...]:
        """What runs of this svcproof now, in capsules too."""
        return with_token(self.token)

    def process(self, word: str) -> Process:
        """The one process whose command line has this word."""
        [found] = [process for process in self.processes() if word in process.command.split()]
        return found

    def wait_gone(self) -> None:
        """Returns once no process of it is left."""
        until(f"nothing of {self.token} runs", GONE_SECONDS, lambda: None if self.processes() else True)

    def lab_names(self) -> list[str]:
        """The labs that stand."""
        return [entry["name"] for entry in json.loads(self("labs", "--json").stdout)]

    def results(self) -> Run:
        """The results of the last run."""
        return read_results(self.home / "runs" / "latest" / "results.json")

    def close(self) -> None:
        """Ends whatever a failed test left."""
        end_all(self.token)

    def _command(self, arguments: tuple[str, ...]) -> list[str]:
        return [self.python, "-m", "svcproof", *arguments]
