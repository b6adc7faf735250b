"""Asking an executable which program it is, and of which version."""

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import assert_never

from lab.components.command import run
from lab.components.program import Program
from lab.errors import ComponentError

_ANSWER_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class _Question:
    """argument: what the executable is run with. answer: a pattern; group 1 is the version."""

    argument: str
    answer: str


def version_of(program: Program, path: Path) -> str:
    """Return the version an executable says it has.

    Raises ComponentError where it cannot be run, does not answer, or is another program.
    """
    answers = [ask(program, path, each.argument, each.answer) for each in _questions(program)]
    return answers[-1]


def ask(program: str, path: Path, argument: str, pattern: str) -> str:
    """What an executable says of itself: group 1 of the pattern, in its answer to this argument.

    ComponentError where it cannot be run, does not answer, or is another program.
    """
    if not path.is_file() or not os.access(path, os.X_OK):
        raise ComponentError(
            f"tried to use {path} as {program}, but it is not an executable file",
            next_step=f"put an executable {program} there (chmod +x), or take it away",
        )
    command = [str(path.absolute()), argument]
    again = f"hand in a {program} for this machine, or take {path} away"
    try:
        finished = run(command, environ={}, seconds=_ANSWER_SECONDS)
    except OSError as error:
        attempted = f"tried to use {path} as {program}, but it could not be run"
        if isinstance(error, TimeoutError):
            attempted = f"asked {path} whether it is {program}: no answer in {_ANSWER_SECONDS:.0f} s"
        raise ComponentError(attempted, command=command, output=str(error), next_step=again) from error
    if answer := re.search(pattern, finished.output, re.MULTILINE):
        return answer[1]
    raise ComponentError(
        f"tried to use {path} as {program}, but it does not say that it is {program}",
        command=command,
        output=finished.last_lines,
        next_step=again,
    )


def _questions(program: Program) -> tuple[_Question, ...]:
    """Return what to ask; the answer to the last question holds the version."""
    match program:
        case Program.KUBE_PROXY | Program.KUBE_APISERVER | Program.KUBE_CONTROLLER_MANAGER:
            # Asked for their version, all programs of Kubernetes say the same.
            return (
                _Question("--help", rf"^\s*({program}) \[flags\]"),
                _Question("--version", r"^Kubernetes v(\S+)"),
            )
        case Program.ETCD:
            return (_Question("--version", r"^etcd Version: (\S+)"),)
        case Program.FLANNELD:
            return (
                _Question("--help", r"^\s*(-kube-subnet-mgr)\b"),
                _Question("--version", r"\Av?(\S+)\s*\Z"),
            )
        case Program.BRIDGE | Program.HOST_LOCAL | Program.PORTMAP | Program.LOOPBACK:
            # A CNI plugin takes no arguments: without CNI_COMMAND it only says what it is. The
            # argument is for any other program that may lie under this name.
            return (_Question("--version", rf"^CNI {program} plugin (?:version )?v?(\S+)"),)
        case _:
            assert_never(program)
