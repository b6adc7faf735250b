"""The register of labs: entries live as long as their supervisors, names are taken once, ends are one's own."""

import os
import signal
from pathlib import Path

import pytest

from lab.capsule.start import Capsule
from lab.components.progress import Silence
from lab.errors import LabError, UsageError
from lab.profiles import Encapsulation, profile_named
from svcproof import standing
from svcproof.labs import LabEntry, Labs, LabUse
from tests.svcproof.sleeping import holding

PROFILE = "iptables-flannel"


def names(labs: Labs) -> list[str]:
    """The labs that stand."""
    return [entry.name for entry in labs.standing()]


def test_an_entry_lasts_as_long_as_its_body(tmp_path: Path) -> None:
    """Registered, it stands; afterwards nothing of it is left."""
    labs = Labs(tmp_path)
    with labs.register("mine", LabUse.UP, PROFILE, tmp_path):
        expected = LabEntry("mine", LabUse.UP, PROFILE, tmp_path, os.getpid())
        assert labs.standing() == (expected,)
    assert labs.standing() == ()
    assert list((tmp_path / "labs").iterdir()) == []


def test_an_entry_is_removed_when_its_body_raises(tmp_path: Path) -> None:
    """A lab that did not come up leaves no entry."""
    labs = Labs(tmp_path)
    with pytest.raises(LabError), labs.register("mine", LabUse.RUN, PROFILE, tmp_path):
        raise LabError("it broke")
    assert names(labs) == []


def test_a_started_capsule_can_be_entered(tmp_path: Path) -> None:
    """Once the capsule runs, the entry says which process to enter and whether it has a user namespace."""
    labs = Labs(tmp_path)
    with labs.register("mine", LabUse.UP, PROFILE, tmp_path) as entry:
        entry.started(Capsule(init_pid=42, stage_pid=41, user_namespace=False, lifeline=-1))
        [found] = labs.standing()
    assert (found.init_pid, found.user_namespace, found.supervisor_pid) == (42, False, os.getpid())


def test_what_a_killed_supervisor_left_is_removed(tmp_path: Path) -> None:
    """SIGKILL: the lock is free, so the entry is a leftover; the name can be taken again at once."""
    labs = Labs(tmp_path)
    with holding(tmp_path, "killed", LabUse.UP) as supervisor:
        assert names(labs) == ["killed"]
        supervisor.kill()
        supervisor.wait()
        assert (tmp_path / "labs" / "killed" / "lab.json").exists()
        with labs.register("killed", LabUse.UP, PROFILE, tmp_path):
            assert labs.named("killed").supervisor_pid == os.getpid()
    assert not (tmp_path / "labs" / "killed").exists()


def test_a_name_is_taken_once(tmp_path: Path) -> None:
    """The same name a second time: UsageError that says how to end the first, which stands on."""
    labs = Labs(tmp_path)
    with holding(tmp_path, "mine", LabUse.UP) as supervisor:
        with pytest.raises(UsageError, match="'mine' stands already") as refused:
            labs.register("mine", LabUse.UP, PROFILE, tmp_path).__enter__()
        assert refused.value.next_step.startswith("svcproof down mine")
        assert labs.named("mine").supervisor_pid == supervisor.pid


def test_other_names_are_free(tmp_path: Path) -> None:
    """Two labs stand beside each other, listed by name."""
    labs = Labs(tmp_path)
    with holding(tmp_path, "second", LabUse.UP), labs.register("first", LabUse.RUN, PROFILE, tmp_path):
        assert names(labs) == ["first", "second"]


@pytest.mark.parametrize(
    ("standing_labs", "asked", "message"),
    [
        ([], "", "no lab stands\n  try: svcproof up PROFILE"),
        ([], "mine", "there is no lab named 'mine'\n  try: the labs: none stands"),
        (["a", "b"], "mine", "there is no lab named 'mine'\n  try: the labs: a, b"),
        (["a", "b"], "", "several labs stand\n  try: --lab with one of: a, b"),
    ],
)
def test_a_lab_that_cannot_be_meant(
    tmp_path: Path, standing_labs: list[str], asked: str, message: str
) -> None:
    """The message says what stands, or how to make a lab."""
    labs = Labs(tmp_path)
    held = [labs.register(name, LabUse.UP, PROFILE, tmp_path) for name in standing_labs]
    for each in held:
        each.__enter__()
    with pytest.raises(UsageError) as refused:
        labs.named(asked)
    assert str(refused.value) == message
    for each in held:
        each.__exit__(None, None, None)


def test_the_only_lab_needs_no_name(tmp_path: Path) -> None:
    """One that stands is meant where none is named; and by its name among several."""
    labs = Labs(tmp_path)
    with labs.register("a", LabUse.UP, PROFILE, tmp_path):
        assert labs.named("").name == "a"
        with labs.register("b", LabUse.UP, PROFILE, tmp_path):
            assert labs.named("b").name == "b"


def test_down_ends_a_lab_of_up(tmp_path: Path) -> None:
    """Its supervisor gets SIGTERM, and `down` returns when the entry is gone."""
    labs = Labs(tmp_path)
    with holding(tmp_path, "mine", LabUse.UP) as supervisor:
        standing.down(labs.named("mine"), labs)
        assert names(labs) == []
        assert supervisor.wait() == -signal.SIGTERM


def test_down_leaves_the_lab_of_a_run(tmp_path: Path) -> None:
    """A run ends its own lab: UsageError, and it stands on."""
    labs = Labs(tmp_path)
    with holding(tmp_path, "a-run", LabUse.RUN) as supervisor:
        with pytest.raises(UsageError, match="is the lab of a run") as refused:
            standing.down(labs.named("a-run"), labs)
        assert "interrupt" in refused.value.next_step
        assert labs.named("a-run").supervisor_pid == supervisor.pid


def test_a_state_that_is_a_file_is_said(tmp_path: Path) -> None:
    """LabError with the variable that names another place, where the register's directory cannot be made."""
    (tmp_path / "state").touch()
    with pytest.raises(LabError, match="cannot register") as refused:
        Labs(tmp_path / "state").register("mine", LabUse.UP, PROFILE, tmp_path).__enter__()
    assert "SVCPROOF_STATE" in refused.value.next_step


@pytest.mark.parametrize(
    "name", ["..", "a/b", "/etc", ".hidden", "-x", "", "x" * 65, "new\nline", "../../home", "mine/.."]
)
def test_a_name_that_is_a_path_is_no_lab(tmp_path: Path, name: str) -> None:
    """Directories are made, emptied and removed by a lab's name: `up` and the register refuse it first."""
    state = tmp_path / "state" / "svcproof"
    state.mkdir(parents=True)
    (state / "kept.txt").touch()
    wish = standing.Wish(
        name=name,
        profile=profile_named(PROFILE),
        components={},
        encapsulation=Encapsulation.VXLAN,
        state=state,
        environ={},
    )
    with pytest.raises(UsageError, match="cannot be the name of a lab"):
        standing.up(wish, Silence())
    with pytest.raises(UsageError, match="cannot be the name of a lab"):
        Labs(state).register(name, LabUse.UP, PROFILE, state).__enter__()
    assert list(tmp_path.rglob("*.txt")) == [state / "kept.txt"]
