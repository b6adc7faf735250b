"""An earlier run, as users name it."""

from pathlib import Path

from conformance.results import ResultsError, Run, read_results
from lab.errors import UsageError
from svcproof.invocation import RESULTS_FILE


def results_of(given: Path) -> Run:
    """The results of a run, by its directory or by the file itself. UsageError where they cannot be read."""
    try:
        return read_results(given / RESULTS_FILE if given.is_dir() else given)
    except (OSError, ResultsError) as error:
        raise UsageError(f"cannot read the results of a run: {error}") from error
