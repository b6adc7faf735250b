"""Short forms: the same kind of source seen by each of several endpoints."""

from conformance.outcome.arrival import Arrival, Source
from conformance.outcome.batch import Balanced, ChosenAnew, Returned
from conformance.outcome.probe import Delivered
from lab.model import Place


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
