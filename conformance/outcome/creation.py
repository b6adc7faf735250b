"""What the API says to who wants to create a Service."""

from dataclasses import dataclass
from typing import Literal


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
