"""What became of a batch of probes: the one frozen type in which expectations and observations are written."""

from collections.abc import Collection
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Discriminator

from lab.model import Place, Refusal


@dataclass(frozen=True, slots=True)
class Kept:
    """The endpoint saw the address that the sender sent from."""

    kind: Literal["kept"] = "kept"

    def __str__(self) -> str:
        return "its own address"


@dataclass(frozen=True, slots=True)
class Masqueraded:
    """The endpoint saw an address of this node instead of the sender's."""

    by: Place
    kind: Literal["masqueraded"] = "masqueraded"

    def __str__(self) -> str:
        return f"an address of {self.by}"


@dataclass(frozen=True, slots=True)
class Foreign:
    """The endpoint saw an address that is neither the sender's nor a node's."""

    address: str
    kind: Literal["foreign"] = "foreign"

    def __str__(self) -> str:
        return f"the foreign address {self.address}"


Source = Annotated[Kept | Masqueraded | Foreign, Discriminator("kind")]


@dataclass(frozen=True, slots=True)
class Arrival:
    """An endpoint that was reached, and the source address that it saw."""

    place: Place
    port: int
    source: Source

    def __str__(self) -> str:
        return f"{self.place}:{self.port} seeing {self.source}"


class AnsweredFrom(StrEnum):
    """The address that a reply bore when it reached the sender."""

    TARGET = "the address that was asked"
    ENDPOINT = "the endpoint's own address"
    OTHER = "another address"


def _each(arrivals: Collection[Arrival]) -> str:
    return "; ".join(sorted(str(arrival) for arrival in arrivals))


@dataclass(frozen=True, slots=True)
class Delivered:
    """Every probe arrived at one of these endpoints and was answered; every endpoint was reached."""

    arrivals: frozenset[Arrival]
    answered_from: AnsweredFrom = AnsweredFrom.TARGET
    kind: Literal["delivered"] = "delivered"

    def __str__(self) -> str:
        return f"delivered to {_each(self.arrivals)}; answered from {self.answered_from}"


@dataclass(frozen=True, slots=True)
class Unanswered:
    """Every probe arrived at one of these endpoints, and no answer came back to the sender."""

    arrivals: frozenset[Arrival]
    kind: Literal["unanswered"] = "unanswered"

    def __str__(self) -> str:
        return f"arrived at {_each(self.arrivals)}; no answer came back"


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
            f"delivered, each client where it was before, to {_each(self.arrivals)}; "
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
            f"delivered, some clients elsewhere than before{but}, to {_each(self.arrivals)}; "
            f"answered from {self.answered_from}"
        )


@dataclass(frozen=True, slots=True)
class Balanced:
    """Delivered, and each endpoint got what chance makes of an equal share."""

    arrivals: frozenset[Arrival]
    answered_from: AnsweredFrom = AnsweredFrom.TARGET
    kind: Literal["balanced"] = "balanced"

    def __str__(self) -> str:
        return f"delivered evenly to {_each(self.arrivals)}; answered from {self.answered_from}"


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
        shares = "; ".join(f"{share.probes} probes to {share.arrival}" for share in self.shares)
        return f"delivered unevenly: {shares}"


@dataclass(frozen=True, slots=True)
class Strayed:
    """Delivered, but not by the pod network's own way. Equals no expectation. oddities: in words, each once."""

    arrivals: frozenset[Arrival]
    oddities: tuple[str, ...]
    kind: Literal["strayed"] = "strayed"

    def __str__(self) -> str:
        return f"delivered to {_each(self.arrivals)} by another way: {'; '.join(self.oddities)}"


@dataclass(frozen=True, slots=True)
class Refused:
    """Every probe was refused, by the place where the refusal was first seen."""

    by: Place
    how: Refusal
    kind: Literal["refused"] = "refused"

    def __str__(self) -> str:
        return f"refused by {self.by} with {self.how}"


@dataclass(frozen=True, slots=True)
class Dropped:
    """Every probe was seen to leave its sender and vanished, while a later sentinel came through."""

    kind: Literal["dropped"] = "dropped"

    def __str__(self) -> str:
        return "dropped without a word"


@dataclass(frozen=True, slots=True)
class Forwarded:
    """Every probe left the nodes untranslated and was seen at this place."""

    to: Place
    kind: Literal["forwarded"] = "forwarded"

    def __str__(self) -> str:
        return f"forwarded untranslated to {self.to}"


@dataclass(frozen=True, slots=True)
class LocalError:
    """The sender's own kernel answered every send with this errno (its symbol, such as EPERM)."""

    errno: str
    kind: Literal["local-error"] = "local-error"

    def __str__(self) -> str:
        return f"failed at the sender with {self.errno}"


@dataclass(frozen=True, slots=True)
class Answered:
    """Every HTTP request was answered with this status.

    local_endpoints: as the body says; weight: the header X-Load-Balancing-Endpoint-Weight; None where it is not there.
    status 0: a connection was made, and no HTTP answer came over it.
    """

    status: int
    local_endpoints: int | None = None
    weight: int | None = None
    kind: Literal["answered"] = "answered"

    def __str__(self) -> str:
        said = f"answered with HTTP status {self.status}" if self.status else "not answered over a connection"
        counts = "" if self.local_endpoints is None else f", {self.local_endpoints} local endpoints"
        return said + counts + ("" if self.weight is None else f", weight {self.weight}")


@dataclass(frozen=True, slots=True)
class Accepted:
    """The API did what it was asked."""

    kind: Literal["accepted"] = "accepted"

    def __str__(self) -> str:
        return "accepted by the API"


@dataclass(frozen=True, slots=True)
class Rejected:
    """The API refused, with this HTTP status and reason; fields: those of the object that it complains of."""

    fields: tuple[str, ...]
    status: int = 422
    reason: str = "Invalid"
    kind: Literal["rejected"] = "rejected"

    def __str__(self) -> str:
        return (
            f"rejected by the API as {self.reason} ({self.status}) for {', '.join(self.fields) or 'no field'}"
        )


Steady = Annotated[
    Delivered | Unanswered | Refused | Dropped | Forwarded | LocalError | Answered, Discriminator("kind")
]


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
        fates = "; ".join(f"{fate.probes} probes {fate.outcome}" for fate in self.history)
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


Outcome = Annotated[
    Delivered
    | Unanswered
    | Stuck
    | Returned
    | ChosenAnew
    | Balanced
    | Skewed
    | Strayed
    | Refused
    | Dropped
    | Forwarded
    | LocalError
    | Changed
    | Answered
    | Accepted
    | Rejected
    | Unstable,
    Discriminator("kind"),
]


def balanced(*endpoints: Place, source: Source, port: int = 8080) -> Balanced:
    """Balanced over these pods, each seeing the same kind of source."""
    return Balanced(frozenset(Arrival(place, port, source) for place in endpoints))


def delivered(*endpoints: Place, source: Source, port: int = 8080) -> Delivered:
    """Delivered to these pods, each seeing the same kind of source."""
    return Delivered(frozenset(Arrival(place, port, source) for place in endpoints))


def returned(*endpoints: Place, source: Source, port: int = 8080) -> Returned:
    """Returned, together to these pods, each seeing the same kind of source."""
    return Returned(frozenset(Arrival(place, port, source) for place in endpoints))


def chosen_anew(*endpoints: Place, source: Source, port: int = 8080) -> ChosenAnew:
    """ChosenAnew, together from these pods, each seeing the same kind of source."""
    return ChosenAnew(frozenset(Arrival(place, port, source) for place in endpoints))
