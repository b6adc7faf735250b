"""In which order claims are asked: that a lab changes no oftener than it must, and that no worker waits for another."""

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence

import pytest

from conformance.open_flows import Story
from conformance.outcome import Balanced
from scenarios.rows import row_of
from svcproof.stories import stories_of, when_of

_CLAIM_SECONDS, _CHANGE_SECONDS, _BALANCE_SECONDS = 0.1, 0.6, 1.0
"""What a claim takes, one that needs a change before it, and one that judges shares; seen on two processors."""


def in_order(items: Sequence[pytest.Item]) -> list[pytest.Item]:
    """The items, within each module by the circumstances in which they are observed; those of open flows come first.

    What takes longest is first: the modules that workers have last should be short. Modules that stand in a row are
    together; circumstances and claims keep the order in which they first come. Pure.
    """
    presents, pasts = _FirstSeen(), _FirstSeen()
    keys: dict[pytest.Item, tuple[str, int, bool, int]] = {}
    for item in items:
        mark = when_of(item)
        past = tuple(mark.kwargs[name] for name in ("opened", "meanwhile", "before"))
        is_fresh = not any(each is not None for each in past)
        keys[item] = (str(item.path), presents.of(mark.args[0]), is_fresh, pasts.of(past))
    seconds = _seconds(items)
    return sorted(items, key=lambda item: (-seconds[row_of(item.path)], row_of(item.path), keys[item]))


def _seconds(items: Sequence[pytest.Item]) -> Mapping[str, float]:
    """About how long the claims of a row take, on two processors; a guess, by which nothing but the order is found."""
    stories = stories_of(items)
    seconds: dict[str, float] = defaultdict(float)
    known: set[tuple[str, Story]] = set()
    for item in items:
        row, story, after = row_of(item.path), stories[item.nodeid], when_of(item).kwargs["after"]
        seconds[row] += _CLAIM_SECONDS if (row, story) in known else _CHANGE_SECONDS
        seconds[row] += 0.0 if after is None else after.idle_seconds * after.times
        seconds[row] += _BALANCE_SECONDS if isinstance(_expected(item), Balanced) else 0.0
        known.add((row, story))
    return seconds


def _expected(item: pytest.Item) -> object:
    return item.callspec.params["expect"]  # type: ignore[attr-defined]  # parametrized functions have it


class _FirstSeen:
    """In which place each of some values came first."""

    def __init__(self) -> None:
        self._known: dict[Hashable, int] = {}

    def of(self, value: Hashable) -> int:
        return self._known.setdefault(value, len(self._known))
