"""Where a packet arrived: the endpoint, and the source address that it saw."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Discriminator

from lab.model import Place


@dataclass(frozen=True, slots=True)
class Kept:
    """The endpoint saw the address that the sender sent from."""

    kind: Literal["kept"] = "kept"

    def __str__(self) -> str:
        return "the sender's address"


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


def in_words(arrivals: Collection[Arrival]) -> str:
    """The arrivals one after another, in the same order every time."""
    return "; ".join(sorted(str(arrival) for arrival in arrivals))
