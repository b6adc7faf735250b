"""Labs that stay up: `svcproof up` and `down`.

`up` starts a supervisor in the background (this module, run as a program), which registers the lab and starts its
capsule with svcproof.stand, which brings the lab up and waits to be told to end.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from lab.capsule.start import start_capsule
from lab.components.calico import BuiltDatapath, CalicoParts
from lab.components.program import Component, Program
from lab.components.progress import Progress
from lab.errors import LabError, UsageError
from lab.netns.order import LabOrder, read_order, write_order
from lab.polling import Limit, wait_until
from lab.profiles import Encapsulation, Profile
from svcproof.invocation import ORDER_FILE
from svcproof.labs import LabEntry, Labs, LabUse, check_name
from svcproof.shown import TROUBLE_FILE, StandingFacts
from svcproof.supervise import supervise


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """The lab that the user wants. components, calico: resolved already."""

    name: str
    profile: Profile
    components: Mapping[Program, Component]
    encapsulation: Encapsulation
    state: Path
    environ: Mapping[str, str]
    calico: CalicoParts | BuiltDatapath | None = None


def up(wish: Wish, progress: Progress) -> int:
    """Returns 0 when the lab is up. LabError with the end of what it said when it is not to be."""
    check_name(wish.name)
    if any(entry.name == wish.name for entry in Labs(wish.state).standing()):
        raise UsageError(
            f"a lab named {wish.name!r} stands already",
            next_step=f"svcproof down {wish.name}, or --name for another",
        )
    directory = wish.state / "standing" / wish.name
    _prepare(wish, directory)
    log = directory / "supervisor.log"
    with progress.step(f"lab {wish.name}"), log.open("wb") as output:
        holder = subprocess.Popen(
            [sys.executable, "-m", "svcproof.standing", wish.name, str(wish.state)],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env=dict(wish.environ),
        )
        try:
            _wait_up(wish, directory, holder)
        except BaseException:
            holder.send_signal(signal.SIGTERM)
            holder.wait()
            raise
    progress.say(f"try: svcproof status {wish.name}, svcproof shell --lab {wish.name} worker-a")
    return 0


def down(entry: LabEntry, labs: Labs) -> None:
    """Ends a lab that `up` made; returns when it is gone. UsageError for the lab of a run."""
    if entry.use is not LabUse.UP:
        raise UsageError(
            f"{entry.name} is the lab of a run (process {entry.supervisor_pid})",
            next_step="it ends with its run: interrupt that",
        )
    os.kill(entry.supervisor_pid, signal.SIGTERM)
    wait_until(
        f"the lab {entry.name} has ended",
        Limit.ENDED,
        lambda: entry.name not in {each.name for each in labs.standing()} or None,
    )


def hold(name: str, state: Path) -> int:
    """The supervisor of a standing lab."""
    directory = state / "standing" / name
    order = read_order(directory / ORDER_FILE)
    argv = [sys.executable, "-m", "svcproof.stand", name, str(directory)]
    with Labs(state).register(name, LabUse.UP, order.profile.name, directory) as entry:
        capsule = start_capsule(argv, os.environ)
        entry.started(capsule)
        return supervise(capsule)


def _prepare(wish: Wish, directory: Path) -> None:
    try:
        directory.mkdir(parents=True, exist_ok=True)
        for old in directory.glob("*.*"):
            old.unlink()
        order = LabOrder(
            profile=wish.profile,
            components=wish.components,
            kubernetes=wish.components[Program.KUBE_PROXY].version,
            encapsulation=wish.encapsulation,
            logs=directory / "logs",
            seed=0,
            python=sys.executable,
            calico=wish.calico,
        )
        write_order(order, directory / ORDER_FILE)
    except OSError as error:
        raise LabError(
            f"cannot prepare the directory of the lab, {directory}",
            output=str(error),
            next_step="another place, with SVCPROOF_STATE",
        ) from error


def _wait_up(wish: Wish, directory: Path, holder: subprocess.Popen[bytes]) -> None:
    def look() -> bool | None:
        if holder.poll() is not None:
            trouble = directory / TROUBLE_FILE
            text = trouble if trouble.exists() else directory / "supervisor.log"
            raise LabError(
                f"the lab {wish.name} did not come up",
                output=text.read_text(errors="replace"),
                next_step=f"the logs in {directory / 'logs'}",
            )
        return (directory / StandingFacts.FILE).exists() or None

    wait_until(f"the lab {wish.name} is up", Limit.API_READY, look)


def main(arguments: Sequence[str]) -> int:
    """The supervisor's command line: NAME STATE."""
    name, state = arguments
    return hold(name, Path(state))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
