"""One line at the foot of a terminal: how far a run is, what failed so far, what runs. Elsewhere: pytest's dots."""

import shutil
from collections import Counter
from collections.abc import Generator

import pytest

from conformance.results import ClaimResult, Verdict, claim_from_json
from reports.summary import counted
from svcproof.gathered import RESULT_ATTRIBUTE

_SHOUTED = (Verdict.FAIL, Verdict.STALE_DIFFERENCE, Verdict.LAB_ERROR)
_COUNTED = (Verdict.NOT_SUPPORTED, Verdict.KNOWN_DIFFERENCE)


def progress_text(total: int, verdicts: Counter[Verdict], running: list[str], width: int) -> str:
    """The line, cut to the terminal's width. Pure."""
    done = sum(verdicts.values())
    parts = [f"{done}/{total or '?'}"]
    for verdict in (*_SHOUTED, *_COUNTED):
        if verdicts[verdict]:
            noun = "failure" if verdict is Verdict.FAIL else verdict.value
            number = verdicts[verdict]
            parts.append(f"{number} {noun}" if verdict is Verdict.NOT_SUPPORTED else counted(number, noun))
    text = "  ".join([", ".join(parts), *running])
    return text if len(text) < width else f"{text[: max(width - 2, 0)]}…"


def failure_text(claim: ClaimResult) -> str:
    """What is said of a claim at once when it fails."""
    if claim.verdict is Verdict.LAB_ERROR:
        return f"{claim.verdict}: {claim.id}: {claim.error.partition(chr(10))[0]}"
    return f"{claim.verdict}: {claim.id}: expected {claim.expected_text}; observed {claim.observed_text}"


class ProgressLine:
    """A plugin of the controller, where its output is a terminal."""

    def __init__(self, reporter: pytest.TerminalReporter) -> None:
        self._reporter = reporter
        self._total = 0
        self._verdicts: Counter[Verdict] = Counter()
        self._running: dict[str, None] = {}
        reporter.showfspath = False

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Without workers the session itself knows how many there are."""
        self._total = len(session.items) or self._total

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, node: object, ids: list[str]) -> None:
        """Every worker collects the same."""
        assert node is not None
        self._total = len(ids)

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """A claim runs."""
        self._running[nodeid] = None
        self._draw()

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        """A claim runs no more."""
        self._running.pop(nodeid, None)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Counts a verdict, and says at once what went wrong."""
        text = getattr(report, RESULT_ATTRIBUTE, None)
        if text is None:
            return
        claim = claim_from_json(text)
        self._verdicts[claim.verdict] += 1
        if claim.verdict in _SHOUTED:
            self._reporter.rewrite("", erase=True)
            self._reporter.write_line(f"\r{failure_text(claim)}", red=True)
        self._draw()

    @pytest.hookimpl(wrapper=True)
    def pytest_report_teststatus(
        self,
    ) -> Generator[None, tuple[str, str, object], tuple[str, str, object]]:
        """No dot for a test; the summary at the end still counts it."""
        category, _letter, word = yield
        return category, "", word

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self) -> None:
        """Leaves the line to what comes."""
        self._reporter.rewrite("", erase=True)
        self._reporter.write("\r")

    def _draw(self) -> None:
        running = [nodeid.rpartition("::")[2] for nodeid in self._running]
        width = shutil.get_terminal_size().columns
        self._reporter.rewrite(progress_text(self._total, self._verdicts, running, width), erase=True)


def progress_line(config: pytest.Config) -> ProgressLine | None:
    """The plugin where there is a terminal and no other wish (`-- -v`, `-- -s`); None elsewhere."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    plain = config.option.verbose or config.option.capture == "no"
    return None if plain or reporter is None or not reporter.isatty else ProgressLine(reporter)
