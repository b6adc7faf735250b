"""Claims about open flows and about changes under pytest: the real plugin over a lab without a kernel."""

import pytest

from conformance.results import Verdict
from tests.svcproof.scenario_run import ScenarioRun

pytest_plugins = ["pytester"]

CLAIMS = """
ECHO = Service(name="echo", endpoints=(A1, B1), ports=(HTTP,))
FLOW = Flow(Place.POD_A2, ClusterIP(ECHO, "http"))
OPEN = Flow(Place.POD_A2, ClusterIP(ECHO, "http"), source_port=61001)
BOTH = delivered(A1, B1, source=Kept())
DELETED = (ServiceIs(ECHO, None),)
pytestmark = given(ECHO)

@requirement("conv-service")
@claims(CLAIM)
def test_it(live, flow, expect):
    assert live.OBSERVE(flow) == expect
"""


@pytest.fixture
def scenarios(pytester: pytest.Pytester) -> ScenarioRun:
    """An empty directory of scenarios."""
    return ScenarioRun(pytester)


def test_a_change_is_made_while_it_is_observed(scenarios: ScenarioRun) -> None:
    """The circumstances before it are arranged first; how long each node took is in the results."""
    claim = "it=Claim(FLOW, Changed(BOTH, Dropped()), DELETED, before=())"
    scenarios.scenario("a", CLAIMS.replace("CLAIM", claim).replace("OBSERVE", "observe_change"))
    ended = scenarios.here()
    assert (ended.code, ended.verdicts) == (0, {"conv-service.it": "pass"})
    assert [each.node for each in ended.only.convergence] == ["worker-a", "worker-b", "worker-c"]
    assert all(each.seconds > 0 for each in ended.only.convergence)


def test_a_change_that_comes_to_something_else_fails(scenarios: ScenarioRun) -> None:
    """The message has what was before and what is after, expected above observed."""
    claim = "it=Claim(FLOW, Changed(BOTH, BOTH), DELETED, before=())"
    scenarios.scenario("a", CLAIMS.replace("CLAIM", claim).replace("OBSERVE", "observe_change"))
    ended = scenarios.here()
    assert (ended.code, ended.verdicts) == (1, {"conv-service.it": "fail"})
    assert "with nothing else in between, dropped without a word" in ended.only.observed_text


def test_an_open_flow_is_observed_after_what_came_between(scenarios: ScenarioRun) -> None:
    """What is so while the flow is observed is `when`, not what it was opened in, nor what came between."""
    opened = "it=Claim(OPEN, Dropped(), DELETED, opened=(), meanwhile=DELETED)"
    scenarios.scenario("a", CLAIMS.replace("CLAIM", opened).replace("OBSERVE", "observe"))
    assert scenarios.here().verdicts == {"conv-service.it": "pass"}
    back = "it=Claim(OPEN, BOTH, (), opened=(), meanwhile=DELETED)"
    scenarios.scenario("a", CLAIMS.replace("CLAIM", back).replace("OBSERVE", "observe"))
    assert scenarios.here().verdicts == {"conv-service.it": "pass"}


@pytest.mark.parametrize(
    ("dies_after", "came"), [(0, "opened=(), meanwhile=DELETED"), (1, "opened=(), meanwhile=()")]
)
def test_what_was_seen_of_a_flow_that_could_not_be_opened_is_kept(
    scenarios: ScenarioRun, dies_after: int, came: str
) -> None:
    """The lab dies before the claim is observed: of what was sent to open the flow there are ways."""
    scenarios.scenario(
        "a", CLAIMS.replace("CLAIM", f"it=Claim(OPEN, BOTH, (), {came})").replace("OBSERVE", "observe")
    )
    scenarios.lab(f"dies_after={dies_after}")
    claim = scenarios.here().only
    assert claim.verdict is Verdict.LAB_ERROR
    assert [way.probes for way in claim.ways] == [1, 1]
