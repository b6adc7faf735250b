"""What a person sees of the work."""

import io
from collections.abc import Iterator

import pytest

from lab.components.progress import Lines


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """Say so."""
        return True


def clock(*seconds: float) -> Iterator[float]:
    """Return the times that are told one after the other."""
    return iter(seconds)


def test_a_step_has_two_lines() -> None:
    """One when it starts, one when it is done, with the time it took."""
    stream = io.StringIO()
    with Lines(stream, clock(0.0, 12.34).__next__).step("building"):
        pass
    assert stream.getvalue() == "building ...\nbuilding: done in 12.3 s\n"


def test_a_failed_step_is_not_called_done() -> None:
    """The end of a step that raises is told as such."""
    stream = io.StringIO()
    lines = Lines(stream, clock(0.0, 2.0).__next__)
    with pytest.raises(KeyError), lines.step("building"):
        raise KeyError
    assert stream.getvalue() == "building ...\nbuilding: ended after 2.0 s\n"


def test_a_log_gets_a_line_now_and_then() -> None:
    """Where nobody watches, a long step says every half minute that it goes on."""
    stream = io.StringIO()
    with Lines(stream, clock(0.0, 1.0, 31.0, 32.0, 40.0).__next__).step("loading") as beat:
        for _ in range(3):
            beat("7 MB")
    assert stream.getvalue().splitlines() == [
        "loading ...",
        "loading: 31 s 7 MB",
        "loading: done in 40.0 s",
    ]


def test_a_terminal_sees_one_line_change() -> None:
    """Where somebody watches, the line is written over."""
    stream = Terminal()
    with Lines(stream, clock(0.0, 1.0, 1.1, 2.0, 3.0).__next__).step("loading") as beat:
        for _ in range(3):
            beat()
    assert stream.getvalue().split("\r\x1b[K") == [
        "",
        "loading ...\n",
        "loading: 1 s",
        "loading: 2 s",
        "loading: done in 3.0 s\n",
    ]
