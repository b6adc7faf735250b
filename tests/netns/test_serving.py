"""What a change waits for: rules of its own, or of several changes together, and what kube-proxy does behind them."""

from dataclasses import replace

import pytest

from lab.errors import LabError
from lab.model import PodState
from tests.netns.fake_serving import A1, B1, PLAIN, ready, serving

NOW = replace(PLAIN, publish_not_ready_addresses=True)


@pytest.mark.parametrize(("tells", "waits"), [(True, 1), (False, 2)])
def test_what_is_done_behind_rules_is_waited_for(*, tells: bool, waits: int) -> None:
    """Where a log does not tell of the end of a sync, the rules of the next do."""
    made, barrier = serving([PLAIN], ready(NOW), tells=tells)
    made.change_service(PLAIN.name, NOW)
    assert barrier.passed == waits


def test_changes_are_awaited_together() -> None:
    """Once, behind the last; and not at all where there is none."""
    made, barrier = serving([PLAIN], ready(NOW))
    with made.awaited_together():
        made.change_service(PLAIN.name, NOW)
        made.change_service(PLAIN.name, NOW)
        assert barrier.passed == 0
    assert (barrier.passed, len(made.programmed_seconds)) == (1, 1)
    with made.awaited_together():
        pass
    assert barrier.passed == 1


def test_what_was_not_awaited_is_awaited_with_what_follows() -> None:
    """A body that fails leaves its changes to the next."""
    made, barrier = serving([PLAIN], ready(NOW))
    failing = made.awaited_together()
    failing.__enter__()
    made.change_service(PLAIN.name, NOW)
    assert not failing.__exit__(LabError, LabError("the next failed"), None)
    assert barrier.passed == 0
    with made.awaited_together():
        pass
    assert barrier.passed == 1


def test_a_service_changes_while_its_pod_is_gone() -> None:
    """It is not waited for a pod that no slice can list."""
    now = replace(PLAIN, endpoints=(A1, B1))
    made, barrier = serving([PLAIN], ready(replace(now, endpoints=(B1,))))
    made.pod_pool.states[A1] = PodState.GONE
    made.change_service(PLAIN.name, now)
    assert (made.services, barrier.passed) == ((now,), 1)
