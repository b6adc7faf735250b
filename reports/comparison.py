"""Expected beside observed: outcomes taken apart into rows of one notation, so that a difference shows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from conformance.outcome import (
    Accepted,
    Answered,
    Arrival,
    Balanced,
    Changed,
    ChosenAnew,
    Delivered,
    Dropped,
    Forwarded,
    LocalError,
    Lost,
    Outcome,
    Refused,
    Rejected,
    Returned,
    Skewed,
    Strayed,
    Stuck,
    Unanswered,
    Unstable,
)
from conformance.results import ClaimResult


@dataclass(frozen=True, slots=True)
class Row:
    """One trait of the outcomes of a claim. A cell is empty where its outcome does not have the trait.

    differs: observed is not as expected. recorded_differs: observed is not as the known difference says.
    """

    trait: str
    expected: str
    recorded: str
    observed: str
    differs: bool
    recorded_differs: bool


def comparison(claim: ClaimResult) -> tuple[Row, ...]:
    """The outcomes of a claim side by side. Nothing differs where nothing was observed."""
    expected = traits(claim.expected)
    recorded = traits(claim.instead) if claim.instead is not None else {}
    observed = traits(claim.observed) if claim.observed is not None else {}
    return tuple(
        Row(
            trait=trait,
            expected=expected.get(trait, ""),
            recorded=recorded.get(trait, ""),
            observed=observed.get(trait, ""),
            differs=bool(observed) and expected.get(trait) != observed.get(trait),
            recorded_differs=bool(observed and recorded) and recorded.get(trait) != observed.get(trait),
        )
        for trait in dict.fromkeys((*expected, *recorded, *observed))
    )


def traits(outcome: Outcome) -> Mapping[str, str]:  # noqa: C901, PLR0911, PLR0912 - one for each kind of outcome
    """An outcome taken apart. Equal outcomes have equal traits, and the other way round."""
    match outcome:
        case Delivered(arrivals=arrivals, answered_from=address):
            return {"outcome": "delivered", **_sources(arrivals), "answered from": str(address)}
        case Unanswered(arrivals=arrivals):
            return {"outcome": "arrived, not answered", **_sources(arrivals)}
        case Stuck(source=source, port=port, answered_from=address):
            saw = {f"the endpoint, port {port}, saw": str(source)}
            return {"outcome": "delivered to always the same endpoint", **saw, "answered from": str(address)}
        case Returned(arrivals=arrivals, answered_from=address):
            same = {"outcome": "delivered, each client where it was before"}
            return {**same, **_sources(arrivals), "answered from": str(address)}
        case ChosenAnew(arrivals=arrivals, answered_from=address, kept=kept):
            but = f", but none that had had {', '.join(sorted(kept))}" if kept else ""
            anew = {"outcome": f"delivered, some clients elsewhere than before{but}"}
            return {**anew, **_sources(arrivals), "answered from": str(address)}
        case Balanced(arrivals=arrivals, answered_from=address):
            return {"outcome": "delivered evenly", **_sources(arrivals), "answered from": str(address)}
        case Skewed(shares=shares):
            each = {f"{share.arrival}": f"{share.probes} probes" for share in shares}
            return {"outcome": "delivered unevenly", **each}
        case Strayed(arrivals=arrivals, oddities=oddities):
            each = {f"oddity {number}": words for number, words in enumerate(oddities, start=1)}
            return {"outcome": "delivered by another way", **_sources(arrivals), **each}
        case Refused(by=place, how=how):
            return {"outcome": "refused", "by": str(place), "with": str(how)}
        case Dropped():
            return {"outcome": "dropped without a word"}
        case Forwarded(to=place):
            return {"outcome": "forwarded untranslated", "to": str(place)}
        case LocalError(errno=errno):
            return {"outcome": "failed at the sender", "with": errno}
        case Lost(seen=seen):
            return {**traits(seen), "sentinels behind it": "lost, too"}
        case Changed(before=before, after=after, in_time=in_time):
            followed = "in time" if in_time else "later than is documented"
            return {"outcome": "changed", "before": str(before), "after": str(after), "followed": followed}
        case Accepted():
            return {"outcome": "accepted by the API"}
        case Rejected(fields=fields, status=status, reason=reason):
            complaint = {"status": str(status), "reason": reason, "fields": ", ".join(fields)}
            return {"outcome": "rejected by the API", **complaint}
        case Answered():
            return {"outcome": "answered by HTTP", **_http(outcome)}
        case Unstable():
            return {"outcome": "unstable", **_history(outcome)}


def _http(answered: Answered) -> dict[str, str]:
    said = {
        "status": answered.status,
        "local endpoints": answered.local_endpoints,
        "weight": answered.weight,
    }
    return {trait: str(value) for trait, value in said.items() if value is not None}


def _sources(arrivals: Iterable[Arrival]) -> dict[str, str]:
    """What each endpoint saw as the source. An endpoint that saw several has them in one cell."""
    seen: dict[str, list[str]] = {}
    for arrival in sorted(arrivals, key=str):
        seen.setdefault(f"{arrival.place}:{arrival.port} saw", []).append(str(arrival.source))
    return {endpoint: " and ".join(sources) for endpoint, sources in seen.items()}


def _history(outcome: Unstable) -> dict[str, str]:
    return {
        f"fate {number}": f"{fate.probes} probes {fate.outcome}"
        for number, fate in enumerate(outcome.history, start=1)
    }
