"""The one way in which these tests wait: looking again until something is so, or its time is over."""

import time
from collections.abc import Callable
from typing import TypeVar

_INTERVAL_SECONDS = 0.02

Found = TypeVar("Found")


def until(what: str, seconds: float, look: Callable[[], Found | None]) -> Found:
    """Looks until `look` returns something other than None; AssertionError says what was awaited."""
    deadline = time.monotonic() + seconds
    while True:
        found = look()
        if found is not None:
            return found
        assert time.monotonic() < deadline, f"{what}: not so after {seconds:g} s"
        time.sleep(_INTERVAL_SECONDS)
