"""Scenarios and options that cannot be used: one clear message, pytest's usage code, no results."""

import pytest

from tests.svcproof.scenario_run import ScenarioRun

pytest_plugins = ["pytester"]

USAGE_ERROR = int(pytest.ExitCode.USAGE_ERROR)
GOOD = """
ECHO = Service(name="echo", endpoints=(A1,), ports=(HTTP,))
pytestmark = given(ECHO)

@requirement("cip-basic")
@claims(from_a_pod=Claim(Flow(Place.POD_A2, ClusterIP(ECHO, "http")), delivered(A1, source=Kept())))
def test_it(live, flow, expect):
    assert live.observe(flow) == expect
"""
OTHER_REQUIREMENT = GOOD.replace("cip-basic", "cip-node")
WRONG = {
    "unknown requirement": (
        GOOD.replace("cip-basic", "cip-nonsense"),
        (),
        "test_b.py::test_it[from_a_pod] names the unknown requirement 'cip-nonsense'",
    ),
    "no claims": (
        '@requirement("cip-node")\ndef test_it(live):\n    pass',
        (),
        "test_b.py::test_it needs @requirement(...) and @claims(...)",
    ),
    "no requirement": (
        GOOD.replace('@requirement("cip-basic")', ""),
        (),
        "test_b.py::test_it[from_a_pod] needs @requirement(...) and @claims(...)",
    ),
    "same claim twice": (
        GOOD.replace('"echo"', '"other"'),
        (),
        "test_b.py::test_it[from_a_pod] and test_a.py::test_it[from_a_pod] both claim cip-basic.from_a_pod",
    ),
    "two Services of one name": (
        OTHER_REQUIREMENT.replace("80", "81").replace("ports=(HTTP,)", 'ports=(ServicePort("http", 81),)'),
        (),
        "test_b.py::test_it[from_a_pod] and another module both give a Service named echo",
    ),
    "unknown claim": (
        OTHER_REQUIREMENT,
        ("--svcproof-claim=cip-basic.from_a_pod", "--svcproof-claim=cip-basic.nonsense"),
        "there is no claim cip-basic.nonsense",
    ),
}


def errors_of(out: str) -> set[str]:
    """The lines in which pytest says what it cannot use."""
    return {line.removeprefix("ERROR: ") for line in out.splitlines() if line.startswith("ERROR: ")}


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_be_used_is_said_and_not_run(pytester: pytest.Pytester, name: str) -> None:
    """A single message that names the place, and no results: nothing was asked that could be answered."""
    text, options, message = WRONG[name]
    scenarios = ScenarioRun(pytester)
    scenarios.scenario("a", GOOD)
    scenarios.scenario("b", text)
    ended = scenarios.here(*options)
    assert (ended.code, errors_of(ended.out), ended.run) == (USAGE_ERROR, {message}, None)
    assert "INTERNALERROR" not in ended.out


def test_workers_say_it_too(pytester: pytest.Pytester) -> None:
    """Under xdist the message of a worker comes out as it is, without a traceback."""
    scenarios = ScenarioRun(pytester)
    scenarios.scenario("a", GOOD)
    ended = scenarios.here("-n1", "--svcproof-claim=cip-basic.nonsense")
    expected = (USAGE_ERROR, {"there is no claim cip-basic.nonsense"}, None)
    assert (ended.code, errors_of(ended.out), ended.run) == expected
    assert "INTERNALERROR" not in ended.out


def test_the_same_service_in_two_modules_is_applied_once(pytester: pytest.Pytester) -> None:
    """Two modules may give an equal Service."""
    scenarios = ScenarioRun(pytester)
    scenarios.scenario("a", GOOD)
    scenarios.scenario("b", OTHER_REQUIREMENT)
    assert scenarios.here().verdicts == {"cip-basic.from_a_pod": "pass", "cip-node.from_a_pod": "pass"}


def test_a_claim_can_be_judged_alone(pytester: pytest.Pytester) -> None:
    """With --svcproof-claim the results hold that claim only."""
    scenarios = ScenarioRun(pytester)
    scenarios.scenario("a", GOOD)
    scenarios.scenario("b", OTHER_REQUIREMENT)
    ended = scenarios.here("--svcproof-claim=cip-node.from_a_pod")
    assert (ended.code, ended.verdicts) == (0, {"cip-node.from_a_pod": "pass"})


def test_the_scenarios_need_svcproof(pytester: pytest.Pytester) -> None:
    """Without a run's directory the plugin says which command to use."""
    known = "ignore:Module already imported:pytest.PytestAssertRewriteWarning"
    done = pytester.runpytest_inprocess("--disable-plugin-autoload", "-p", "svcproof.plugin", "-W", known)
    assert done.ret == USAGE_ERROR
    assert "the scenarios need a lab: use `svcproof run PROFILE`" in done.stderr.str()
