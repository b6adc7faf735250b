"""Outcomes taken apart into named traits: what is compared, and where a difference shows. Pure."""

from collections.abc import Iterable, Mapping

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
from reports.summary import counted

_Delivered = Delivered | Returned | ChosenAnew | Balanced
_Arrived = Unanswered | Stuck | Skewed | Strayed
_Ended = Refused | Dropped | Forwarded | LocalError | Lost
_Told = Accepted | Rejected | Answered


def traits(outcome: Outcome) -> Mapping[str, str]:
    """An outcome taken apart. Equal outcomes have equal traits, and the other way round."""
    match outcome:
        case Delivered() | Returned() | ChosenAnew() | Balanced():
            answered = {"answered from": str(outcome.answered_from)}
            return {"outcome": _delivered(outcome), **_sources(outcome.arrivals), **answered}
        case Unanswered() | Stuck() | Skewed() | Strayed():
            return _arrived(outcome)
        case Refused() | Dropped() | Forwarded() | LocalError() | Lost():
            return _ended(outcome)
        case Accepted() | Rejected() | Answered():
            return _told(outcome)
        case Changed(before=before, after=after, in_time=in_time):
            followed = "in time" if in_time else "later than is documented"
            return {"outcome": "changed", "before": str(before), "after": str(after), "followed": followed}
        case Unstable():
            return {"outcome": "unstable", **_history(outcome)}


def _delivered(outcome: _Delivered) -> str:
    """To endpoints that are all known, as they should be."""
    match outcome:
        case Delivered():
            return "delivered"
        case Returned():
            return "delivered, each client where it was before"
        case ChosenAnew(kept=kept):
            but = f", but none that had had {', '.join(sorted(kept))}" if kept else ""
            return f"delivered, some clients elsewhere than before{but}"
        case Balanced():
            return "delivered evenly"


def _arrived(outcome: _Arrived) -> Mapping[str, str]:
    """At endpoints: unanswered, at one that nobody could know before, in other shares, or by another way."""
    match outcome:
        case Unanswered(arrivals=arrivals):
            return {"outcome": "arrived, not answered", **_sources(arrivals)}
        case Stuck(source=source, port=port, answered_from=address):
            saw = {f"the endpoint, port {port}, saw": str(source)}
            return {"outcome": "delivered to always the same endpoint", **saw, "answered from": str(address)}
        case Skewed(shares=shares):
            each = {f"{share.arrival}": counted(share.probes, "probe") for share in shares}
            return {"outcome": "delivered unevenly", **each}
        case Strayed(arrivals=arrivals, oddities=oddities):
            each = {f"oddity {number}": words for number, words in enumerate(oddities, start=1)}
            return {"outcome": "delivered by another way", **_sources(arrivals), **each}


def _ended(outcome: _Ended) -> Mapping[str, str]:
    """Before any endpoint."""
    match outcome:
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


def _told(outcome: _Told) -> Mapping[str, str]:
    """By the API, or by a health check."""
    match outcome:
        case Accepted():
            return {"outcome": "accepted by the API"}
        case Rejected(fields=fields, status=status, reason=reason):
            complaint = {"status": str(status), "reason": reason, "fields": ", ".join(fields)}
            return {"outcome": "rejected by the API", **complaint}
        case Answered():
            return {"outcome": "answered by HTTP", **_http(outcome)}


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
        f"fate {number}": f"{counted(fate.probes, 'probe')} {fate.outcome}"
        for number, fate in enumerate(outcome.history, start=1)
    }
