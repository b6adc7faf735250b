"""A run that is interrupted in the middle: what was seen is written, what was not run is listed, nothing is left."""

import signal

import pytest

from conformance.exit_codes import INTERRUPTED
from conformance.results import Verdict
from tests_lab.commanded import COMMAND_SECONDS, Commanded


@pytest.mark.parametrize(
    ("number", "workers"),
    [
        pytest.param(signal.SIGINT, "2", id="SIGINT"),
        pytest.param(signal.SIGTERM, "1", id="SIGTERM"),
    ],
)
def test_an_interrupted_run_says_so(svcproof: Commanded, number: signal.Signals, workers: str) -> None:
    """Exit 130; the results say interrupted, with verdicts and with claims that were not run; a report."""
    with svcproof.started("run", "iptables-flannel", "-n", workers, "--", "-v") as run:
        svcproof.wait_first_verdict()
        run.send_signal(number)
        assert run.wait(COMMAND_SECONDS) == INTERRUPTED, svcproof.output()
    results = svcproof.results()
    assert (results.exit_code, results.interrupted) == (INTERRUPTED, True)
    verdicts = {claim.verdict for claim in results.claims}
    assert {Verdict.PASS, Verdict.NOT_RUN} <= verdicts
    assert not verdicts & {Verdict.FAIL, Verdict.STALE_DIFFERENCE}
    assert "Traceback" not in svcproof.output()
    assert (svcproof.home / "runs" / "latest" / "report.html").exists()
    svcproof.wait_gone()


def test_an_impatient_user_ends_a_run_at_once(svcproof: Commanded) -> None:
    """Three signals: the capsule is ended, no results are made up, exit 3 or 130, nothing is left."""
    with svcproof.started("run", "iptables-flannel", "-n", "1", "--", "-v") as run:
        svcproof.wait_first_verdict()
        for _ in range(3):
            run.send_signal(signal.SIGINT)
        assert run.wait(COMMAND_SECONDS) in {3, INTERRUPTED}, svcproof.output()
    svcproof.wait_gone()
