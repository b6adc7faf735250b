"""A stream sends while something else happens, and hides nothing that goes wrong."""

from threading import get_ident

import pytest

from lab.traffic.stream import Stream


def test_a_stream_sends_from_a_thread_of_its_own() -> None:
    """Rounds go on until the end of the with statement, and no longer."""
    sent: list[int] = []
    with Stream(lambda: sent.append(get_ident())) as stream:
        stream.wait_rounds(3)
        stream.wait_rounds(2)
    so_far = len(sent)
    assert so_far >= 5
    assert get_ident() not in sent
    assert len(sent) == so_far


def test_what_goes_wrong_in_a_stream_is_raised_where_it_is_waited_for() -> None:
    """A stream that cannot send ends, and whoever waits for its rounds is told why."""

    def broken() -> None:
        raise OSError("no buffer")

    with pytest.raises(OSError, match="no buffer"), Stream(broken) as stream:
        stream.wait_rounds(1)


def test_what_goes_wrong_at_last_is_raised_at_the_end() -> None:
    """It is not lost when nobody waits any more."""
    sent: list[int] = []

    def once() -> None:
        if sent:
            raise OSError("no buffer")
        sent.append(1)

    stream = Stream(once)
    stream.__enter__()
    stream._thread.join()
    with pytest.raises(OSError, match="no buffer"):
        stream.__exit__(None, None, None)
