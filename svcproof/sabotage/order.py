"""What is wanted of a sabotage: written down outside the capsule, read inside it."""

from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter

from svcproof.sabotage.fault import Kind

_FILE = "sabotage-order.json"


@dataclass(frozen=True, slots=True)
class SabotageOrder:
    """budget: seconds for the faults, nothing for the whole set. kinds: these only; empty for all.

    full: ask all claims of a fault's Service, and prove every survivor, also those on record. listed: make no fault.
    """

    seed: int
    budget: float | None
    kinds: tuple[Kind, ...]
    full: bool
    listed: bool


_ADAPTER = TypeAdapter(SabotageOrder)


def write_order(order: SabotageOrder, directory: Path) -> None:
    """Writes the order for the program in the capsule."""
    (directory / _FILE).write_bytes(_ADAPTER.dump_json(order, indent=1))


def read_order(directory: Path) -> SabotageOrder:
    """Reads what write_order wrote."""
    return _ADAPTER.validate_json((directory / _FILE).read_bytes())
