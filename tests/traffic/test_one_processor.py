"""What a thread sends stays in its order as long as the thread stays on one processor."""

import os
from threading import Thread

from lab.capsule import linux
from lab.traffic.one_processor import one_processor


def test_a_thread_stays_where_it_is_and_is_free_again() -> None:
    """For the body there is one processor: that which the thread is on."""
    before = os.sched_getaffinity(0)
    with one_processor():
        assert os.sched_getaffinity(0) == {linux.current_processor()}
    assert os.sched_getaffinity(0) == before


def test_what_is_started_meanwhile_can_be_let_go() -> None:
    """A kube-proxy that a change restarts must not be kept on one processor for its life."""
    before = os.sched_getaffinity(0)
    with one_processor() as anywhere:
        kept = os.sched_getaffinity(0)
        with anywhere():
            assert os.sched_getaffinity(0) == before
        assert os.sched_getaffinity(0) == kept


def test_threads_that_are_started_meanwhile_stay_there_too() -> None:
    """A stream of probes and the sentinels behind it go through the same queue."""
    seen: list[set[int]] = []
    with one_processor():
        here = linux.current_processor()
        thread = Thread(target=lambda: seen.append(os.sched_getaffinity(0)))
        thread.start()
        thread.join()
    assert seen == [{here}]
