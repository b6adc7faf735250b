"""What a claim comes to under pytest: the real plugin over a lab that is told what to do with probes."""

import pytest

from conformance.results import Verdict
from tests.svcproof.scenario_run import ScenarioRun

pytest_plugins = ["pytester"]

ONE_CLAIM = """
ECHO = Service(name="echo", endpoints=(A1, B1), ports=(HTTP,))
pytestmark = given(ECHO)

@requirement("cip-basic")
@claims(from_a_pod=Claim(Flow(Place.POD_A2, ClusterIP(ECHO, "http")), delivered(A1, B1, source=Kept())))
def test_it(live, flow, expect):
    BODY
"""
DELIVERED = "delivered(A1, B1, source=Kept())"
HONEST = "assert live.observe(flow) == expect"
# A claim that conformance.known lists for iptables: forwarded to the router instead of refused.
KNOWN = """
NONE = Service(name="none", external_ips=("203.0.113.11",), ports=(HTTP,))
pytestmark = given(NONE)

@requirement("noep-lb-node")
@claims(
    external_ip_from_node=Claim(
        Flow(Place.WORKER_A, ExternalIP(NONE, "http")),
        Refused(Place.WORKER_A, Refusal.PORT_UNREACHABLE),
    ),
)
def test_it(live, flow, expect):
    assert live.observe(flow) == expect
"""


@pytest.fixture
def scenarios(pytester: pytest.Pytester) -> ScenarioRun:
    """An empty directory of scenarios."""
    return ScenarioRun(pytester)


def test_a_claim_that_is_observed_passes(scenarios: ScenarioRun) -> None:
    """Observed as expected: passed, exit 0, with batch, way and lab in the results."""
    scenarios.scenario("a", ONE_CLAIM.replace("BODY", HONEST))
    ended = scenarios.here()
    assert (ended.code, ended.verdicts) == (0, {"cip-basic.from_a_pod": "pass"})
    assert ended.only.batch is not None
    assert ended.only.batch.counts == {"pod-a1:8080": 11, "pod-b1:8080": 10}
    assert [step.place for step in ended.only.ways[0].steps] == ["pod-a2", "pod-a1", "pod-a2"]
    assert [lab.lab for lab in ended.results.labs] == ["lab"]
    assert "1 passed" in ended.out


def test_a_claim_that_differs_shows_expected_above_observed(scenarios: ScenarioRun) -> None:
    """Observed otherwise: failed, exit 1; the requirement, the flow, expected, observed, in this order."""
    scenarios.scenario("a", ONE_CLAIM.replace("BODY", HONEST))
    scenarios.lab('{"echo": Dropped()}')
    ended = scenarios.here()
    assert (ended.code, ended.only.verdict) == (1, Verdict.FAIL)
    shown = [line.strip() for line in ended.out.splitlines()]
    start = shown.index(f"{ended.only.id}: {ended.only.requirement.sentence}")
    assert shown[start + 1] == "flow:     pod-a2 to cluster IP of echo, port http (198.51.100.1:80)"
    assert shown[start + 2] == f"expected: {ended.only.expected_text}"
    assert shown[start + 3] == "observed: dropped without a word"
    assert "Traceback" not in ended.out


@pytest.mark.parametrize(
    "lie",
    [
        "delivered(A1, source=Kept())",
        "delivered(A1, B1, Place.POD_C1, source=Kept())",
        "delivered(A1, B1, source=Masqueraded(Place.WORKER_A))",
        "delivered(A1, B1, source=Kept(), port=8081)",
        "Delivered(delivered(A1, B1, source=Kept()).arrivals, AnsweredFrom.ENDPOINT)",
        "Unanswered(delivered(A1, B1, source=Kept()).arrivals)",
        "Unstable((Fate(delivered(A1, source=Kept()), 5), Fate(Dropped(), 1)))",
        "LocalError('EPERM')",
    ],
)
def test_a_lie_in_one_trait_is_a_failure(scenarios: ScenarioRun, lie: str) -> None:
    """An endpoint too few or too many, another source, port or answer, silence or an errno: each is seen."""
    scenarios.scenario("a", ONE_CLAIM.replace("BODY", HONEST))
    scenarios.lab(f'{{"echo": {lie.replace("A1", "Place.POD_A1").replace("B1", "Place.POD_B1")}}}')
    ended = scenarios.here()
    assert (ended.code, ended.only.verdict) == (1, Verdict.FAIL)


