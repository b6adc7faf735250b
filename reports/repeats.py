"""What stands on the page already: many claims ask about one Service, and its rules need be there but once."""

from collections.abc import Hashable

from conformance.results import ClaimResult, Verdict


class Repeats:
    """Remembers what claims have shown, in the order in which they are written."""

    def __init__(self) -> None:
        self._first: dict[Hashable, str] = {}

    def first(self, claim: ClaimResult, place: str, content: Hashable) -> str:
        """The place that shows this content already; empty where this one must. Only a claim that passed may lean."""
        there = self._first.setdefault(content, place)
        return there if claim.verdict is Verdict.PASS and there != place else ""
