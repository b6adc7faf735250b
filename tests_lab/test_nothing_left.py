"""Nothing is left after SIGKILL at any moment: ten random moments of runs and standing labs, five kinds of victim.

The moments are spread over the time that a run (or a lab until it stands, and a little longer) takes: one in each
fifth of it. SVCPROOF_TEST_SEED repeats the moments and victims of an earlier run.
"""

import os
import random
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests_lab.commanded import COMMAND_SECONDS, GONE_SECONDS, Commanded
from tests_lab.host import Host, host, sockets_below
from tests_lab.processes import Process, below
from tests_lab.waiting import until

# A run of two labs with a few claims for each: all phases of a whole one, report and end too, in ten seconds.
COMMANDS = {
    "run": ("-n", "2", "--", "-k", "test_pod_network or test_cluster_ip_ports"),
    "up": (),
}
# Seconds: such a run; a lab until it stands, and a little longer.
LENGTHS = {"run": 10.0, "up": 7.0}
PROFILES = ("iptables-flannel", "nftables-flannel", "iptables-calico", "nftables-calico")
ROUNDS_EACH = 5
# Ten rounds and a lab take 90 s on two idle cores. It ends a test that hangs, and judges nothing.
HANGS_SECONDS = 600.0
GROUP = "process group"
# How far below the supervisor each victim is.
DEPTHS = {"supervisor": 0, "stage": 1, "init": 2, "program": 3, GROUP: 0}


@dataclass(frozen=True, slots=True)
class Round:
    """One kill. after: seconds from the start of the command."""

    verb: str
    profile: str
    victim: str
    after: float

    def __str__(self) -> str:
        return f"{self.verb} {self.profile}: {self.victim} after {self.after:.2f} s"


def rounds(seed: int) -> list[Round]:
    """Ten rounds, runs and standing labs by turns; each fifth of a length and each victim once per verb."""
    dice = random.Random(seed)  # noqa: S311 - moments, no secrets
    planned = {verb: list(_of_verb(verb, dice)) for verb in LENGTHS}
    return [each for pair in zip(*planned.values(), strict=True) for each in pair]


def _of_verb(verb: str, dice: random.Random) -> Iterator[Round]:
    fifths = dice.sample(range(ROUNDS_EACH), ROUNDS_EACH)
    victims = dice.sample(sorted(DEPTHS), ROUNDS_EACH)
    for fifth, victim in zip(fifths, victims, strict=True):
        after = (fifth + dice.random()) * LENGTHS[verb] / ROUNDS_EACH
        yield Round(verb, dice.choice(PROFILES), victim, after)


def supervisor(svcproof: Commanded, started: subprocess.Popen[bytes], verb: str) -> int:
    """The process that holds the capsule: of `run` the command itself, of `up` the one that it leaves behind."""
    if verb == "run":
        return started.pid

    def holder() -> int | None:
        found = [each.pid for each in svcproof.processes() if "svcproof.standing" in each.command.split()]
        return min(found, default=None)

    # Kept out: a kill of `up` before it has a supervisor to leave behind would prove nothing.
    return until("`up` has started its supervisor", COMMAND_SECONDS, holder)


def strike(svcproof: Commanded, started: subprocess.Popen[bytes], planned: Round) -> Process | None:
    """Kills the victim, or what comes closest to it at this moment; nothing where all has ended."""
    if started.poll() is not None and planned.verb == "run":
        return None
    root = supervisor(svcproof, started, planned.verb)
    living = svcproof.processes()
    pid = below(root, DEPTHS[planned.victim], living)
    with suppress(ProcessLookupError):
        if planned.victim == GROUP:
            os.killpg(root, signal.SIGKILL)
        else:
            os.kill(pid, signal.SIGKILL)
    return next((each for each in living if each.pid == pid), None)


def leftovers(svcproof: Commanded, before: Host, directory: Path) -> list[str]:
    """Whatever is there that was not there before."""
    running = [f"process {each.pid}: {each.command}" for each in svcproof.processes()]
    return [*running, *host().new_since(before), *sockets_below(directory)]


def survive(svcproof: Commanded, planned: Round, before: Host, directory: Path) -> None:
    """One round: start, wait for the moment, kill, and find nothing left within five seconds."""
    with svcproof.started(planned.verb, planned.profile, *COMMANDS[planned.verb]) as started:
        time.sleep(planned.after)
        struck = strike(svcproof, started, planned)
        print(f"{planned}: {'had ended already' if struck is None else f'killed {struck.pid}'}")
        with suppress(AssertionError):
            until("all is gone", GONE_SECONDS, lambda: not leftovers(svcproof, before, directory) or None)
        assert leftovers(svcproof, before, directory) == [], str(planned)


@pytest.mark.timeout(HANGS_SECONDS)
def test_nothing_is_left_after_sigkill_at_ten_random_moments(
    svcproof: Commanded, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Processes, namespaces, interfaces, mounts, rules, sysctls and sockets are as before; a lab can be made."""
    seed = int(os.environ.get("SVCPROOF_TEST_SEED") or random.randrange(1 << 32))  # noqa: S311 - no secret
    print(f"seed {seed}")
    start, before, survived = time.monotonic(), host(), 0
    for planned in rounds(seed):
        survive(svcproof, planned, before, tmp_path)
        survived += 1
    seconds = time.monotonic() - start
    assert svcproof.lab_names() == []
    up = svcproof("up", PROFILES[0])
    assert (up.returncode, svcproof("down").returncode) == (0, 0), up.stderr
    with capsys.disabled():
        print(f"\nnothing left after SIGKILL: {survived} of {2 * ROUNDS_EACH}, {seconds:.0f} s, seed {seed}")
    assert survived == 2 * ROUNDS_EACH
