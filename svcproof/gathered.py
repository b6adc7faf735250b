"""What the controller of a pytest session gathers from its workers, and the files that they leave for it."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import TypeAdapter
from xdist.remote import Producer
from xdist.workermanage import WorkerController

from conformance.requirements import REQUIREMENTS
from conformance.results import (
    ClaimResult,
    Run,
    Verdict,
    claim_from_json,
    lab_from_json,
    lab_json,
    write_results,
)
from conformance.verdict import exit_code
from lab.api import LabRecord
from svcproof.handed_out import HandedOut
from svcproof.invocation import RESULTS_FILE, Invocation, read_invocation
from svcproof.worker_died import end_of_child, not_run_for_it

RESULT_ATTRIBUTE = "svcproof_claim"
USAGE_OUTPUT = "svcproof_usage"
"""Where a worker leaves a usage error for the controller, among its `workeroutput`."""
_CRASH = "???"
"""What xdist calls the phase of a report that it makes up for a worker that died."""
_INTERRUPT = "keyboard-interrupt"
"""What xdist calls the error of a worker that the user has interrupted."""
_COLLECTED_FILE = "collected.json"
_LABS = "labs"
_RESULTS = TypeAdapter(tuple[ClaimResult, ...])


def keep_collected(run: Path, claims: tuple[ClaimResult, ...], worker: str) -> None:
    """Leaves the list of collected claims; every worker collects the same."""
    partial = run / f"{_COLLECTED_FILE}.{worker or 'only'}"
    partial.write_bytes(_RESULTS.dump_json(claims))
    partial.replace(run / _COLLECTED_FILE)


def keep_lab(run: Path, record: LabRecord) -> None:
    """Leaves the description of a worker's lab."""
    directory = run / _LABS
    directory.mkdir(exist_ok=True)
    (directory / f"{record.lab}.json").write_text(lab_json(record))


class Gathered:
    """A plugin of the controller: collects the claims that reports bear, writes results.json at the end."""

    def __init__(self, run: Path) -> None:
        self._run = run
        self._started = datetime.now(UTC)
        self._said: list[str] = []
        self._errors: list[str] = []
        self._died: dict[str, str] = {}
        self._interrupted = False

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Takes a claim from its report; a failing teardown is an error of the run.

        Before the terminal shows it, and unread, so that no interrupt can come between: what was shown is kept.
        """
        text = getattr(report, RESULT_ATTRIBUTE, None)
        if text is not None:
            self._said.append(text)
        elif report.failed and report.when != _CRASH:
            self._errors.append(f"{report.nodeid} ({report.when}): {report.longreprtext}")

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A module that cannot be collected is an error of the run."""
        if report.failed:
            self._errors.append(f"{report.nodeid}: {report.longreprtext}")

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: WorkerController, error: object | None) -> None:
        """Notes a worker that died. Raises its usage error here: raised there, it ends the session with a traceback."""
        text = getattr(node, "workeroutput", {}).get(USAGE_OUTPUT)
        if text is not None:
            raise pytest.UsageError(text)
        if error not in (None, _INTERRUPT):
            self._died[node.gateway.id] = f"worker {node.gateway.id} died ({end_of_child()})"

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_make_scheduler(self, config: pytest.Config, log: Producer) -> HandedOut | None:
        """Modules are handed out in our way, claims in whatever way the user asked pytest for."""
        return HandedOut(config, log) if config.getoption("dist") == "loadscope" else None

    @pytest.hookimpl(optionalhook=True)
    def pytest_handlecrashitem(self, crashitem: str, report: pytest.TestReport) -> None:
        """Notes what a worker that died was at."""
        worker: WorkerController = report.node
        if worker.gateway.id in self._died:
            self._died[worker.gateway.id] += f" while it ran {crashitem}"

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Remembers that the user ended the run. pytest and xdist also stop after errors by interrupts of their own."""
        by_worker = _INTERRUPT in str(excinfo.value)
        self._interrupted = by_worker or type(excinfo.value) is KeyboardInterrupt

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Writes what there is, whatever ended the session; pytest's exit status becomes svcproof's."""
        if exitstatus == pytest.ExitCode.USAGE_ERROR:
            return  # Nothing was asked that could be answered.
        if exitstatus == pytest.ExitCode.INTERNAL_ERROR:
            self._errors.append("pytest ended with an internal error")
        run = self.result()
        write_results(run, self._run / RESULTS_FILE)
        session.exitstatus = run.exit_code

    def result(self) -> Run:
        """The run as it stands."""
        invocation: Invocation = read_invocation(self._run)
        claims = tuple(self._every_claim())
        verdicts: list[Verdict] = [claim.verdict for claim in claims]
        labs = tuple(self._labs())
        deaths = [not_run_for_it(tuple(self._died.values()), claims)] if self._died else []
        errors = (*self._errors, *deaths, *_losses(labs))
        code = exit_code([*verdicts, *(Verdict.LAB_ERROR for _ in errors)], interrupted=self._interrupted)
        return Run(
            svcproof=invocation.svcproof,
            run_id=invocation.run_id,
            profile=invocation.profile,
            command=invocation.command,
            started=self._started,
            finished=datetime.now(UTC),
            seed=invocation.seed,
            exit_code=code,
            interrupted=self._interrupted,
            labs=labs,
            claims=claims,
            errors=errors,
            catalogue=tuple(REQUIREMENTS.values()),
        )

    def _every_claim(self) -> Iterator[ClaimResult]:
        """The collected claims in their order, each with its result where it has one."""
        path = self._run / _COLLECTED_FILE
        collected = _RESULTS.validate_json(path.read_bytes()) if path.exists() else ()
        judged = {claim.id: claim for claim in map(claim_from_json, self._said)}
        why = f"not run: {'; '.join(self._died.values())}" if self._died else ""
        for claim in collected:
            yield judged.get(claim.id, replace(claim, error=why or claim.error))

    def _labs(self) -> Iterator[LabRecord]:
        for path in sorted((self._run / _LABS).glob("*.json")):
            yield lab_from_json(path.read_text())


def _losses(labs: Sequence[LabRecord]) -> Iterator[str]:
    """A line for each lab whose captures lost packets: what was taken for silence may have been one of them."""
    for lab in labs:
        if lab.figures.dropped:
            yield f"the captures of lab {lab.lab} lost {lab.figures.dropped} packets: what was not seen is in doubt"
