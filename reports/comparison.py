"""Expected beside observed: outcomes taken apart into rows of one notation, so that a difference shows."""

from dataclasses import dataclass

from conformance.results import ClaimResult
from reports.traits import traits


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
