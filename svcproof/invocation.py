"""How a run was asked for: written before the capsule is entered, read by the process that writes the results."""

from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter

RESULTS_FILE = "results.json"
ORDER_FILE = "order.json"
"""Where a run or a standing lab keeps its LabOrder."""

_FILE = "invocation.json"


@dataclass(frozen=True, slots=True)
class Invocation:
    """command: as the user typed it. svcproof: its version."""

    run_id: str
    profile: str
    command: str
    seed: int
    svcproof: str


_ADAPTER = TypeAdapter(Invocation)


def write_invocation(invocation: Invocation, run: Path) -> None:
    """Writes invocation.json into the run's directory."""
    (run / _FILE).write_bytes(_ADAPTER.dump_json(invocation, indent=1))


def read_invocation(run: Path) -> Invocation:
    """Reads what write_invocation wrote."""
    return _ADAPTER.validate_json((run / _FILE).read_bytes())
