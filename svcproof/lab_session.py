"""The half of the plugin that a session with a lab has: a worker, or a session without xdist.

Every one owns a lab of its own; its claims travel to the controller as JSON on the reports.
"""

from collections.abc import Generator, Iterator
from dataclasses import replace

import pytest

from conformance.arranged import Arranged
from conformance.live import Live
from conformance.open_flows import OpenFlows
from conformance.results import ClaimResult, Verdict, claim_json
from lab.api import Cluster, Inspectable, PodNetworkRecord
from lab.errors import LabError
from lab.netns.bring_up import lab_up
from lab.netns.cluster import NetnsCluster
from svcproof.collected import (
    CollectedClaim,
    check_unique,
    claim_of,
    given_services,
    not_run,
)
from svcproof.gathered import RESULT_ATTRIBUTE, USAGE_OUTPUT, keep_collected, keep_lab
from svcproof.judged import claim_result
from svcproof.kept import keep_packets
from svcproof.kernel_evidence import with_evidence
from svcproof.ordered import in_order
from svcproof.session_facts import ORDER, RUN
from svcproof.stories import Stories, flow_of, opened_with, stories_of

ONLY_LAB = "lab"
_FIRST_WORKER = ("", "gw0")
"""Whose lab's network is looked at: the others are built alike."""

_CLAIMS = pytest.StashKey[dict[str, CollectedClaim]]()
_STORIES = pytest.StashKey[Stories]()
_LIVE = pytest.StashKey[Live | None]()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Finds the claims, drops those that were not asked for, and notes what is to be judged."""
    try:
        config.stash[_CLAIMS] = _chosen(config, items)
    except pytest.UsageError as error:
        output: dict[str, str] | None = getattr(config, "workeroutput", None)
        if output is None:
            raise
        output[USAGE_OUTPUT] = str(error)
        items.clear()


def _chosen(config: pytest.Config, items: list[pytest.Item]) -> dict[str, CollectedClaim]:
    """The claims by node id; leaves only their items. pytest.UsageError where scenarios or options are wrong."""
    order = config.stash[ORDER]
    claims = {item.nodeid: claim_of(item, order.profile, order.kubernetes) for item in items}
    check_unique(claims.values())
    given_services(items)  # No two may give different Services one name, though they are never together.
    wanted: list[str] = config.getoption("--svcproof-claim")
    unknown = set(wanted) - {claim.id for claim in claims.values()}
    if unknown:
        raise pytest.UsageError(f"there is no claim {', '.join(sorted(unknown))}")
    if wanted:
        dropped = [item for item in items if claims[item.nodeid].id not in wanted]
        items[:] = [item for item in items if claims[item.nodeid].id in wanted]
        config.hook.pytest_deselected(items=dropped)
    chosen = {item.nodeid: claims[item.nodeid] for item in items}
    config.stash[_STORIES] = stories_of(items)
    items[:] = in_order(items)
    return chosen


def pytest_collection_finish(session: pytest.Session) -> None:
    """Leaves the list of claims for the controller: what has no report at the end was not run."""
    claims = session.config.stash.get(_CLAIMS, {})
    listed = tuple(not_run(claim, "the run ended before this claim was judged") for claim in claims.values())
    if listed:
        keep_collected(session.config.stash[RUN], listed, _worker(session.config))


@pytest.fixture(scope="session")
def cluster(request: pytest.FixtureRequest) -> Iterator[NetnsCluster]:
    """The lab of this worker."""
    config = request.config
    worker = _worker(config)
    name, prefix = (worker, f"{worker}.") if worker else (ONLY_LAB, "")
    with lab_up(config.stash[ORDER], name, prefix, say=lambda _text: None) as made:
        found = looked_at(made) if worker in _FIRST_WORKER else None
        try:
            yield made
        finally:
            keep_lab(config.stash[RUN], replace(made.record(), pod_network=found))


def looked_at(cluster: Inspectable) -> PodNetworkRecord:
    """How the lab's network takes packets to pods, or why that cannot be said; no verdict rests on it."""
    try:
        return cluster.pod_network()
    except LabError as error:
        return PodNetworkRecord(error=str(error))


@pytest.fixture(scope="session")
def arranged(cluster: Cluster) -> Arranged:
    """The circumstances that this worker's lab is in."""
    return Arranged(cluster)


