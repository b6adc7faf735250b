"""What a change of one Service waits for: its own endpoints, and what kube-proxy does behind the rules for it."""

from dataclasses import replace

import pytest

from lab.model import PodState, Service, TrafficPolicy
from tests.netns.fake_serving import A1, B1, CHECKED, PLAIN, UDP, ready, serving


@pytest.mark.parametrize(
    ("beside", "changes", "waits"),
    [
        pytest.param(PLAIN, PLAIN, 1, id="plain"),
        pytest.param(CHECKED, PLAIN, 1, id="another is health-checked"),
        pytest.param(PLAIN, CHECKED, 2, id="health-checked itself"),
        pytest.param(UDP, PLAIN, 1, id="another has UDP"),
        pytest.param(PLAIN, UDP, 2, id="UDP itself"),
    ],
)
def test_a_change_waits_for_what_it_concerns(beside: Service, changes: Service, waits: int) -> None:
    """A second barrier, where its own conntrack is cleared, or its own health check says so."""
    now = replace(changes, publish_not_ready_addresses=True)
    made, barrier = serving([*dict.fromkeys((beside, changes))], ready(now))
    made.change_service(changes.name, now)
    assert barrier.passed == waits


def test_a_health_check_that_ends_is_waited_for() -> None:
    """What a Service was concerns it, too."""
    now = replace(CHECKED, external_traffic_policy=TrafficPolicy.CLUSTER)
    made, barrier = serving([CHECKED], ready(now))
    made.change_service(CHECKED.name, now)
    assert barrier.passed == 2


def test_a_service_changes_while_its_pod_is_gone() -> None:
    """It is not waited for a pod that no slice can list."""
    now = replace(PLAIN, endpoints=(A1, B1))
    made, barrier = serving([PLAIN], ready(replace(now, endpoints=(B1,))))
    made.pod_pool.states[A1] = PodState.GONE
    made.change_service(PLAIN.name, now)
    assert (made.services, barrier.passed) == ((now,), 1)
