"""Commands are run to their end, and none is left behind."""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from lab.components.command import run

ENVIRON = {"PATH": "/usr/bin:/bin"}


def test_both_streams_are_kept() -> None:
    """What a command says, and how it ended."""
    finished = run(["sh", "-c", "echo out; echo err >&2; exit 3"], environ=ENVIRON)
    assert (finished.status, finished.output) == (3, "out\nerr\n")


def test_nothing_of_our_environment_is_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """A command sees what it is given, and no more."""
    monkeypatch.setenv("GOFLAGS", "-mod=mod")
    finished = run(["sh", "-c", 'echo "[$GOFLAGS]"'], environ=ENVIRON)
    assert finished.output == "[]\n"


def test_a_command_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    """With all that it has started; it does not come to its own end."""
    script = f"sleep 600 & echo $! > {tmp_path}/child; wait; touch {tmp_path}/finished"
    with pytest.raises(TimeoutError):
        run(["sh", "-c", script], environ=ENVIRON, seconds=2.0)
    child = int((tmp_path / "child").read_text())
    wait_until(lambda: has_ended(child))
    assert has_ended(child)
    assert not (tmp_path / "finished").exists()


def test_a_tied_command_dies_with_us(tmp_path: Path) -> None:
    """A build does not go on when the run is killed in a way that no handler sees."""
    script = f"""
from lab.components.command import run, tied
run(tied(["sh", "-c", "echo $$ > {tmp_path}/child; exec sleep 60"]), environ={ENVIRON})
"""
    root = Path(__file__).parents[2]
    us = subprocess.Popen([sys.executable, "-c", script], cwd=root)
    child = tmp_path / "child"
    wait_until(lambda: child.exists() and child.read_text().strip())
    us.kill()
    us.wait()
    left = int(child.read_text())
    wait_until(lambda: has_ended(left))
    assert has_ended(left)


def test_a_long_command_beats(tmp_path: Path) -> None:
    """While it runs, the caller hears of it: this one ends when the caller has."""
    heard = tmp_path / "heard"
    run(["sh", "-c", f"until [ -e {heard} ]; do sleep 0.05; done"], environ=ENVIRON, beat=heard.touch)
    assert heard.exists()


def has_ended(pid: int) -> bool:
    """Say whether a killed process is gone, or only waits for its new parent to notice."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


def wait_until(condition: Callable[[], object]) -> None:
    """Look until a condition is true; fail after ten seconds."""
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)
