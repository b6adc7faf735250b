"""The long-running programs of a lab. Each has a log that is kept; one that ends by itself is a lab error."""

import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from lab.errors import DaemonDied
from lab.model import Place
from lab.netns.namespaces import Namespaces

_LAST_LINES = 12
_LAST_CHARACTERS = 2000


@dataclass(frozen=True, slots=True)
class Daemon:
    """A started program. process is a child of ours; the capsule's end ends it too."""

    name: str
    argv: tuple[str, ...]
    log: Path
    process: subprocess.Popen[bytes]

    def check(self) -> None:
        """DaemonDied, with the end of its log, when the program has ended."""
        code = self.process.poll()
        if code is not None:
            raise DaemonDied(
                f"{self.name} ended by itself with exit code {code}",
                command=self.argv,
                output=self.last_lines(),
                next_step=f"the whole log: {self.log}",
            )

    def last_lines(self) -> str:
        """The end of the log."""
        text = self.log.read_text(errors="replace") if self.log.exists() else ""
        return "\n".join(text.splitlines()[-_LAST_LINES:])

    def logged(self) -> int:
        """How many bytes the log has now."""
        return self.log.stat().st_size if self.log.exists() else 0

    def last_errors(self, since: int) -> str:
        """The last errors of a log of klog's form (lines that begin with E), each with the lines that belong to it.

        since: how many bytes the log had when that began of which errors are wanted.
        """
        text = self.log.read_bytes()[since:].decode(errors="replace") if self.log.exists() else ""
        entries = re.split(r"\n(?=[IWEF]\d{4} )", text)
        return "\n".join(entry for entry in entries if entry.startswith("E"))[-_LAST_CHARACTERS:]


def check(*daemons: Daemon) -> None:
    """DaemonDied when one of them has ended."""
    for daemon in daemons:
        daemon.check()


@dataclass(frozen=True, slots=True)
class Launcher:
    """Starts daemons inside the places of one lab, with logs in one directory."""

    namespaces: Namespaces
    logs: Path
    environ: Mapping[str, str]
    started: list[Daemon] = field(default_factory=list)

    def start(
        self,
        name: str,
        place: Place | str,
        argv: Sequence[str],
        environ: Mapping[str, str] | None = None,
    ) -> Daemon:
        """Starts a program in a place's network namespace, in a session of its own."""
        log = self.logs / f"{name}.log"
        with self.namespaces.inside(place), log.open("wb") as output:
            process = subprocess.Popen(
                list(argv),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**self.environ, **(environ or {})},
                start_new_session=True,
            )
        daemon = Daemon(name, tuple(argv), log, process)
        self.started.append(daemon)
        return daemon

    def end(self) -> None:
        """Ends every program that was started and waits for its end: a lab that does not come up leaves none behind."""
        for daemon in self.started:
            daemon.process.kill()
        for daemon in self.started:
            daemon.process.wait()
