"""What comes before each claim is observed, and which claims share it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

import pytest

from conformance.open_flows import Story
from lab.model import Flow
from scenarios.rows import row_of
from svcproof.collected import given_services

Stories = Mapping[str, Story]
"""What is so until a claim is observed, by node id."""


def stories_of(items: Sequence[pytest.Item]) -> Stories:
    """The story of each item's claim. The Services are those of all the items in its row."""
    rows: dict[str, list[pytest.Item]] = defaultdict(list)
    for item in items:
        rows[row_of(item.path)].append(item)
    services = {row: given_services(together) for row, together in rows.items()}
    stories = {}
    for item in items:
        mark = when_of(item)
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
    """The flows of claims behind the item's that are open when they are observed, and have the same story."""
    story = stories[item.nodeid]
    if story.opened is None:
        return ()
    items = item.session.items
    others = items[items.index(item) + 1 :]
    return tuple(flow_of(each) for each in others if stories[each.nodeid] == story)


def when_of(item: pytest.Item) -> pytest.Mark:
    """The mark that `claims` leaves. pytest.UsageError where there is none."""
    mark = item.get_closest_marker("when")
    if mark is None:
        raise pytest.UsageError(f"{item.nodeid} needs @claims(...)")
    return mark
