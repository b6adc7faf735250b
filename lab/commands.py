"""Runs the short commands of a lab: ip, nft, iptables-save, CNI plugins. Every failure shows command and output."""

import os
import shlex
import subprocess
from collections.abc import Mapping, Sequence

from lab.errors import CommandFailed, MissingRequirement


def run(
    argv: Sequence[str], *, stdin: str = "", environ: Mapping[str, str] | None = None, merged: bool = False
) -> str:
    """Runs a command to its end; its standard output. CommandFailed when it returns an error.

    merged: with its standard error, for programs that answer there.
    """
    try:
        done = subprocess.run(
            list(argv),
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
            env=None if environ is None else {**os.environ, **environ},
        )
    except FileNotFoundError as error:
        raise MissingRequirement(
            f"the program {argv[0]} is not installed",
            command=argv,
            next_step="svcproof doctor",
        ) from error
    if done.returncode != 0:
        raise CommandFailed(
            f"{shlex.quote(argv[0])} returned {done.returncode}",
            command=argv,
            output=f"{stdin}\n{done.stdout}{done.stderr}".strip(),
        )
    return f"{done.stdout}{done.stderr}" if merged else done.stdout


def ip_batch(lines: Sequence[str], *, netns: str = "") -> None:
    """Several `ip` commands in one process, optionally inside a named network namespace."""
    where = ["-n", netns] if netns else []
    run(["ip", *where, "-batch", "-"], stdin="\n".join(lines) + "\n")
