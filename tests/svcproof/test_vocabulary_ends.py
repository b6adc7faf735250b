"""However a session ends, results.json holds every claim: with workers, after a crash, interrupted, stopped."""

from pathlib import Path

import pytest

from conformance.results import Verdict
from tests.svcproof.scenario_run import ScenarioRun

pytest_plugins = ["pytester"]

MODULE = """
NAME = Service(name="NAME", endpoints=(A1,), ports=(HTTP,))
FLOW = Flow(Place.POD_A2, ClusterIP(NAME, "http"))
pytestmark = given(NAME)

@requirement("REQUIREMENT")
@claims(first=Claim(FLOW, delivered(A1, source=Kept())), second=Claim(FLOW, delivered(A1, source=Kept())))
def test_it(live, flow, expect, request):
    BODY
"""
HONEST = "assert live.observe(flow) == expect"
IN_LAST = "BODY if expect else None"


def module(name: str, requirement: str, body: str = HONEST) -> str:
    """A module with two claims of one flow."""
    return MODULE.replace("REQUIREMENT", requirement).replace("NAME", name).replace("BODY", body)


def test_workers_have_labs_of_their_own_and_one_set_of_results(pytester: pytest.Pytester) -> None:
    """With two workers every claim is there, in the order of collection, and both labs."""
    scenarios = ScenarioRun(pytester)
    scenarios.scenario("a", module("echo", "cip-basic"))
    scenarios.scenario("b", module("other", "cip-node"))
    scenarios.lab('{"other": Dropped()}')
    ended = scenarios.here("-n2", "--dist", "loadscope", "-x")
    assert list(ended.verdicts) == [
        "cip-basic.first",
        "cip-basic.second",
        "cip-node.first",
        "cip-node.second",
    ]
    assert ended.verdicts["cip-node.first"] == "fail"
    assert {claim.worker for claim in ended.results.claims} <= {"gw0", "gw1", ""}
    assert [lab.lab for lab in ended.results.labs] == ["gw0", "gw1"]
    # xdist ends a session after -x by an interrupt of its own, which is not the user's.
    assert (ended.code, ended.results.exit_code, ended.results.interrupted) == (1, 1, False)


def test_a_crash_of_a_worker_leaves_its_claims_not_run(pytester: pytest.Pytester) -> None:
    """os._exit in a test: the claim is listed as not run with an error of the run, exit 3, never green."""
    scenarios = ScenarioRun(pytester)
    scenarios.scenario("a", module("echo", "cip-basic"))
    scenarios.scenario("b", module("other", "cip-node", "os._exit(9)"))
    ended = scenarios.here("-n2", "--dist", "loadscope", "--max-worker-restart=0")
    assert (ended.code, ended.results.exit_code) == (3, 3)
    assert list(ended.verdicts) == [
        "cip-basic.first",
        "cip-basic.second",
        "cip-node.first",
        "cip-node.second",
    ]
    assert ended.verdicts["cip-node.first"] == ended.verdicts["cip-node.second"] == "not run"
    [error] = ended.results.errors
    assert error.startswith("worker gw")
    assert "died (exit code 9) while it ran " in error
    assert error.endswith("test_b.py::test_it[first]; claims that were not run: 2 of test_b.py")
    assert ended.claims["cip-node.first"].error in f"not run: {error}"