def test_a_known_difference_is_an_expected_failure(scenarios: ScenarioRun) -> None:
    """What conformance.known records is observed: xfailed, exit 0, with the reason."""
    scenarios.scenario("a", KNOWN)
    scenarios.lab('{"none": Forwarded(Place.ROUTER)}')
    ended = scenarios.here("-rx")
    assert (ended.code, ended.only.verdict) == (0, Verdict.KNOWN_DIFFERENCE)
    assert ended.only.difference is not None
    assert "1 xfailed" in ended.out
    assert ended.only.difference.reason.split(",")[0] in ended.out


def test_a_known_difference_that_is_gone_fails(scenarios: ScenarioRun) -> None:
    """The documented outcome where a difference is recorded: stale, failed, exit 1."""
    scenarios.scenario("a", KNOWN)
    ended = scenarios.here()
    assert (ended.code, ended.only.verdict) == (1, Verdict.STALE_DIFFERENCE)
    assert "a known difference is not there any more: refused by worker-a" in ended.out


def test_a_known_difference_that_became_another_fails(scenarios: ScenarioRun) -> None:
    """Neither the documented nor the recorded outcome: a plain failure."""
    scenarios.scenario("a", KNOWN)
    scenarios.lab('{"none": Dropped()}')
    ended = scenarios.here()
    assert (ended.code, ended.only.verdict) == (1, Verdict.FAIL)


@pytest.mark.parametrize(
    ("body", "why"),
    [
        pytest.param("pass", "observed nothing", id="observes nothing"),
        pytest.param("pytest.skip('not today')", "not today", id="skips"),
        pytest.param("raise ValueError('oops')", "ValueError: oops", id="breaks"),
        pytest.param(f"{HONEST}; raise ValueError('oops')", "ValueError: oops", id="breaks afterwards"),
    ],
)
def test_what_was_not_observed_is_a_lab_error(scenarios: ScenarioRun, body: str, why: str) -> None:
    """A scenario that ends without an observation, or by itself, is never a pass: exit 3."""
    scenarios.scenario("a", ONE_CLAIM.replace("BODY", body))
    ended = scenarios.here()
    assert (ended.code, ended.only.verdict) == (3, Verdict.LAB_ERROR)
    assert why in ended.only.error
    assert why in ended.out


def test_what_is_lost_as_its_sentinels_are_fails_what_expects_it(scenarios: ScenarioRun) -> None:
    """Tested, and differs: exit 1, and the message says that the sentinels are lost, too."""
    scenarios.scenario("a", ONE_CLAIM.replace("BODY", HONEST))
    scenarios.lab('{"echo": Lost(Dropped())}')
    ended = scenarios.here()
    assert (ended.code, ended.only.verdict) == (1, Verdict.FAIL)
    assert "observed: dropped without a word; the sentinels behind it were lost, too" in ended.out


def test_silence_that_is_not_proven_is_a_lab_error(scenarios: ScenarioRun) -> None:
    """Not tested: exit 3, though the probes vanished as they should, and though the assertion failed."""
    scenarios.scenario("a", ONE_CLAIM.replace("BODY", HONEST).replace(DELIVERED, "Dropped()"))
    scenarios.lab('{"echo": Lost(Dropped())}')
    ended = scenarios.here()
    assert (ended.code, ended.only.verdict) == (3, Verdict.LAB_ERROR)
    assert "nothing proves it" in ended.only.error
    assert ": never seen" in ended.only.error
    assert "seen: dropped without a word; the sentinels behind it were lost, too" in ended.only.error
    assert ended.only.observed is None


def test_what_was_captured_is_kept_where_nothing_can_be_told(scenarios: ScenarioRun) -> None:
    """The address that was asked, how the batch fell, a way, and what stood in the kernels."""
    scenarios.scenario("a", ONE_CLAIM.replace("BODY", HONEST).replace(DELIVERED, "Dropped()"))
    scenarios.lab('{"echo": Lost(Dropped())}')
    claim = scenarios.here().only
    assert claim.flow.address == "198.51.100.1:80"
    assert claim.batch is not None
    assert claim.batch.counts == {"dropped without a word; the sentinels behind it were lost, too": 21}
    [way] = claim.ways
    assert [step.place for step in way.steps] == ["pod-a2"]
    assert claim.manifests


