"""A process that holds a lab's entry until it is killed: what a supervisor is to the register."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from svcproof.labs import LabUse

ROOT = Path(__file__).parents[2]
_PROGRAM = """
import signal, sys
from pathlib import Path
from svcproof.labs import Labs, LabUse

state, name, use = sys.argv[1:]
with Labs(Path(state)).register(name, LabUse(use), "iptables-flannel", Path(state, name)):
    print("held", flush=True)
    signal.pause()
"""


@contextmanager
def holding(state: Path, name: str, use: LabUse) -> Iterator["subprocess.Popen[str]"]:
    """A process that has registered a lab, for the body. It is killed, not asked, at the end."""
    with subprocess.Popen(
        [sys.executable, "-c", _PROGRAM, str(state), name, use.value],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "held\n"
            yield process
        finally:
            process.kill()