def test_what_a_worker_that_dies_had_not_begun_is_run_by_the_other(pytester: pytest.Pytester) -> None:
    """Only the module that it was at is not run: nothing is asked twice, and the run is not green."""
    scenarios = ScenarioRun(pytester)
    scenarios.scenario("a", module("echo", "cip-basic", f"__import__('time').sleep(1); {HONEST}"))
    killed = "os.kill(os.getpid(), 9)"
    dying = f"if 'second' in request.node.name: {killed}\n    {HONEST}"
    scenarios.scenario("b", module("other", "cip-node", dying))
    for name, requirement in (("c", "cip-hairpin"), ("d", "cip-ports"), ("e", "cip-proto"), ("f", "cip-ext")):
        scenarios.scenario(name, module(name, requirement))
    ended = scenarios.here("-n2", "--dist", "loadscope", "--max-worker-restart=0")
    assert (ended.code, ended.results.exit_code) == (3, 3)
    assert [each for each, verdict in ended.verdicts.items() if verdict != "pass"] == ["cip-node.second"]
    [error] = ended.results.errors
    assert "died (SIGKILL, as a kernel that is out of memory sends it) while it ran " in error
    assert error.endswith("test_b.py::test_it[second]; claims that were not run: 1 of test_b.py")


def test_of_a_row_only_the_module_at_which_a_worker_died_is_not_run(pytester: pytest.Pytester) -> None:
    """The others of the row, that it had not begun, are run by the other worker."""
    scenarios = ScenarioRun(pytester)
    dying = f"if 'second' in request.node.name: os.kill(os.getpid(), 9)\n    {HONEST}"
    slow = f"__import__('time').sleep(1); {HONEST}"
    for name, requirement, body in (
        ("cluster_ip", "cip-basic", dying),
        ("node_port", "cip-node", HONEST),
        ("udp", "cip-hairpin", HONEST),
        ("c", "cip-ports", slow),
        ("d", "cip-proto", HONEST),
        ("e", "cip-ext", HONEST),
    ):
        scenarios.scenario(name, module(name.replace("_", ""), requirement, body))
    ended = scenarios.here("-n2", "--dist", "loadscope", "--no-loadscope-reorder", "--max-worker-restart=0")
    assert ended.code == 3
    assert [each for each, verdict in ended.verdicts.items() if verdict != "pass"] == ["cip-basic.second"]


def test_when_every_worker_has_died_the_run_ends(pytester: pytest.Pytester) -> None:
    """Each is named, and so is every module of which something was not run."""
    scenarios = ScenarioRun(pytester)
    for name, requirement in (
        ("a", "cip-basic"),
        ("b", "cip-node"),
        ("c", "cip-hairpin"),
        ("d", "cip-ports"),
    ):
        scenarios.scenario(name, module(name, requirement, "os._exit(9)"))
    ended = scenarios.here("-n2", "--dist", "loadscope", "--max-worker-restart=0")
    assert (ended.code, set(ended.verdicts.values())) == (3, {"not run"})
    [error] = ended.results.errors
    assert error.count("died (exit code 9) while it ran ") == 2
    assert error.endswith(
        "claims that were not run: 2 of test_a.py, 2 of test_b.py, 2 of test_c.py, 2 of test_d.py"
    )


def test_an_interrupt_lists_what_was_not_run(pytester: pytest.Pytester, tmp_path: Path) -> None:
    """SIGINT: 130, the results say interrupted, and claims without a verdict are there as not run."""
    reached = tmp_path / "reached"
    waiting = f"open({str(reached)!r}, 'w').close(); import signal; signal.pause()"
    scenarios = ScenarioRun(pytester)
    scenarios.scenario("a", module("echo", "cip-basic"))
    scenarios.scenario("b", module("other", "cip-node", waiting))
    ended = scenarios.interrupted(once=reached)
    assert (ended.code, ended.results.exit_code, ended.results.interrupted) == (130, 130, True)
    assert ended.verdicts == {
        "cip-basic.first": "pass",
        "cip-basic.second": "pass",
        "cip-node.first": "not run",
        "cip-node.second": "not run",
    }
    assert [lab.lab for lab in ended.results.labs] == ["lab"]
    assert ended.claims["cip-node.second"].error == "the run ended before this claim was judged"


