"""An edit: what stands in place of an entry, of which kind, and in words. The small steps that both dialects share."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from svcproof.sabotage.fault import Kind


@dataclass(frozen=True, slots=True)
class Edit:
    """becomes: in place of the entry. says: what was done to it."""

    kind: Kind
    becomes: tuple[str, ...]
    says: str


def without(entry: str, matches: re.Pattern[str]) -> Iterator[tuple[str, str]]:
    """The entry without each of the parts that this pattern finds: what is left, and what was taken away."""
    for found in matches.finditer(entry):
        yield entry[: found.start()] + entry[found.end() :], found.group().strip()


def swapped(entry: str, pattern: re.Pattern[str], by: str) -> Iterator[str]:
    """The entry with the first thing that this pattern finds replaced; nothing where it finds none."""
    changed = pattern.sub(by, entry, count=1)
    if changed != entry:
        yield changed
