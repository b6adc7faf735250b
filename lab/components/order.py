"""What the origins are asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lab.components.products import Product
from lab.components.program import Program
from lab.components.progress import Progress
from lab.components.sources import Sources


@dataclass(frozen=True, slots=True)
class Order:
    """Programs of one product that are to be got.

    stage: an empty directory inside the cache, ours alone, where the results go.
    """

    product: Product
    programs: Sequence[Program]
    sources: Sources
    stage: Path
    progress: Progress


@dataclass(frozen=True, slots=True)
class Delivery:
    """An executable in the staging directory. source: the URL, or the package and the Go."""

    program: Program
    path: Path
    source: str
