"""Does several things at once that wait for somebody else."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

_MOST = 8

Item = TypeVar("Item")
Got = TypeVar("Got")


def side_by_side(act: Callable[[Item], Got], items: Iterable[Item]) -> list[Got]:
    """What acting on each item came to, in their order. Raises what the first of them raised, once all are done."""
    with ThreadPoolExecutor(max_workers=_MOST) as threads:
        return list(threads.map(act, items))
