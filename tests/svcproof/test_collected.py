"""What is noted of a claim before it is judged: enough for a report where it never is."""

from conformance.known import KNOWN_DIFFERENCES
from conformance.outcome import Kept, delivered
from conformance.requirements import REQUIREMENTS
from conformance.results import Verdict, claim_from_json, claim_json
from lab.model import ClusterIP, Flow, Place, Service, ServicePort
from svcproof.collected import CollectedClaim, difference_record, not_run

ECHO = Service(name="echo", endpoints=(Place.POD_A1,), ports=(ServicePort("http", 80),))
CLAIM = CollectedClaim(
    id="cip-basic.from_a_pod",
    name="from_a_pod",
    requirement=REQUIREMENTS["cip-basic"],
    flow=Flow(Place.POD_A2, ClusterIP(ECHO, "http")),
    expect=delivered(Place.POD_A1, source=Kept()),
    difference=KNOWN_DIFFERENCES[0],
    scenario="test_it.py::test_it[from_a_pod]",
)


def test_a_claim_that_was_not_run_is_described_whole() -> None:
    """Requirement, flow, expectation, known difference and the reason; nothing observed; and it is JSON."""
    result = not_run(CLAIM, "the run ended")
    assert (result.verdict, result.error, result.observed) == (Verdict.NOT_RUN, "the run ended", None)
    assert (result.expected, result.expected_text) == (CLAIM.expect, str(CLAIM.expect))
    assert result.instead == KNOWN_DIFFERENCES[0].instead
    assert result.flow.target == "cluster IP of echo, port http"
    assert claim_from_json(claim_json(result)) == result


def test_a_known_difference_is_shown_with_its_reason() -> None:
    """Kind, reason and link as they are recorded; nothing where there is none."""
    record = difference_record(KNOWN_DIFFERENCES[0])
    assert record is not None
    assert (record.kind, record.reason, record.link) == (
        KNOWN_DIFFERENCES[0].kind,
        KNOWN_DIFFERENCES[0].reason,
        KNOWN_DIFFERENCES[0].link,
    )
    assert difference_record(None) is None