def test_what_was_captured_is_kept_where_a_claim_breaks(scenarios: ScenarioRun) -> None:
    """No verdict rests on it: there are ways, and no batch."""
    scenarios.scenario("a", ONE_CLAIM.replace("BODY", f"{HONEST}; raise ValueError('oops')"))
    claim = scenarios.here().only
    assert claim.verdict is Verdict.LAB_ERROR
    assert (claim.flow.address, claim.batch, claim.observed) == ("198.51.100.1:80", None, None)
    assert [way.probes for way in claim.ways] == [11, 10]


@pytest.mark.parametrize("mark", ["skip", "xfail", "skipif(True, reason='why')"])
def test_a_mark_of_pytest_hides_nothing(scenarios: ScenarioRun, mark: str) -> None:
    """A claim marked to be skipped or to fail is not green for that."""
    scenarios.scenario(
        "a",
        f"import pytest\nmarked = pytest.mark.{mark}\n"
        + ONE_CLAIM.replace("@requirement", "@marked\n@requirement").replace("BODY", HONEST),
    )
    scenarios.lab('{"echo": Dropped()}')
    ended = scenarios.here()
    assert ended.code in {1, 3}
    assert ended.only.verdict in {Verdict.FAIL, Verdict.LAB_ERROR}


def test_a_missing_assertion_is_no_pass(scenarios: ScenarioRun) -> None:
    """The verdict comes from the observation, even where a scenario forgets to compare."""
    scenarios.scenario("a", ONE_CLAIM.replace("BODY", "live.observe(flow)"))
    scenarios.lab('{"echo": Dropped()}')
    assert scenarios.here().only.verdict is Verdict.FAIL


def test_an_assertion_beside_the_observation_counts(scenarios: ScenarioRun) -> None:
    """An observation as expected and another assertion that fails: failed, with that assertion's words."""
    scenarios.scenario("a", ONE_CLAIM.replace("BODY", f"{HONEST}; assert 1 == 2, 'beside'"))
    ended = scenarios.here()
    assert (ended.code, ended.only.verdict) == (1, Verdict.FAIL)
    assert "beside" in ended.only.error


def test_what_the_machine_lacks_is_not_supported(scenarios: ScenarioRun) -> None:
    """MissingRequirement is no fault of a lab: its own verdict, with what is missing, skipped; and never green."""
    body = "from lab.errors import MissingRequirement; raise MissingRequirement('no SCTP', next_step='modprobe sctp')"
    scenarios.scenario("a", ONE_CLAIM.replace("BODY", body))
    ended = scenarios.here()
    assert (ended.code, ended.only.verdict, ended.only.observed) == (3, Verdict.NOT_SUPPORTED, None)
    assert ended.only.error == "no SCTP\n  try: modprobe sctp"
    assert "1 skipped" in ended.out


def test_a_lab_that_does_not_come_up_is_a_lab_error(scenarios: ScenarioRun) -> None:
    """LabError in the set-up: every claim a lab error with its output, exit 3, nothing failed."""
    scenarios.scenario("a", ONE_CLAIM.replace("BODY", HONEST))
    scenarios.lab('trouble=DaemonDied("etcd ended by itself", output="its last words")')
    ended = scenarios.here()
    assert (ended.code, ended.only.verdict) == (3, Verdict.LAB_ERROR)
    assert "etcd ended by itself" in ended.out
    assert "its last words" in ended.only.error


def test_no_scenario_is_not_green(scenarios: ScenarioRun) -> None:
    """A session that collects nothing has observed nothing: exit 3."""
    ended = scenarios.here()
    assert (ended.code, ended.results.claims) == (3, ())


def test_a_module_that_cannot_be_imported_is_an_error(scenarios: ScenarioRun) -> None:
    """A broken module: exit 3, and the results say which."""
    scenarios.scenario("a", ONE_CLAIM.replace("BODY", HONEST))
    scenarios.scenario("b", "import nothing_of_this_name")
    ended = scenarios.here()
    assert ended.code == 3
    assert "nothing_of_this_name" in "".join(ended.results.errors)
