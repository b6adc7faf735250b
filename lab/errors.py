"""Why something could not be tested. Never mixed with a mismatch, which was tested and differs.

LabError
├── UsageError            the caller asked for something that does not exist
├── MissingRequirement    this machine, or this version of Kubernetes, lacks what a claim or a lab needs
├── ComponentError        a program could not be found, downloaded, checked or built
├── CapsuleError          the namespaces could not be made or entered
├── DaemonDied            a program of the lab ended by itself
├── NotReady              a condition did not come true within its time
└── CommandFailed         a command of the lab returned an error
    └── NotThere          the API has no such object
"""

import shlex
from collections.abc import Sequence


class LabError(Exception):
    """Something could not be tested.

    attempted: what was tried, as a sentence without a full stop.
    command: the exact command, where there was one.
    output: what it printed, or the last lines of a log.
    next_step: what the reader should try.
    """

    def __init__(
        self,
        attempted: str,
        *,
        command: Sequence[str] = (),
        output: str = "",
        next_step: str = "",
    ) -> None:
        super().__init__(attempted)
        self.attempted = attempted
        self.command = tuple(command)
        self.output = output.strip()
        self.next_step = next_step

    def __str__(self) -> str:
        lines = [self.attempted]
        if self.command:
            lines.append(f"  command: {shlex.join(self.command)}")
        if self.output:
            lines.append("  output:")
            lines += [f"    {line}" for line in self.output.splitlines()]
        if self.next_step:
            lines.append(f"  try: {self.next_step}")
        return "\n".join(lines)


class UsageError(LabError):
    """The caller asked for something that does not exist: a profile, a place, an option."""


class MissingRequirement(LabError):
    """This machine, or this version of Kubernetes, lacks what is needed: a tool, a permission, a feature."""


class ComponentError(LabError):
    """A program could not be found, downloaded, checked or built."""


class CapsuleError(LabError):
    """The namespaces of a run could not be made or entered."""


class DaemonDied(LabError):
    """A program of the lab ended by itself; the output is the end of its log."""


class NotReady(LabError):
    """A condition did not come true within its time."""


class CommandFailed(LabError):
    """A command of the lab returned an error."""


class NotThere(CommandFailed):
    """The API has no such object."""
