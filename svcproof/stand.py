"""The program of a standing lab's capsule: brings the lab up, watches its programs, waits to be told to end."""

import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from lab.errors import LabError
from lab.netns.bring_up import lab_up
from lab.netns.cluster import NetnsCluster
from lab.netns.order import read_order
from svcproof.invocation import ORDER_FILE
from svcproof.shown import TROUBLE_FILE, StandingFacts, write_facts

_SAID_FILE = "said.log"
_CHECK_SECONDS = 1.0


def stand(name: str, directory: Path) -> int:
    """Returns 0 when told to end; LabError, kept in a file beside, where the lab does not come up."""
    said = directory / _SAID_FILE
    try:
        with said.open("w") as log:

            def say(text: str) -> None:
                print(text, file=log, flush=True)

            with lab_up(read_order(directory / ORDER_FILE), name, "", say) as cluster:
                write_facts(StandingFacts(cluster.record(), _places(cluster)), directory)
                _watch(cluster, directory)
    except LabError as error:
        (directory / TROUBLE_FILE).write_text(str(error))
        raise
    return 0


def _watch(cluster: NetnsCluster, directory: Path) -> None:
    """Returns when told to end. A program that ends is noted once; what is left stands on, to be looked at."""
    ends = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
    signal.pthread_sigmask(signal.SIG_BLOCK, ends)
    try:
        while signal.sigtimedwait(ends, _CHECK_SECONDS) is None:
            cluster.check()
    except LabError as error:
        (directory / TROUBLE_FILE).write_text(str(error))
        signal.sigwait(ends)


def _places(cluster: NetnsCluster) -> dict[str, str]:
    return {place.value: str(address) for place, address in cluster.facts().primary.items()}


def main(arguments: Sequence[str]) -> int:
    """The command line: NAME DIRECTORY."""
    name, directory = arguments
    return stand(name, Path(directory))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