@pytest.fixture(scope="session")
def open_flows(arranged: Arranged) -> OpenFlows:
    """The flows that are open in this worker's lab."""
    return OpenFlows(arranged)


@pytest.fixture
def live(request: pytest.FixtureRequest, cluster: Cluster, arranged: Arranged, open_flows: OpenFlows) -> Live:
    """The lab as one claim sees it, in the circumstances that the claim names."""
    stories = request.config.stash[_STORIES]
    story = stories[request.node.nodeid]
    mark = request.node.get_closest_marker("when")
    live = Live(
        cluster,
        mark.args[0],
        lambda: arranged.arrange(story.services, mark.args[0]),
        mark.kwargs["after"],
    )
    # Already now: what was captured is kept also where bringing the lab into the circumstances fails.
    request.node.stash[_LIVE] = live
    open_flows.bring(live, story, flow_of(request.node), opened_with(request.node, stories))
    return live


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Attaches the claim's result to the report of its call, or of the set-up that failed before it."""
    report = yield
    if report.when == "teardown":
        # Else what was captured of hundreds of claims would be held on to, and looked through for garbage.
        item.stash[_LIVE] = None
    if report.when == "teardown" or (report.when == "setup" and report.passed):
        return report
    result = claim_result(
        item.config.stash[_CLAIMS][item.nodeid],
        item.stash.get(_LIVE, None),
        None if call.excinfo is None else call.excinfo.value,
        seconds=call.duration,
        worker=_worker(item.config),
    )
    result = _with_packets(item, _with_evidence(item, result))
    setattr(report, RESULT_ATTRIBUTE, claim_json(result))
    _show(report, result)
    return report


def _with_evidence(item: pytest.Item, result: ClaimResult) -> ClaimResult:
    """The result with what kernels and API hold at this moment, before anything of the lab changes."""
    live = item.stash.get(_LIVE, None)
    if live is None or not live.observations or result.batch is None:
        return result
    cluster: Inspectable = item.funcargs["cluster"]  # type: ignore[attr-defined]  # functions have it, items do not
    return with_evidence(
        result,
        live.observations[-1],
        cluster,
        item.config.stash[RUN],
        traced=bool(item.config.getoption("--svcproof-trace")),
    )


def _with_packets(item: pytest.Item, result: ClaimResult) -> ClaimResult:
    """A lab error with a file of what was captured last; of a claim that differs there is one already."""
    live = item.stash.get(_LIVE, None)
    if live is None or live.captured is None or result.verdict is not Verdict.LAB_ERROR:
        return result
    try:
        return replace(result, bundle=keep_packets(item.config.stash[RUN], result, live.captured.traces))
    except OSError as error:
        return replace(result, evidence_error=str(error))


def _show(report: pytest.TestReport, result: ClaimResult) -> None:
    """Makes pytest's own outcome follow the verdict."""
    match result.verdict:
        case Verdict.KNOWN_DIFFERENCE:
            report.outcome = "skipped"
            report.wasxfail = result.difference.reason if result.difference else ""
        case Verdict.PASS:
            report.outcome = "passed"
        case Verdict.STALE_DIFFERENCE:
            report.outcome = "failed"
            report.longrepr = f"a known difference is not there any more: {result.observed_text}"
        case Verdict.FAIL:
            report.outcome = "failed"
            report.longrepr = difference_text(result)
        case Verdict.NOT_SUPPORTED:
            path, line, _ = report.location
            why = f"Skipped: {Verdict.NOT_SUPPORTED}: {result.error}"
            report.outcome, report.longrepr = "skipped", (path, line or 0, why)
        case Verdict.LAB_ERROR | Verdict.NOT_RUN:
            report.outcome = "failed"
            report.longrepr = result.error


def difference_text(result: ClaimResult) -> str:
    """A mismatch in a few lines: the requirement, then expected above observed."""
    lines = [
        f"{result.id}: {result.requirement.sentence}",
        f"  flow:     {result.flow.sender} to {result.flow.target} ({result.flow.address})",
        f"  expected: {result.expected_text}",
        f"  observed: {result.observed_text}",
    ]
    return "\n".join([*lines, result.error] if result.error else lines)


def _worker(config: pytest.Config) -> str:
    """The xdist worker's name; nothing without xdist."""
    given: dict[str, str] = getattr(config, "workerinput", {})
    return given.get("workerid", "")