def test_an_interrupt_of_workers_loses_nothing_that_was_judged(
    pytester: pytest.Pytester, tmp_path: Path
) -> None:
    """SIGINT to the controller of two: claims that had reports keep their verdicts, those under way are not run."""
    reached = tmp_path / "reached"
    busy = f"open({str(reached)!r}, 'w').close(); __import__('time').sleep(2); {HONEST}"
    scenarios = ScenarioRun(pytester)
    scenarios.scenario(
        "a", module("echo", "cip-basic", f"if 'first' in request.node.name: {HONEST}\n    else: {busy}")
    )
    scenarios.scenario("b", module("other", "cip-node", "__import__('time').sleep(5)"))
    ended = scenarios.interrupted("-n2", "--dist", "loadscope", once=reached, shown=".")
    assert (ended.code, ended.results.exit_code, ended.results.interrupted) == (130, 130, True)
    assert ended.verdicts == {
        "cip-basic.first": "pass",
        "cip-basic.second": "not run",
        "cip-node.first": "not run",
        "cip-node.second": "not run",
    }


def test_a_lab_that_dies_in_the_middle_makes_errors_of_all_that_follows(pytester: pytest.Pytester) -> None:
    """What was judged before stays; nothing later fails or passes; exit 3, with the program's own words."""
    scenarios = ScenarioRun(pytester)
    scenarios.scenario("a", module("echo", "cip-basic"))
    scenarios.scenario("b", module("other", "cip-node"))
    scenarios.lab("dies_after=2")
    ended = scenarios.here()
    assert (ended.code, ended.results.exit_code) == (3, 3)
    assert list(ended.verdicts.values()) == ["pass", "pass", "lab error", "lab error"]
    assert "echo ended by itself" in ended.claims["cip-node.second"].error
    assert [lab.lab for lab in ended.results.labs] == ["lab"]


def test_what_a_lab_saw_until_it_died_is_kept(pytester: pytest.Pytester) -> None:
    """No verdict rests on it: ways of the probes that were seen, and their packets in a file."""
    scenarios = ScenarioRun(pytester)
    scenarios.scenario("a", module("echo", "cip-basic"))
    scenarios.lab("dies_after=1")
    ended = scenarios.here()
    claim = ended.claims["cip-basic.second"]
    assert (claim.verdict, claim.batch, claim.observed) == (Verdict.LAB_ERROR, None, None)
    assert claim.flow.address == "198.51.100.1:80"
    [way] = claim.ways
    assert way.probes == 2
    assert way.outcome.startswith("until the error: delivered to pod-a1")
    assert (pytester.path / "run" / claim.bundle / "packets.pcapng").stat().st_size


def test_stopping_at_the_first_failure_is_no_interrupt(pytester: pytest.Pytester) -> None:
    """-x: exit 1 for what failed; the rest was not run."""
    scenarios = ScenarioRun(pytester)
    scenarios.scenario("a", module("echo", "cip-basic"))
    scenarios.lab('{"echo": Dropped()}')
    ended = scenarios.here("-x")
    assert ended.verdicts == {"cip-basic.first": "fail", "cip-basic.second": "not run"}
    assert (ended.code, ended.results.interrupted) == (1, False)


def test_a_keyboard_interrupt_in_a_scenario_ends_the_session(pytester: pytest.Pytester) -> None:
    """KeyboardInterrupt while a claim is judged: 130, and that claim is not run."""
    scenarios = ScenarioRun(pytester)
    scenarios.scenario("a", module("echo", "cip-basic", "raise KeyboardInterrupt"))
    ended = scenarios.here()
    assert (ended.code, set(ended.verdicts.values())) == (130, {"not run"})


def test_a_failing_tear_down_is_an_error_of_the_run(pytester: pytest.Pytester) -> None:
    """Claims that passed stay passed, and yet the run is not green."""
    scenarios = ScenarioRun(pytester)
    broken = "\n@pytest.fixture(autouse=True)\ndef broken():\n    yield\n    raise ValueError('at the end')\n"
    scenarios.scenario("a", broken + module("echo", "cip-basic"))
    ended = scenarios.here()
    assert (ended.code, set(ended.verdicts.values())) == (3, {"pass"})
    assert "at the end" in "".join(ended.results.errors)
