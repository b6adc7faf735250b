"""What became of a batch of probes: the one frozen type in which expectations and observations are written."""

from typing import Annotated

from pydantic import Discriminator

from conformance.outcome.arrival import AnsweredFrom, Arrival, Foreign, Kept, Masqueraded, Source
from conformance.outcome.batch import (
    Balanced,
    Changed,
    ChosenAnew,
    Fate,
    Returned,
    Share,
    Skewed,
    Strayed,
    Stuck,
    Unstable,
)
from conformance.outcome.creation import Accepted, Rejected
from conformance.outcome.endpoints import balanced, chosen_anew, delivered, returned
from conformance.outcome.probe import (
    Answered,
    Delivered,
    Dropped,
    Forwarded,
    LocalError,
    Lost,
    Refused,
    Silent,
    Steady,
    Unanswered,
)

__all__ = [
    "Accepted",
    "Answered",
    "AnsweredFrom",
    "Arrival",
    "Balanced",
    "Changed",
    "ChosenAnew",
    "Delivered",
    "Dropped",
    "Fate",
    "Foreign",
    "Forwarded",
    "Kept",
    "LocalError",
    "Lost",
    "Masqueraded",
    "Outcome",
    "Refused",
    "Rejected",
    "Returned",
    "Share",
    "Silent",
    "Skewed",
    "Source",
    "Steady",
    "Strayed",
    "Stuck",
    "Unanswered",
    "Unstable",
    "balanced",
    "chosen_anew",
    "delivered",
    "returned",
]

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
    | Lost
    | Changed
    | Answered
    | Accepted
    | Rejected
    | Unstable,
    Discriminator("kind"),
]
