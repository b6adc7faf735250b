"""What is said of many probes together: of their shares, their clients, their way, their agreement."""

from dataclasses import dataclass, field
from typing import Literal

from conformance.outcome.arrival import AnsweredFrom, Arrival, Source, in_words
from conformance.outcome.probe import Steady
from lab.model import Place


@dataclass(frozen=True, slots=True)
class Stuck:
    """Every probe was delivered to one and the same endpoint, whichever that was."""

    source: Source
    port: int = 8080
    answered_from: AnsweredFrom = AnsweredFrom.TARGET
    kind: Literal["stuck"] = "stuck"

    def __str__(self) -> str:
        return (
            f"delivered to always the same endpoint, port {self.port}, seeing {self.source}; "
            f"answered from {self.answered_from}"
        )


@dataclass(frozen=True, slots=True)
class Returned:
    """Many clients asked twice: each was delivered to the endpoint that it had had; together they had these."""

    arrivals: frozenset[Arrival]
    answered_from: AnsweredFrom = AnsweredFrom.TARGET
    kind: Literal["returned"] = "returned"

    def __str__(self) -> str:
        return (
            f"delivered, each client where it was before, to {in_words(self.arrivals)}; "
            f"answered from {self.answered_from}"
        )


@dataclass(frozen=True, slots=True)
class ChosenAnew:
    """Many clients asked twice: some were delivered to another endpoint than before; together they had these.

    kept: endpoints whose clients all came back to them; none where each client chose.
    """

    arrivals: frozenset[Arrival]
    answered_from: AnsweredFrom = AnsweredFrom.TARGET
    kept: frozenset[Place] = frozenset()
    kind: Literal["chosen-anew"] = "chosen-anew"

    def __str__(self) -> str:
        but = f", but none that had had {', '.join(sorted(self.kept))}" if self.kept else ""
        return (
            f"delivered, some clients elsewhere than before{but}, to {in_words(self.arrivals)}; "
            f"answered from {self.answered_from}"
        )


@dataclass(frozen=True, slots=True)
class Balanced:
    """Delivered, and each endpoint got what chance makes of an equal share."""

    arrivals: frozenset[Arrival]
    answered_from: AnsweredFrom = AnsweredFrom.TARGET
    kind: Literal["balanced"] = "balanced"

    def __str__(self) -> str:
        return f"delivered evenly to {in_words(self.arrivals)}; answered from {self.answered_from}"


@dataclass(frozen=True, slots=True)
class Share:
    """How many probes of a batch an endpoint got."""

    arrival: Arrival
    probes: int


@dataclass(frozen=True, slots=True)
class Skewed:
    """Delivered, but not evenly. Equals no expectation: chance makes such shares once in a million."""

    shares: tuple[Share, ...]
    kind: Literal["skewed"] = "skewed"

    def __str__(self) -> str:
        shares = "; ".join(f"{_probes(share.probes)} to {share.arrival}" for share in self.shares)
        return f"delivered unevenly: {shares}"


@dataclass(frozen=True, slots=True)
class Strayed:
    """Delivered, but not by the pod network's own way. Equals no expectation. oddities: in words, each once."""

    arrivals: frozenset[Arrival]
    oddities: tuple[str, ...]
    kind: Literal["strayed"] = "strayed"

    def __str__(self) -> str:
        return f"delivered to {in_words(self.arrivals)} by another way: {'; '.join(self.oddities)}"


@dataclass(frozen=True, slots=True)
class Fate:
    """An outcome that some probes of a batch had, and how many they were."""

    outcome: Steady
    probes: int


@dataclass(frozen=True, slots=True)
class Unstable:
    """Probes of one batch disagreed where they must not. Equals no expectation."""

    history: tuple[Fate, ...] = field(default=())
    kind: Literal["unstable"] = "unstable"

    def __str__(self) -> str:
        fates = "; ".join(f"{_probes(fate.probes)} {fate.outcome}" for fate in self.history)
        return f"unstable: {fates}"


@dataclass(frozen=True, slots=True)
class Changed:
    """From some time on, on every node, every probe came to `after`, and until then to `before`.

    in_time: whether that was so on every node within the documented bound.
    """

    before: Steady
    after: Steady
    in_time: bool = True
    kind: Literal["changed"] = "changed"

    def __str__(self) -> str:
        when = "in time" if self.in_time else "later than is documented"
        return f"first {self.before}; then, {when} and with nothing else in between, {self.after}"


def _probes(number: int) -> str:
    return "1 probe" if number == 1 else f"{number} probes"
