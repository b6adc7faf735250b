"""How a budget is spent: on faults, and as long again on what survives."""

import pytest

from svcproof.sabotage.budget import Budget

START = 1000.0


@pytest.mark.parametrize(
    ("now", "rounds_left", "ends"), [(START, 4, 1025.0), (1050.0, 2, 1075.0), (1050.0, 1, 1100.0)]
)
def test_rounds_share_what_is_left(now: float, rounds_left: int, ends: float) -> None:
    """Each may take the time that is left, divided by the rounds that are left."""
    assert Budget(START, 100.0).round_ends(now, rounds_left) == pytest.approx(ends)


def test_a_round_that_begins_too_late_has_no_time() -> None:
    """It ends as it begins."""
    assert Budget(START, 100.0).round_ends(1130.0, 2) == pytest.approx(1130.0)


@pytest.mark.parametrize(("now", "spent"), [(START, False), (1199.0, False), (1201.0, True)])
def test_survivors_have_as_long_again(now: float, spent: bool) -> None:  # noqa: FBT001 - a table
    """Behind that nothing more is begun."""
    assert Budget(START, 100.0).is_spent(now) is spent


def test_the_whole_set_takes_as_long_as_it_takes() -> None:
    """Without a budget there is no end."""
    assert Budget(START, None).round_ends(1e9, 3) is None
    assert not Budget(START, None).is_spent(1e9)
