"""Waits for a capsule and passes the user's signals on: once politely, twice firmly, three times for good."""

import signal
from collections.abc import Callable
from contextlib import suppress
from types import FrameType

from lab.capsule.start import Capsule

_LADDER = (signal.SIGINT, signal.SIGTERM, signal.SIGKILL)
_ASKED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def supervise(capsule: Capsule, meanwhile: Callable[[], None] = lambda: None) -> int:
    """Returns the exit code of the capsule's program. Every further signal from the user climbs one rung.

    meanwhile: is called once signals are passed on.
    """
    asked = 0

    def pass_on(_number: int, _frame: FrameType | None) -> None:
        nonlocal asked
        rung = _LADDER[min(asked, len(_LADDER) - 1)]
        asked += 1
        if rung is signal.SIGKILL:
            capsule.end()
        else:
            capsule.signal(rung)

    before = {number: signal.signal(number, pass_on) for number in _ASKED}
    try:
        with suppress(
            Exception
        ):  # It is for nothing but to save time: who needs what it made meets the error.
            meanwhile()
        return capsule.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
