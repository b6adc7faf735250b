"""The order in which steps are tried, and what is left out; without a capsule."""

import pytest

from svcproof.doctor import trial
from svcproof.doctor.steps import MEANINGS, Result, Step


def works() -> None:
    """A step that works."""


def fails() -> None:
    """A step that the kernel refuses."""
    raise OSError("ip link add: Unknown device type")


@pytest.fixture(autouse=True)
def every_program(monkeypatch: pytest.MonkeyPatch) -> None:
    """The programs that the steps need are there."""
    monkeypatch.setattr("svcproof.doctor.trial.shutil.which", lambda name: f"/usr/sbin/{name}")


def results(actions: dict[Step, trial.Action]) -> dict[Step, Result]:
    """What became of each step."""
    return {each.step: each.result for each in trial.try_all(actions)}


def test_every_step_has_an_action_and_a_meaning() -> None:
    """In the order of the steps, so that what a step comes after has been tried by then."""
    assert list(trial.ACTIONS) == list(Step) == list(MEANINGS)
    order = list(Step)
    afters = [(step, each.after) for step, each in MEANINGS.items() if each.after]
    assert all(order.index(after) < order.index(step) for step, after in afters)


def test_what_comes_after_a_failed_step_is_not_tried() -> None:
    """One cause gives one finding; steps that do not depend on it are tried all the same."""
    found = results({Step.NETNS: works, Step.VETH: fails, Step.BRIDGE: works, Step.PROC: works})
    assert found == {
        Step.NETNS: Result.WORKED,
        Step.VETH: Result.FAILED,
        Step.BRIDGE: Result.UNTRIED,
        Step.PROC: Result.WORKED,
    }


def test_a_failure_keeps_its_words() -> None:
    """They are what the reader needs to find the cause."""
    [attempt] = trial.try_all({Step.NETNS: fails})
    assert attempt.detail == "ip link add: Unknown device type"


def test_a_step_without_its_program_is_not_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    """The missing tool is told elsewhere."""
    monkeypatch.setattr("svcproof.doctor.trial.shutil.which", lambda _name: None)
    found = results({Step.PROC: works, Step.NFTABLES: fails})
    assert found == {Step.PROC: Result.WORKED, Step.NFTABLES: Result.UNTRIED}
