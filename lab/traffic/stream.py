"""Sends again and again, in a thread of its own, while something else happens.

It only sends: what comes is collected by whoever reads the captures meanwhile.
"""

from collections.abc import Callable
from threading import Event, Thread
from types import TracebackType
from typing import Self

from lab.polling import Limit, wait_until

INTERVAL_SECONDS = 0.005
"""Between two rounds: how exactly the time of a change can be told."""


class Stream:
    """Calls `send` every INTERVAL_SECONDS, inside a with statement. What that raises ends the stream, and is raised."""

    def __init__(self, send: Callable[[], None]) -> None:
        self._send = send
        self._rounds = 0
        self._end = Event()
        self._raised: BaseException | None = None
        self._thread = Thread(target=self._run, name="stream", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        raised: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        self._end.set()
        self._thread.join()
        if raised is None and self._raised is not None:
            raise self._raised

    def wait_rounds(self, count: int) -> None:
        """Returns when so many more rounds have been sent."""
        until = self._rounds + count
        wait_until(f"{count} more probes of each flow are sent", Limit.PROBES_SEEN, lambda: self._sent(until))

    def _sent(self, until: int) -> bool | None:
        if self._raised is not None:
            raise self._raised
        return self._rounds >= until or None

    def _run(self) -> None:
        try:
            while not self._end.wait(INTERVAL_SECONDS):
                self._send()
                self._rounds += 1
        except BaseException as error:  # noqa: BLE001 - raised again where the stream is waited for
            self._raised = error
