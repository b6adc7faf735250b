"""The ladder of signals: politely, firmly, for good; and the exit code that comes out."""

import os
import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import cast

import pytest

from lab.capsule.start import Capsule
from svcproof.supervise import supervise

ENDED = "ended"


@dataclass(slots=True)
class FakeCapsule:
    """A capsule whose wait is a script: the user sends signals, then the program ends with a code."""

    typed: Sequence[signal.Signals]
    code: int = 0
    got: list[object] = field(default_factory=list)
    meanwhile: Callable[[], None] = lambda: None

    def signal(self, number: int) -> None:
        """Notes what is passed on."""
        self.got.append(signal.Signals(number))

    def end(self) -> None:
        """Notes that it is ended."""
        self.got.append(ENDED)

    def wait(self) -> int:
        """The user's signals arrive meanwhile."""
        for number in self.typed:
            os.kill(os.getpid(), number)
        self.meanwhile()
        return self.code


def supervised(capsule: FakeCapsule) -> int:
    """What supervise makes of it."""
    return supervise(cast("Capsule", capsule))


@pytest.mark.parametrize("code", [0, 1, 3, 130])
def test_the_exit_code_of_the_program_comes_out(code: int) -> None:
    """Without a signal nothing is passed on."""
    capsule = FakeCapsule((), code)
    assert (supervised(capsule), capsule.got) == (code, [])


@pytest.mark.parametrize("first", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_whatever_is_asked_first_interrupts(first: signal.Signals) -> None:
    """The program gets SIGINT, so that it can write what it has seen."""
    capsule = FakeCapsule((first,), 130)
    assert (supervised(capsule), capsule.got) == (130, [signal.SIGINT])


def test_every_further_signal_climbs_one_rung() -> None:
    """Interrupted, terminated, ended; and it stays at that."""
    capsule = FakeCapsule((signal.SIGINT, signal.SIGINT, signal.SIGTERM, signal.SIGINT))
    supervised(capsule)
    assert capsule.got == [signal.SIGINT, signal.SIGTERM, ENDED, ENDED]


def test_the_handlers_are_given_back() -> None:
    """Afterwards signals mean what they meant before, also where waiting fails."""
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)]

    def broken() -> None:
        raise ChildProcessError

    supervised(FakeCapsule(()))
    with pytest.raises(ChildProcessError):
        supervised(FakeCapsule((), meanwhile=broken))
    after = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)]
    assert after == before
