"""Keeps what a thread sends in its order, all the way.

What goes into a veth waits in a queue of the processor that sent it, one queue for each
(https://docs.kernel.org/networking/scaling.html). On a loaded machine a queue can be worked off late: a packet that the
same thread sends a moment later from another processor comes first. A sentinel behind a probe would prove nothing then.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from lab.capsule import linux


@contextmanager
def one_processor() -> Iterator[None]:
    """Keeps this thread, and those that it starts, on the processor that it is on, for the body."""
    allowed = os.sched_getaffinity(0)
    stay_on_this_processor()
    try:
        yield
    finally:
        os.sched_setaffinity(0, allowed)


def stay_on_this_processor() -> None:
    """The same for as long as the thread lives."""
    os.sched_setaffinity(0, {linux.current_processor()})
