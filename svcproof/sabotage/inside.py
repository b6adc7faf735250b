"""The program of a sabotage's capsule: brings a lab up, breaks its rules one at a time, writes what was noticed."""

import signal
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from conformance.exit_codes import INTERRUPTED, NOT_TESTED
from lab.errors import LabError
from lab.netns.bring_up import lab_up
from lab.netns.order import read_order as read_lab_order
from svcproof.invocation import ORDER_FILE, read_invocation
from svcproof.sabotage.claims import Collected, collect
from svcproof.sabotage.order import read_order
from svcproof.sabotage.results import RESULTS_FILE, Sabotage, write_sabotage
from svcproof.sabotage.rounds import all_rounds
from svcproof.sabotage.session import Session

_LAB = "lab"


def sabotage(directory: Path) -> int:
    """Runs the order of this directory and writes what there is, whatever ended it; the program's exit code."""
    lab_order, order = read_lab_order(directory / ORDER_FILE), read_order(directory)
    started, interrupted = datetime.now(UTC), False
    collected = collect(lab_order.profile, lab_order.kubernetes)
    with lab_up(lab_order, _LAB, "", say) as cluster:
        session = Session(cluster, all_rounds(collected.claims), order, say)
        try:
            session.run()
        except KeyboardInterrupt:
            interrupted = True
        finally:
            found = _summed(directory, session, collected, started, interrupted=interrupted)
            write_sabotage(found, directory / RESULTS_FILE)
    return INTERRUPTED if interrupted else 0


def _summed(
    directory: Path, session: Session, collected: Collected, started: datetime, *, interrupted: bool
) -> Sabotage:
    invocation, order = read_invocation(directory), session.order
    return Sabotage(
        svcproof=invocation.svcproof,
        run_id=invocation.run_id,
        profile=invocation.profile,
        command=invocation.command,
        started=started,
        finished=datetime.now(UTC),
        seed=order.seed,
        budget=order.budget,
        known=len(session.known),
        claims=len(collected.claims),
        baseline=session.baseline,
        behind=session.behind,
        lab=session.cluster.record(),
        faults=tuple(session.results),
        interrupted=interrupted,
        fault_seconds=session.fault_seconds,
        settling_seconds=session.settling_seconds,
        asked={claim.id: session.asked[claim.id] for claim in collected.claims},
        could_not_tell={claim.id: session.could_not_tell[claim.id] for claim in collected.claims},
        not_asked=collected.not_asked,
        listed=tuple(sorted(session.known)) if order.listed else (),
    )


def say(text: str) -> None:
    """A line for the user, at once."""
    print(text, file=sys.stderr, flush=True)


def main(arguments: Sequence[str]) -> int:
    """The command line: DIRECTORY."""
    [directory] = arguments
    for stop in (signal.SIGINT, signal.SIGTERM):
        signal.signal(stop, signal.default_int_handler)
    try:
        return sabotage(Path(directory))
    except LabError as error:
        say(f"svcproof: {error}")
        return NOT_TESTED


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
