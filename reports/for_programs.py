"""Runs as a short JSON document for programs: the sentence, the counts, and a matrix of claims by runs."""

import json
from collections.abc import Sequence

from conformance.results import Run
from reports.catalogue import entries, families
from reports.document import shown
from reports.summary import counts, sentence

SCHEMA_VERSION = 1


def render_json(runs: Sequence[Run]) -> str:
    """The document; docs/results.md describes it."""
    labelled = shown(runs)
    document = {
        "schema_version": SCHEMA_VERSION,
        "runs": [
            {
                "label": each.label,
                "run_id": each.run.run_id,
                "profile": each.run.profile,
                "sentence": sentence(each.run),
                "exit_code": each.run.exit_code,
                "counts": {str(verdict): number for verdict, number in counts(each.run).items()},
            }
            for each in labelled
        ],
        "claims": {
            entry.id: {
                run.label: {"verdict": claim.verdict, "observed": claim.observed_text}
                for run, claim in entry.results
            }
            for entry in entries(families(labelled))
        },
    }
    return json.dumps(document, indent=1) + "\n"
