"""Telling a person what a long step is doing."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol, TextIO

_BEAT_SECONDS = 30.0
_SPIN_SECONDS = 0.2


class Beat(Protocol):
    """Called again and again while a step goes on; the detail is how far it is."""

    def __call__(self, detail: str = "") -> None:
        """Tell that the step goes on."""


class Progress(Protocol):
    """Where messages about the work go."""

    def say(self, text: str) -> None:
        """Tell one fact."""

    def step(self, text: str) -> AbstractContextManager[Beat]:
        """Tell that a step starts, and how it ended."""


class Silence:
    """Progress that tells nobody."""

    def say(self, text: str) -> None:
        """Tell nobody."""

    @contextmanager
    def step(self, _text: str) -> Iterator[Beat]:
        """Do the step without a word."""

        def beat(detail: str = "") -> None:
            del detail

        yield beat


class Lines:
    """Progress as lines of text: a line per fact, per started step and per ended one.

    A terminal also sees a spinner; anything else gets a line every half minute.
    """

    def __init__(self, stream: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream
        self._clock = clock

    def say(self, text: str) -> None:
        """Write one line."""
        clear = "\r\x1b[K" if self._stream.isatty() else ""
        print(f"{clear}{text}", file=self._stream, flush=True)

    @contextmanager
    def step(self, text: str) -> Iterator[Beat]:
        """Write a line now and one at the end, with the seconds between."""
        start = self._clock()
        self.say(f"{text} ...")
        try:
            yield self._beat(text, start)
        except BaseException:
            self.say(f"{text}: ended after {self._clock() - start:.1f} s")
            raise
        self.say(f"{text}: done in {self._clock() - start:.1f} s")

    def _beat(self, text: str, start: float) -> Beat:
        last = start
        spinner = self._stream.isatty()

        def beat(detail: str = "") -> None:
            nonlocal last
            now = self._clock()
            if now - last < (_SPIN_SECONDS if spinner else _BEAT_SECONDS):
                return
            last = now
            line = f"{text}: {now - start:.0f} s {detail}".rstrip()
            if spinner:
                print(f"\r\x1b[K{line}", end="", file=self._stream, flush=True)
            else:
                self.say(line)

        return beat
