"""Waiting: looking until it is so, and saying what was awaited when it never is."""

from dataclasses import dataclass

import pytest

from lab.errors import NotReady
from lab.polling import Limit, wait_until


@dataclass
class Clock:
    """Time that passes only while somebody sleeps."""

    now: float = 0.0

    def sleep(self, seconds: float) -> None:
        """Lets time pass."""
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Put a clock of the test in place of the real one."""
    made = Clock()
    monkeypatch.setattr("lab.polling.time.monotonic", lambda: made.now)
    monkeypatch.setattr("lab.polling.time.sleep", made.sleep)
    return made


def test_what_is_found_at_once_is_returned_at_once(clock: Clock) -> None:
    """No time passes where nothing is to be waited for."""
    assert wait_until("it", Limit.ENDED, lambda: "found") == "found"
    assert clock.now == 0.0


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize("found", [0, "", False, ()], ids=["zero", "text", "false", "tuple"])
def test_only_none_means_not_yet(found: object) -> None:
    """Anything else is what was looked for, also where Python calls it false."""
    assert wait_until("it", Limit.ENDED, lambda: found) == found


def test_looking_goes_on_until_it_is_so(clock: Clock) -> None:
    """Looks are repeated every few milliseconds."""
    answers = iter([None, None, None, "found"])
    assert wait_until("it", Limit.ENDED, lambda: next(answers)) == "found"
    assert 0.0 < clock.now <= 0.05


@pytest.mark.parametrize("limit", Limit, ids=lambda limit: limit.name)
def test_the_limit_ends_the_wait(clock: Clock, limit: Limit) -> None:
    """What is never so ends soon after its limit, with what was awaited and for how long."""
    seconds = limit.seconds
    with pytest.raises(NotReady) as caught:
        wait_until("the echo listens", limit, lambda: None)
    assert str(caught.value) == f"the echo listens: not so after {seconds} s"
    assert seconds < clock.now < seconds + 0.1


def test_a_last_look_is_taken_after_the_limit(clock: Clock) -> None:
    """What became so while this process was kept from running still counts."""

    def look() -> bool | None:
        clock.sleep(60)
        return True

    assert wait_until("it", Limit.ENDED, look) is True


def test_an_error_while_looking_ends_the_wait(clock: Clock) -> None:
    """A program that died is known by its own error, not by a limit."""

    def look() -> None:
        raise NotReady("a daemon died")

    with pytest.raises(NotReady, match="a daemon died"):
        wait_until("it", Limit.ENDED, look)
    assert clock.now == 0.0
