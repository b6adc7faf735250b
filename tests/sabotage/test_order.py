"""What is wanted of a sabotage: times as users write them, and the order's way into the capsule."""

import argparse
from pathlib import Path

import pytest

from svcproof.sabotage.duration import seconds
from svcproof.sabotage.fault import Kind
from svcproof.sabotage.order import SabotageOrder, read_order, write_order


@pytest.mark.parametrize(("text", "value"), [("90s", 90.0), ("3m", 180.0), ("1h", 3600.0)])
def test_times(text: str, value: float) -> None:
    """A budget is a number and its unit."""
    assert seconds(text) == pytest.approx(value)


@pytest.mark.parametrize("text", ["", "10", "0s", "-3m", "3 m", "m"])
def test_what_is_no_time(text: str) -> None:
    """Anything else is refused with an example."""
    with pytest.raises(argparse.ArgumentTypeError, match="not a time such as"):
        seconds(text)


def test_the_order_arrives(tmp_path: Path) -> None:
    """What is written outside the capsule is read inside."""
    order = SabotageOrder(seed=3, budget=90.0, kinds=(Kind.DELETE, Kind.WIDEN), full=True, listed=False)
    write_order(order, tmp_path)
    assert read_order(tmp_path) == order
