"""The pytest plugin that hands a lab to the scenarios and writes down what each claim came to.

Under xdist every worker owns a lab of its own, and only the controller writes results. What takes a second to import
is in svcproof.lab_session, which only a session with a lab has: the controller starts its workers as soon as it can.
"""

import gc
from pathlib import Path

import pytest

from lab.netns.order import read_order
from svcproof.gathered import Gathered
from svcproof.invocation import ORDER_FILE
from svcproof.progress_line import progress_line
from svcproof.session_facts import ORDER, RUN

_ALLOCATED_BEFORE_GARBAGE_IS_LOOKED_FOR = 50_000


def pytest_addoption(parser: pytest.Parser) -> None:
    """Where the run's directory is, and which claims to judge."""
    group = parser.getgroup("svcproof")
    group.addoption("--svcproof-run", type=Path, help="the run's directory, with its order.json")
    group.addoption("--svcproof-claim", action="append", default=[], help="judge this claim only")
    group.addoption(
        "--svcproof-trace", action="store_true", help="trace a probe of every claim in the kernel"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Reads the order; the controller gets ready to gather results."""
    config.addinivalue_line("markers", "requirement(id): the documented behaviour that claims stand for")
    config.addinivalue_line("markers", "when(circumstances): what is so while a claim is observed")
    config.addinivalue_line("markers", "given(services): the Services that a module needs")
    directory: Path | None = config.getoption("--svcproof-run")
    if directory is None:
        raise pytest.UsageError("the scenarios need a lab: use `svcproof run PROFILE`")
    config.stash[RUN] = directory
    config.stash[ORDER] = read_order(directory / ORDER_FILE)
    is_worker = hasattr(config, "workerinput")
    if not is_worker:
        config.pluginmanager.register(Gathered(directory), "svcproof-gathered")
    if is_worker or not _has_workers(config):
        config.pluginmanager.import_plugin("svcproof.lab_session")
    _collect_garbage_seldom()


def _has_workers(config: pytest.Config) -> bool:
    """Whether xdist has others collect and run the tests (its own condition for that)."""
    distributed = config.getoption("dist", "no") != "no" and bool(config.getoption("tx", None))
    return distributed and not config.getoption("collectonly")


def _collect_garbage_seldom() -> None:
    """For a session of a minute: looking through all that libraries hold, again and again, takes a sixth of it."""
    gc.freeze()
    gc.set_threshold(_ALLOCATED_BEFORE_GARBAGE_IS_LOOKED_FOR)


@pytest.hookimpl(trylast=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """By now pytest has its terminal."""
    line = None if hasattr(session.config, "workerinput") else progress_line(session.config)
    if line is not None:
        session.config.pluginmanager.register(line, "svcproof-progress")
