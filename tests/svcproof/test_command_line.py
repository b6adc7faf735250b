"""What is typed wrong gets one clear message on stderr and the right exit code, never a traceback."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from conformance.exit_codes import NOT_TESTED, USAGE
from conformance.results import write_results
from lab.errors import LabError
from svcproof import cli
from tests.reports.sample import sample_run

PROFILE = "iptables-flannel"
REFUSED = {
    "no command": ([], "the following arguments are required: COMMAND"),
    "unknown command": (["frobnicate"], "invalid choice: 'frobnicate'"),
    "unknown option": (["run", PROFILE, "--frobnicate"], "unrecognized arguments: --frobnicate"),
    "an option cut short": (["run", PROFILE, "--work", "1"], "unrecognized arguments: --work"),
    "no profile": (["run"], "the following arguments are required: PROFILE"),
    "unknown profile": (["run", "ipvs-cilium"], "there is no profile 'ipvs-cilium'"),
    "unknown profile of up": (["up", "nonsense"], "there is no profile 'nonsense'"),
    "unknown profile of doctor": (["doctor", "nonsense"], "there is no profile 'nonsense'"),
    "Kubernetes nonsense": (["run", PROFILE, "--kubernetes", "nonsense"], "'nonsense' is not a Kubernetes"),
    "Kubernetes nonsense of claims": (
        ["claims", PROFILE, "--kubernetes", "1.36"],
        "'1.36' is not a Kubernetes",
    ),
    "no workers": (["run", PROFILE, "--workers", "0"], "'0' is not a number between 1 and 16"),
    "too many workers": (["run", PROFILE, "-n", "17"], "'17' is not a number between 1 and 16"),
    "workers in words": (["run", PROFILE, "-n", "two"], "argument -n/--workers"),
    "unknown encapsulation": (["up", PROFILE, "--encapsulation", "pigeon"], "invalid choice: 'pigeon'"),
    "no kube-proxy there": (["run", PROFILE, "--kube-proxy", "/nowhere"], "there is nothing"),
    "no components there": (["run", PROFILE, "--components", "/nowhere"], "not a directory"),
    "no components there to examine first": (
        ["run", "--fix", PROFILE, "--components", "/nowhere"],
        "not a directory",
    ),
    "unknown lab of status": (["status", "nonsense"], "there is no lab named 'nonsense'"),
    "unknown lab of down": (["down", "nonsense"], "there is no lab named 'nonsense'"),
    "unknown lab of dump": (["dump", "worker-a", "--lab", "nonsense"], "there is no lab named 'nonsense'"),
    "no lab for down": (["down"], "no lab stands"),
    "no lab for shell": (["shell", "worker-a"], "no lab stands"),
    "no place": (["dump"], "the following arguments are required: PLACE"),
    "no lab for exec": (["exec", "worker-a", "--", "true"], "no lab stands"),
    "nothing to execute": (["exec", "worker-a"], "no command was given"),
    "nothing behind the hyphens": (["exec", "worker-a", "--"], "no command was given"),
    "workers that are no number": (
        ["run", "nftables-flannel", "-n", "x"],
        "'x' is not a number between 1 and 16",
    ),
    "more than a command takes": (
        ["claims", "nftables-flannel", "--", "-k", "udp"],
        "for commands that pass it on",
    ),
    "a pattern that matches nothing": (
        ["run", "nftables-flannel", "--require", "nope*"],
        "no claim matches 'nope*'",
    ),
    "claims of another tier": (
        ["run", PROFILE, "--claim", "noep-cip.*", "--tier", "extended"],
        "no claim that matches is of tier extended",
    ),
    "a command without hyphens before it": (
        ["exec", "worker-a", "ip", "route"],
        "usage: svcproof exec [--lab LAB] PLACE -- COMMAND ...\nsvcproof exec: error: unrecognized arguments: ip route",
    ),
    "no run": (["report", "/nowhere"], "cannot read the results of a run"),
    "a run without results": (["report", "."], "cannot read the results of a run"),
}


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory and an empty state."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SVCPROOF_STATE", str(tmp_path / "state"))
    # What comes before the components are looked for must be enough: none of these may find out about the machine.
    monkeypatch.setattr("svcproof.doctor.command.require", lambda *_, **__: None)
    return tmp_path


def typed(arguments: Sequence[str]) -> int:
    """The exit code of one command line, argparse's own too."""
    try:
        return cli.main(arguments)
    except SystemExit as ended:
        return int(ended.code or 0)


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_done_is_said(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 2; the message is on stderr, begins with the program's name, and stdout stays empty."""
    arguments, message = REFUSED[name]
    assert typed(arguments) == USAGE
    out, err = capsys.readouterr()
    assert out == ""
    assert message in err
    assert [line for line in err.splitlines() if line.startswith("svcproof")] != []
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(b"\x00\xff", "Invalid JSON", id="garbage"),
        pytest.param(b'{"a": 1}', "schema_version", id="another document"),
        pytest.param(b'{"schema_version": 99}', "has schema version 99", id="another version"),
        pytest.param(b'{"schema_version": 2}', "Field required", id="cut short"),
    ],
)
def test_a_results_file_of_another_kind_is_said(
    content: bytes, message: str, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit 2, which file, and what is wrong with it."""
    path = place / "results.json"
    path.write_bytes(content)
    assert typed(["report", str(path)]) == USAGE
    err = capsys.readouterr().err
    assert str(path) in err
    assert message in err
    assert "Traceback" not in err


def test_a_report_is_made_from_results_alone(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`report` on a run's directory, or on the file itself: exit 0, the report beside it."""
    write_results(sample_run(), place / "results.json")
    assert [typed(["report", str(place)]), typed(["report", str(place / "results.json")])] == [0, 0]
    assert "<html" in (place / "report.html").read_text()
    assert capsys.readouterr().out == ""
    assert typed(["report", str(place), "--note", "one of many"]) == 0
    assert all("one of many" in (place / name).read_text() for name in ("report.html", "summary.md"))


@pytest.mark.parametrize(
    ("arguments", "printed"), [(["labs"], "no lab stands\n"), (["labs", "--json"], "[]\n")]
)
def test_no_lab_is_an_answer(arguments: list[str], printed: str, capsys: pytest.CaptureFixture[str]) -> None:
    """`labs` with nothing to list: exit 0."""
    assert (typed(arguments), capsys.readouterr().out) == (0, printed)


def test_no_lab_to_take_down_is_an_answer(capsys: pytest.CaptureFixture[str]) -> None:
    """`down --all` where none stands: exit 0."""
    assert (typed(["down", "--all"]), capsys.readouterr().out) == (0, "no lab stands\n")


def test_a_lab_error_is_a_code_of_its_own(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """LabError: 3, with command, output and what to try."""

    def broken(*_: object) -> int:
        raise LabError("it broke", command=["nft", "-f"], output="syntax error", next_step="svcproof doctor")

    monkeypatch.setattr("svcproof.commands.labs.labs", broken)
    assert typed(["labs"]) == 3
    assert capsys.readouterr().err == (
        "svcproof: it broke\n  command: nft -f\n  output:\n    syntax error\n  try: svcproof doctor\n"
    )


def test_an_interrupt_is_a_code_of_its_own(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """KeyboardInterrupt: 130 and one line."""

    def interrupted(*_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr("svcproof.commands.labs.labs", interrupted)
    assert (typed(["labs"]), capsys.readouterr().err) == (130, "svcproof: interrupted\n")


def test_the_module_is_the_command(place: Path) -> None:
    """`python -m svcproof`: the message and the exit code come out of a process, too."""
    done = subprocess.run(
        [sys.executable, "-m", "svcproof", "status", "nonsense"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "SVCPROOF_STATE": str(place), "PYTHONPATH": str(Path(cli.__file__).parents[1])},
    )
    assert (done.returncode, done.stdout) == (USAGE, "")
    assert done.stderr == "svcproof: there is no lab named 'nonsense'\n  try: the labs: none stands\n"


def test_the_claims_are_listed_by_a_process_of_their_own() -> None:
    """Pytest collects them there, and takes it ill when a plugin of a run has been imported before."""
    done = subprocess.run(
        [sys.executable, "-m", "svcproof", "claims", "nftables-flannel", "--claim", "cip-*"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(Path(cli.__file__).parents[1])},
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1].endswith(" claims")


def test_a_reader_who_has_had_enough_hides_no_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the output of a run cannot be written, it is not known to be green; a list may be cut short."""

    def broken(*_: object) -> int:
        raise BrokenPipeError

    monkeypatch.setattr("os.dup2", lambda *_: None)
    for verb, code in (("run", NOT_TESTED), ("sabotage", NOT_TESTED), ("claims", 0)):
        monkeypatch.setattr(f"svcproof.commands.{verb}.{verb}", broken)
        assert typed([verb, "nftables-flannel"]) == code
