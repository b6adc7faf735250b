"""What each section of the page shows, by the names that the templates know."""

import base64
import hashlib
from collections.abc import Iterator, Sequence
from importlib.resources import files
from typing import Any

from markupsafe import Markup

from conformance.results import ClaimResult, Verdict
from reports import surroundings
from reports.attention import differing, not_proven
from reports.catalogue import coverage, entries, families
from reports.convergence import followed, strips
from reports.distribution import distribution
from reports.document import Shown
from reports.pod_network import explained
from reports.sabotage import SabotageTable
from reports.sabotage_modes import by_mode

_LARGE = 400
"""Claims of a page that opens only the requirements of which a claim fails or differs."""


def contents(runs: Sequence[Shown], sabotages: Sequence[SabotageTable]) -> dict[str, Any]:
    """Of all sections together."""
    return {
        "runs": runs,
        "many": len(runs) > 1,
        "sabotages": sabotages,
        "modes": by_mode(sabotages),
        **_claims(runs),
        **_attention(runs),
        **_measured(runs),
        **_surroundings(runs),
        **_script(),
    }


def _claims(runs: Sequence[Shown]) -> dict[str, Any]:
    found = families(runs)
    every = entries(found)
    return {
        "families": found,
        "is_empty": not every,
        "is_large": len(every) > _LARGE,
        "different": [entry for entry in every if entry.differs or len(entry.results) < len(runs)],
        "claim_ids": {entry.id for entry in every},
        "verdicts": list(Verdict),
    }


def _attention(runs: Sequence[Shown]) -> dict[str, Any]:
    return {
        "differing": differing(runs),
        "not_proven": not_proven(runs),
        "coverages": [(run, coverage(run)) for run in runs],
    }


def _measured(runs: Sequence[Shown]) -> dict[str, Any]:
    return {"spreads": list(_spreads(runs)), "strips": strips(runs), "followed": followed(runs)}


def _spreads(runs: Sequence[Shown]) -> Iterator[tuple[Shown, ClaimResult, object]]:
    for run in runs:
        for claim in run.run.claims:
            spread = distribution(claim)
            if spread is not None:
                yield run, claim, spread


def _surroundings(runs: Sequence[Shown]) -> dict[str, Any]:
    every = zip(*(surroundings.facts(run.run) for run in runs), strict=True)
    rows = [row for row in every if any(fact.value != surroundings.NOTHING for fact in row)]
    results = [run.run for run in runs]
    return {
        "tested": [row for row in rows if row[0].name in surroundings.TESTED],
        "how": [row for row in rows if row[0].name not in surroundings.TESTED],
        "explained": explained(runs),
        "labs": [(run, lab) for run in runs for lab in run.run.labs],
        "programs": surroundings.programs(*results),
        "tools": surroundings.tools(*results),
        "deviations": surroundings.deviations(*results),
    }


def _script() -> dict[str, Any]:
    """The page's only script, and the sum by which the page allows no other."""
    script = (files("reports") / "templates" / "filter.js").read_text()
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return {
        "script": Markup(script),  # noqa: S704 - our own file
        "script_digest": f"sha256-{digest}",
    }
