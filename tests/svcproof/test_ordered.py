"""The order in which the scenarios' claims are asked."""

from collections import Counter
from itertools import groupby

import pytest

from scenarios.rows import row_of
from svcproof.ordered import in_order
from svcproof.scenario_items import scenario_items
from svcproof.stories import flow_of, opened_with, stories_of

ITEMS = scenario_items()
ORDERED = in_order(ITEMS)
STORIES = stories_of(ORDERED)


def test_no_claim_is_lost_and_what_is_run_together_stays_together() -> None:
    """Claims of a module follow each other, and so do the modules of a row."""
    assert Counter(ITEMS) == Counter(ORDERED)
    for name in (lambda item: item.path, lambda item: row_of(item.path)):
        units = [unit for unit, _ in groupby(ORDERED, key=name)]
        assert len(units) == len(set(units))


def test_what_takes_long_is_not_last() -> None:
    """Half a minute of silence, or of claims that each need a change, would be waited for by all other workers."""
    rows = [row for row, _ in groupby(ORDERED, key=lambda item: row_of(item.path))]
    late = rows[len(rows) // 2 :]
    assert not {"test_affinity_time_out", "test_load_distribution", "test_open_connections_of_services"} & {
        *late
    }
    assert "test_side_by_side_outside" in rows[: len(rows) // 2]


def test_each_of_the_circumstances_comes_once_in_a_module() -> None:
    """A lab is brought into them, and not back into them again."""
    for _, group in groupby(ORDERED, key=lambda item: item.path):
        presents = [present for present, _ in groupby(group, key=_when)]
        assert len(presents) == len({repr(each) for each in presents})


def test_flows_with_one_story_are_observed_one_after_the_other() -> None:
    """Nothing comes between them that could make one older than it should be."""
    opened = [STORIES[item.nodeid] for item in ORDERED if STORIES[item.nodeid].opened is not None]
    together = [story for story, _ in groupby(opened)]
    assert len(together) == len(set(map(repr, together))) < len(opened)


def test_claims_about_flows_of_other_stories_are_opened_alone() -> None:
    """A flow is opened with those that have the same past, and with no fresh one."""
    for item in ORDERED:
        flows = opened_with(item, STORIES)
        story = STORIES[item.nodeid]
        later = ORDERED[ORDERED.index(item) + 1 :]
        same = [flow_of(each) for each in later if STORIES[each.nodeid] == story]
        assert list(flows) == (same if story.opened is not None else [])


def _when(item: pytest.Item) -> object:
    mark = item.get_closest_marker("when")
    assert mark is not None
    return mark.args[0]
