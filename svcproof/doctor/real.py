"""The real machine: the effects behind the checks."""

import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from lab.capsule.init import capsule_environment
from lab.capsule.start import start_capsule
from lab.components.program import Program
from lab.components.resolve import missing
from lab.components.sources import Sources
from lab.components.toolchain import installed_go
from svcproof.doctor import refusal, trial
from svcproof.doctor.machine import Machine, Ran, Trial, Volume
from svcproof.doctor.refusal import Refusal
from svcproof.doctor.steps import Attempt, Result, Step


def real_machine(environ: Mapping[str, str]) -> Machine:
    """The machine that this process runs on. environ: what programs are run with."""
    inside = capsule_environment(environ)

    def which(name: str) -> Path | None:
        found = shutil.which(name, path=inside["PATH"])
        return None if found is None else Path(found)

    return Machine(
        euid=os.geteuid(),
        python=sys.version_info[:3],
        kernel=platform.release(),
        cores=len(os.sched_getaffinity(0)),
        which=which,
        run=lambda command: _run(command, inside),
        read=_read,
        volume=_volume,
        try_capsule=lambda: _try_capsule(environ),
        ask_refusal=lambda: _ask_refusal(environ),
        missing_programs=lambda sources: missing(list(Program), sources),
        go=_go,
    )


def _run(command: Sequence[str], environ: Mapping[str, str]) -> Ran:
    try:
        done = subprocess.run(
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=dict(environ),
            text=True,
            errors="replace",
            check=False,
        )
    except OSError as error:
        return Ran(127, f"{command[0]}: {error.strerror}")
    return Ran(done.returncode, done.stdout)


def _read(path: Path) -> str | None:
    try:
        return path.read_text(errors="replace")
    except OSError:
        return None


def _volume(path: Path) -> Volume:
    """Writes a file that has no name, so that nothing stays, where the directory is or would be."""
    place = path.absolute()
    try:
        while not place.exists():
            place = place.parent
        info = os.statvfs(place)
        with tempfile.TemporaryFile(dir=place) as file:
            file.write(b"svcproof")
            file.flush()
    except OSError as error:
        return Volume(0, f"{error.strerror}: {place}")
    free = info.f_bavail * info.f_frsize
    return Volume(free, executable=not info.f_flag & os.ST_NOEXEC)


def _try_capsule(environ: Mapping[str, str]) -> Trial:
    """The program in the capsule answers through a pipe, which ends when the capsule does."""
    answer, report = os.pipe()
    os.set_inheritable(report, True)  # noqa: FBT003 - it takes no keyword
    with os.fdopen(answer) as reading:
        try:
            capsule = start_capsule([sys.executable, "-m", trial.__name__, str(report)], environ)
        finally:
            os.close(report)
        text = reading.read()
        code = capsule.wait()
    if code != 0:
        return Trial(capsule.user_namespace, (), f"ended with exit code {code}")
    attempts = (Attempt(Step(step), Result(result), detail) for step, result, detail in json.loads(text))
    return Trial(capsule.user_namespace, tuple(attempts))


def _ask_refusal(environ: Mapping[str, str]) -> Refusal | None:
    ran = _run([sys.executable, "-m", refusal.__name__], environ)
    return refusal.parse(ran.output) if ran.status == 0 else None


def _go(sources: Sources) -> str | None:
    found = installed_go(sources)
    return found.version if found else None
