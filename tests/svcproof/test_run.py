"""What `run` starts in the capsule: the command line of pytest, its environment, the order of the labs."""

import sys
from itertools import pairwise
from pathlib import Path

import pytest

from lab.components.program import Component, Origin, Program
from lab.components.sources import Sources
from lab.errors import LabError
from lab.profiles import Encapsulation, profile_named
from svcproof.lab_run import LabRequest, clean, enter, lab_order
from svcproof.labs import Labs
from svcproof.run import RunRequest, pytest_command

DIRECTORY = Path("/runs/a-run")


def request(workers: int = 2, claims: tuple[str, ...] = (), more: tuple[str, ...] = ()) -> RunRequest:
    """A request for a run of nftables."""
    lab = LabRequest(
        profile=profile_named("nftables-flannel"),
        sources=Sources(cache=Path("/cache"), environ={}),
        runs=DIRECTORY.parent,
        encapsulation=Encapsulation.VXLAN,
        seed=5,
        command=("run", "nftables-flannel"),
        environ={},
    )
    return RunRequest(lab=lab, workers=workers, claims=claims, pytest=more)


def test_a_worker_that_dies_is_not_replaced() -> None:
    """Its claims would be asked a second time, in one more lab."""
    assert "--max-worker-restart=0" in pytest_command(request(workers=2), DIRECTORY)
    assert "--max-worker-restart=0" not in pytest_command(request(workers=1), DIRECTORY)


def test_pytest_runs_the_scenarios_with_the_plugin() -> None:
    """This interpreter's pytest, our plugins and no others, the scenarios' configuration; scenarios come last."""
    command = pytest_command(request(), DIRECTORY)
    assert command[:3] == [sys.executable, "-m", "pytest"]
    home = Path(command[-1])
    assert (home / "pytest.toml").exists()
    assert command[command.index("-c") + 1] == str(home / "pytest.toml")
    plugins = [name for option, name in pairwise(command) if option == "-p"]
    assert ("--disable-plugin-autoload" in command, plugins) == (True, ["xdist", "svcproof.plugin"])
    assert "--svcproof-run=/runs/a-run" in command


def test_temporary_files_stay_in_the_capsule() -> None:
    """Inside, pytest is root and must not meet a directory of the real root."""
    assert "--basetemp=/run/svcproof-tmp" in pytest_command(request(), DIRECTORY)


@pytest.mark.parametrize(("workers", "expected"), [(1, []), (2, ["-n", "2"]), (4, ["-n", "4"])])
def test_workers_are_xdists(workers: int, expected: list[str]) -> None:
    """One worker is pytest alone; more share the modules out."""
    command = pytest_command(request(workers), DIRECTORY)
    assert ("--dist" in command) == bool(expected)
    assert command[command.index("-n") :][:2] == expected if expected else "-n" not in command


def test_claims_and_the_users_arguments_are_passed_on() -> None:
    """Behind ours, so that they win."""
    command = pytest_command(request(claims=("a.b", "c.d"), more=("-x", "-k", "udp")), DIRECTORY)
    assert command[-6:-1] == ["--svcproof-claim=a.b", "--svcproof-claim=c.d", "-x", "-k", "udp"]


def test_the_environment_cannot_change_the_run() -> None:
    """Pytest's and coverage's variables are taken away, all others kept."""
    given = {
        "PATH": "/bin",
        "PYTEST_ADDOPTS": "-x",
        "PYTEST_PLUGINS": "p",
        "COV_CORE_SOURCE": ".",
        "PYTESTER": "me",
    }
    assert clean(given) == {"PATH": "/bin", "PYTESTER": "me"}


def test_the_order_names_the_kubernetes_that_is_tested() -> None:
    """The version is kube-proxy's own, also where that was handed in."""
    version = dict.fromkeys(Program, "1.0") | {Program.KUBE_PROXY: "dev"}
    components = {
        program: Component(program, version[program], Path("/bin", program), "0" * 64, Origin.SUPPLIED)
        for program in Program
    }
    order = lab_order(request().lab, components, None, DIRECTORY / "logs")
    assert (order.kubernetes, order.seed, order.python) == ("dev", 5, sys.executable)
    assert order.profile.name == "nftables-flannel"


def test_a_run_that_cannot_begin_leaves_nothing(tmp_path: Path) -> None:
    """Its directory goes: there is nothing in it to look at."""
    directory, state = tmp_path / "runs" / "a-run", tmp_path / "a-file"
    directory.mkdir(parents=True)
    state.touch()
    with pytest.raises(LabError, match="cannot register the lab"):
        enter(request().lab, directory, ["true"], Labs(state))
    assert list((tmp_path / "runs").iterdir()) == []
