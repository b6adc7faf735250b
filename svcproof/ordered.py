"""In which order claims are asked, and which share what comes before: that a lab changes no oftener than it must."""

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence

import pytest

from conformance.open_flows import Story
from lab.model import Flow
from scenarios.rows import row_of
from svcproof.collected import given_services

Stories = Mapping[str, Story]
"""What is so until a claim is observed, by node id."""


def in_order(items: Sequence[pytest.Item]) -> list[pytest.Item]:
    """The items, within each module by the circumstances in which they are observed; those of open flows come first.

    Modules, circumstances and claims keep the order in which they first come. Pure.
    """
    modules, presents, pasts = _Places(), _Places(), _Places()
    keys: dict[pytest.Item, tuple[int, int, bool, int]] = {}
    for item in items:
        mark = _when(item)
        past = tuple(mark.kwargs[name] for name in ("opened", "meanwhile", "before"))
        keys[item] = (
            modules.of(item.path),
            presents.of(mark.args[0]),
            not any(each is not None for each in past),
            pasts.of(past),
        )
    return sorted(items, key=keys.__getitem__)


def stories_of(items: Sequence[pytest.Item]) -> Stories:
    """The story of each item's claim. The Services are those of all the items in its row."""
    rows: dict[str, list[pytest.Item]] = defaultdict(list)
    for item in items:
        rows[row_of(item.path)].append(item)
    services = {row: given_services(together) for row, together in rows.items()}
    stories = {}
    for item in items:
        mark = _when(item)
        before = mark.kwargs["before"]
        stories[item.nodeid] = Story(
            services[row_of(item.path)],
            mark.kwargs["opened"],
            mark.kwargs["meanwhile"],
            mark.args[0] if before is None else before,
            is_left=before is not None,
        )
    return stories


def flow_of(item: pytest.Item) -> Flow:
    """The flow that the item's claim observes."""
    flow: Flow = item.callspec.params["flow"]  # type: ignore[attr-defined]  # parametrized functions have it
    return flow


def opened_with(item: pytest.Item, stories: Stories) -> tuple[Flow, ...]:
    """The flows of other claims that are open when they are observed, and that have the same story as the item's."""
    story = stories[item.nodeid]
    if story.opened is None:
        return ()
    others = (each for each in item.session.items if each is not item)
    return tuple(flow_of(each) for each in others if stories[each.nodeid] == story)


class _Places:
    """In which place each of some values came first."""

    def __init__(self) -> None:
        self._known: dict[Hashable, int] = {}

    def of(self, value: Hashable) -> int:
        return self._known.setdefault(value, len(self._known))


def _when(item: pytest.Item) -> pytest.Mark:
    mark = item.get_closest_marker("when")
    if mark is None:
        raise pytest.UsageError(f"{item.nodeid} needs @claims(...)")
    return mark
