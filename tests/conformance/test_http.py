"""What the answer of a health check says, from its bytes."""

import pytest

from conformance.http import answered
from conformance.judging import judge
from conformance.outcome import Answered, Dropped
from lab.errors import LabError
from lab.model import Flow, HealthCheckPort, Part, Place, Service, ServicePort, Trace
from tests.conformance.edited import without
from tests.oracle.fabricated import fabricated
from tests.oracle.topology import facts_of

# As kube-proxy 1.36.3 writes it.
HEALTHY = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX-Content-Type-Options: nosniff\r\n"
    b"X-Load-Balancing-Endpoint-Weight: 2\r\nDate: Sat, 21 Nov 2026 10:00:00 GMT\r\n"
    b"Content-Length: 138\r\nConnection: close\r\n\r\n"
    b'{\n\t"service": {\n\t\t"namespace": "default",\n\t\t"name": "checked"\n\t},\n'
    b'\t"localEndpoints": 2,\n\t"serviceProxyHealthy": true\n}'
)
CHECKED = Service(name="checked", ports=(ServicePort("http", 80),), endpoints=(Place.POD_A1,))
FACTS = facts_of([CHECKED])
FLOW = Flow(Place.CLIENT, HealthCheckPort(CHECKED, Place.WORKER_A))


def asked(answer: Answered) -> Trace:
    """A request that was answered so."""
    return fabricated(FLOW, answer, FACTS)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (HEALTHY, Answered(200, 2, 2)),
        (HEALTHY.replace(b"200 OK", b"503 Service Unavailable"), Answered(503, 2, 2)),
        (HEALTHY.replace(b"localEndpoints", b"elsewhere"), Answered(200, None, 2)),
        (HEALTHY.replace(b"Endpoint-Weight: 2", b"Endpoint-Weight: many"), Answered(200, 2)),
        (HEALTHY.replace(b"X-Load-Balancing", b"X-Load"), Answered(200, 2)),
        (HEALTHY[:60], Answered(200)),
        (b"HTTP/1.1 204 No Content\r\n\r\n", Answered(204)),
        (b"SSH-2.0-OpenSSH_9.2\r\n", Answered(0)),
        (b"", Answered(0)),
    ],
)
def test_what_an_answer_says(answer: bytes, said: Answered) -> None:
    """Status, count and weight; what is not there is None, and what is no HTTP has no status."""
    assert answered(answer) == said


def test_requests_are_judged_together() -> None:
    """Answers that agree are the outcome; one that differs makes the batch unstable."""
    healthy, other = asked(Answered(200, 2, 2)), asked(Answered(503, 0, 0))
    assert judge([healthy, healthy], FACTS) == Answered(200, 2, 2)
    assert judge([healthy, other], FACTS) not in {Answered(200, 2, 2), Answered(503, 0, 0)}


def test_a_connection_that_was_not_made_is_judged_like_a_probe() -> None:
    """Nothing came back, so the request was dropped."""
    assert judge([fabricated(FLOW, Dropped(), FACTS)], FACTS) == Dropped()


def test_an_answer_that_no_capture_saw_is_no_observation() -> None:
    """The packets must bear it out."""
    with pytest.raises(LabError, match="no packet of an answer"):
        judge([without(asked(Answered(200)), Part.REPLY)], FACTS)
