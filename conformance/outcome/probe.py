"""What becomes of one probe, or of a batch whose probes all fared the same."""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Discriminator

from conformance.outcome.arrival import AnsweredFrom, Arrival, in_words
from lab.model import Place, Refusal


@dataclass(frozen=True, slots=True)
class Delivered:
    """Every probe arrived at one of these endpoints and was answered; every endpoint was reached."""

    arrivals: frozenset[Arrival]
    answered_from: AnsweredFrom = AnsweredFrom.TARGET
    kind: Literal["delivered"] = "delivered"

    def __str__(self) -> str:
        return f"delivered to {in_words(self.arrivals)}; answered from {self.answered_from}"


@dataclass(frozen=True, slots=True)
class Unanswered:
    """Every probe arrived at one of these endpoints, and no answer came back to the sender."""

    arrivals: frozenset[Arrival]
    kind: Literal["unanswered"] = "unanswered"

    def __str__(self) -> str:
        return f"arrived at {in_words(self.arrivals)}; no answer came back"


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


Silent = Annotated[Dropped | Unanswered | Forwarded | LocalError, Discriminator("kind")]
"""What comes to nothing for the sender. That it stays so must be proven."""


@dataclass(frozen=True, slots=True)
class Lost:
    """No answer came in seconds, nor to the sentinels behind the probes, though every place answered itself.

    Nothing is proven silent then, but what should have come has not. Equals no expectation.
    seen: what it would be, had the sentinels come through.
    """

    seen: Silent
    kind: Literal["lost"] = "lost"

    def __str__(self) -> str:
        return f"{self.seen}; the sentinels behind it were lost, too"


Steady = Annotated[
    Delivered | Unanswered | Refused | Dropped | Forwarded | LocalError | Answered | Lost,
    Discriminator("kind"),
]
