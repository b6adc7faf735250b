"""The rules of a node as a frozen value: chains with their rules in order, sets and maps with their elements."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum


class Form(StrEnum):
    """What holds entries."""

    CHAIN = "chain"
    SET = "set"
    MAP = "map"


@dataclass(frozen=True, slots=True, order=True)
class Spot:
    """A chain, set or map. table: as its own tool names it (`nat`, `ip kube-proxy`)."""

    table: str
    form: Form
    name: str


@dataclass(frozen=True, slots=True)
class Block:
    """A chain, set or map with its entries, as their own tool prints them.

    learned: a set that packets fill (the clients of an endpoint); its elements are not what anyone wrote.
    """

    spot: Spot
    entries: tuple[str, ...] = ()
    learned: bool = False


@dataclass(frozen=True, slots=True)
class Ruleset:
    """The blocks of a node, in the order of the listing."""

    blocks: tuple[Block, ...]

    def written(self) -> Iterator[tuple[Spot, str]]:
        """Every entry that was written, not learned, with where it stands."""
        for block in self.blocks:
            if not block.learned:
                for entry in block.entries:
                    yield block.spot, entry

    def holds(self, spot: Spot, entry: str) -> bool:
        """Whether this entry stands there."""
        return any(block.spot == spot and entry in block.entries for block in self.blocks)

    def entries(self, spot: Spot) -> tuple[str, ...]:
        """The entries of a block; none where there is no such block."""
        return next((block.entries for block in self.blocks if block.spot == spot), ())

    def replaced(self, spot: Spot, entry: str, by: tuple[str, ...]) -> "Ruleset":
        """The same rules with others in place of one entry. ValueError where that does not stand there."""
        if not self.holds(spot, entry):
            raise ValueError(f"{spot.name} in {spot.table} has no entry {entry!r}")
        return Ruleset(
            tuple(_replaced(block, entry, by) if block.spot == spot else block for block in self.blocks)
        )

    def same_as(self, other: "Ruleset") -> bool:
        """Whether both hold the same: rules in the same order, elements in any order, nothing learned compared."""
        return _comparable(self) == _comparable(other)


def _replaced(block: Block, entry: str, by: tuple[str, ...]) -> Block:
    at = block.entries.index(entry)
    return replace(block, entries=(*block.entries[:at], *by, *block.entries[at + 1 :]))


def _comparable(ruleset: Ruleset) -> dict[Spot, tuple[str, ...]]:
    return {
        block.spot: block.entries if block.spot.form is Form.CHAIN else tuple(sorted(block.entries))
        for block in ruleset.blocks
        if not block.learned
    }
