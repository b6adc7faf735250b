"""What a run keeps beside a verdict: always for the report, and as files where a claim fails."""

import zipfile

import pytest

from svcproof.bundle import write_bundle
from tests.svcproof.scenario_run import ScenarioRun

pytest_plugins = ["pytester"]

ONE_CLAIM = """
ECHO = Service(name="echo", endpoints=(A1, B1), ports=(HTTP,))
pytestmark = given(ECHO)

@requirement("cip-basic")
@claims(from_a_pod=Claim(Flow(Place.POD_A2, ClusterIP(ECHO, "http")), delivered(A1, B1, source=Kept())))
def test_it(live, flow, expect):
    assert live.observe(flow) == expect
"""


@pytest.fixture
def scenarios(pytester: pytest.Pytester) -> ScenarioRun:
    """A directory with one claim."""
    made = ScenarioRun(pytester)
    made.scenario("a", ONE_CLAIM)
    return made


def test_a_pass_has_rules_and_manifest(scenarios: ScenarioRun) -> None:
    """The Service's rules on the node that decided, and its manifest; no trace, no files."""
    claim = scenarios.here().only
    assert [(node.node, [rule.handle for rule in node.rules]) for node in claim.nodes] == []
    assert claim.manifests == "metadata:\n  name: echo\n"
    assert (claim.trace, claim.bundle, claim.evidence_error) == (None, "", "")


def test_a_trace_is_there_when_it_is_asked_for(scenarios: ScenarioRun) -> None:
    """With --trace a passing claim has the kernel's account too, with the rule's words and its Service."""
    claim = scenarios.here("--svcproof-trace").only
    assert claim.trace is not None
    [rule] = claim.trace.rules
    assert (rule.handle, rule.service) == (7, "default/echo:http")
    assert rule.text.startswith("-m comment")


def test_a_failure_keeps_everything(scenarios: ScenarioRun, pytester: pytest.Pytester) -> None:
    """Files of every node beside the results, and one file with all of them to attach to an issue."""
    scenarios.lab('{"echo": Refused(Place.WORKER_A, Refusal.PORT_UNREACHABLE)}')
    ended = scenarios.here()
    claim = ended.only
    assert claim.verdict == "fail"
    assert claim.bundle == "evidence/cip-basic.from_a_pod"
    assert [node.node for node in claim.nodes] == ["worker-a"]
    kept = {path.name for path in (pytester.path / "run" / claim.bundle).iterdir()}
    nodes = ("worker-a", "worker-b", "worker-c")
    assert kept == {
        "manifests.yaml",
        "packets.pcapng",
        "trace.txt",
        *(f"rules-{node}.txt" for node in nodes),
        *(f"conntrack-{node}.txt" for node in nodes),
    }
    bundle = write_bundle(ended.results, claim, pytester.path / "run", redact=False)
    with zipfile.ZipFile(bundle) as opened:
        inside = {name.partition("/")[2] for name in opened.namelist()}
        readme = opened.read("cip-basic.from_a_pod/README.md").decode()
    assert kept | {"README.md", "claim.json"} <= inside
    assert "198.51.100.1" in readme
    hidden = write_bundle(ended.results, claim, pytester.path / "run", redact=True)
    with zipfile.ZipFile(hidden) as opened:
        every = b"".join(opened.read(name) for name in opened.namelist())
    assert b"198.51.100.1" not in every
    assert b"192.0.2." not in every


def test_what_cannot_be_read_changes_no_verdict(scenarios: ScenarioRun) -> None:
    """Where the rules cannot be read, the claim says why, and passes as it did."""
    scenarios.lab('{}, unreadable=LabError("nft is gone")')
    claim = scenarios.here("--svcproof-trace").only
    assert (claim.verdict, claim.evidence_error) == ("pass", "nft is gone")
