"""What is wanted of a lab: written down outside the capsule, read inside it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter

from lab.components.calico import BuiltDatapath, CalicoParts
from lab.components.program import Component, Program
from lab.profiles import Encapsulation, Profile


@dataclass(frozen=True, slots=True, kw_only=True)
class LabOrder:
    """One run's wish. components: resolved before the capsule is entered, because inside there is no network.

    calico: its own programs, or why they do not run; None for another network.
    logs: where the logs of daemons are kept. python: the interpreter for programs of the lab's own.
    """

    profile: Profile
    components: Mapping[Program, Component]
    kubernetes: str
    encapsulation: Encapsulation
    logs: Path
    seed: int
    python: str
    calico: CalicoParts | BuiltDatapath | None = None


_ADAPTER = TypeAdapter(LabOrder)


def write_order(order: LabOrder, path: Path) -> None:
    """Writes the order for the processes in the capsule."""
    path.write_bytes(_ADAPTER.dump_json(order, indent=1))


def read_order(path: Path) -> LabOrder:
    """Reads what write_order wrote."""
    return _ADAPTER.validate_json(path.read_bytes())
