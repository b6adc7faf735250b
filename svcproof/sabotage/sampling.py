"""The order in which faults are tried, so that whatever the budget allows has its share of every kind. Pure."""

from collections.abc import Iterator, Sequence
from random import Random

from svcproof.sabotage.fault import Fault, Kind


def shuffled(faults: Sequence[Fault], seed: int) -> Iterator[Fault]:
    """All faults, in an order that the seed fixes: every kind is spread evenly over the whole."""
    random = Random(seed)  # noqa: S311 - to be repeated, not to be secret
    kinds: dict[Kind, list[Fault]] = {}
    for fault in sorted(faults, key=lambda each: (each.name, each.spot, each.entry)):
        kinds.setdefault(fault.kind, []).append(fault)
    placed = []
    for group in kinds.values():
        random.shuffle(group)
        placed += [((number + random.random()) / len(group), fault) for number, fault in enumerate(group)]
    placed.sort(key=lambda each: each[0])
    return (fault for _, fault in placed)
