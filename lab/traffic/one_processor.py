"""Keeps what a thread sends in its order, up to who answers it.

What goes into a veth waits in a queue of the processor that sent it, one queue for each
(https://docs.kernel.org/networking/scaling.html). On a loaded machine a queue can be worked off late: a packet that the
same thread sends a moment later from another processor comes first. A sentinel behind a probe would prove nothing then.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from lab.capsule import linux


@contextmanager
def one_processor() -> Iterator[Callable[[], AbstractContextManager[None]]]:
    """Keeps this thread, and those that it starts, on the processor that it is on, for the body.

    Yields what lets it go anywhere for a while: a program that is started then is not kept there for its life.
    """
    allowed = os.sched_getaffinity(0)

    @contextmanager
    def anywhere() -> Iterator[None]:
        kept = os.sched_getaffinity(0)
        os.sched_setaffinity(0, allowed)
        try:
            yield
        finally:
            os.sched_setaffinity(0, kept)

    stay_on_this_processor()
    try:
        yield anywhere
    finally:
        os.sched_setaffinity(0, allowed)


def stay_on_this_processor() -> None:
    """The same for as long as the thread lives."""
    os.sched_setaffinity(0, {linux.current_processor()})
