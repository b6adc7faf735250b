"""A Progress that keeps what was said."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from lab.components.progress import Beat


@dataclass(slots=True)
class Recorder:
    """What was said and which steps were begun, in order."""

    said: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All of it."""
        return "\n".join(self.said)

    def say(self, text: str) -> None:
        """Keep one fact."""
        self.said.append(text)

    @contextmanager
    def step(self, text: str) -> Iterator[Beat]:
        """Keep the begin of a step."""
        self.said.append(text)

        def beat(detail: str = "") -> None:
            del detail

        yield beat
