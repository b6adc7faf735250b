"""Standing labs as text and as JSON."""

import json
import os
from pathlib import Path

import pytest

from lab.errors import LabError
from lab.model import Place
from svcproof.labs import LabEntry, LabUse
from svcproof.shown import TROUBLE_FILE, StandingFacts, labs_json, labs_text, status, write_facts
from tests.reports.sample_lab import a_lab

FACTS = StandingFacts(a_lab("mine"), {Place.WORKER_A: "172.18.0.11", Place.POD_A1: "10.244.1.2"})


def entry(directory: Path, use: LabUse = LabUse.UP, name: str = "mine") -> LabEntry:
    """A lab of this process."""
    return LabEntry(name, use, "iptables-flannel", directory, os.getpid())


def test_labs_are_lines(tmp_path: Path) -> None:
    """Name, profile, whose, process; aligned."""
    lines = labs_text([entry(tmp_path), entry(tmp_path, LabUse.RUN, "longer")]).splitlines()
    assert lines == [
        f"mine    iptables-flannel  yours, by `up`  process {os.getpid()}",
        f"longer  iptables-flannel  of a run  process {os.getpid()}",
    ]


def test_labs_as_json(tmp_path: Path) -> None:
    """A list of objects with every fact of an entry; an empty one for no lab."""
    [only] = json.loads(labs_json([entry(tmp_path)]))
    assert (only["name"], only["use"], only["directory"]) == ("mine", "up", str(tmp_path))
    assert json.loads(labs_json([])) == []


def test_a_lab_that_comes_up(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Before it has described itself: exit 0, and that it is coming up."""
    assert status(entry(tmp_path), as_json=False) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "coming up"


def test_a_sound_lab(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Places with addresses, programs with versions and origins, where the logs are; exit 0."""
    write_facts(FACTS, tmp_path)
    assert status(entry(tmp_path), as_json=False) == 0
    out = capsys.readouterr().out
    assert "  worker-a     172.18.0.11\n" in out
    assert "  kube-proxy               v1.36.2-custom supplied\n" in out
    assert f"logs: {tmp_path / 'logs'}\n" in out
    assert [path.name for path in tmp_path.iterdir()] == [StandingFacts.FILE]


@pytest.mark.parametrize("as_json", [False, True])
def test_a_lab_that_is_no_longer_sound(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], *, as_json: bool
) -> None:
    """Exit 3, with what happened before all else; for programs in `trouble`."""
    write_facts(FACTS, tmp_path)
    (tmp_path / TROUBLE_FILE).write_text("kube-proxy-worker-b ended by itself")
    assert status(entry(tmp_path), as_json=as_json) == 3
    out = capsys.readouterr().out
    if as_json:
        document = json.loads(out)
        assert document["trouble"] == "kube-proxy-worker-b ended by itself"
        assert document["facts"]["places"]["pod-a1"] == "10.244.1.2"
    else:
        assert out.splitlines()[1:3] == ["no longer sound:", "kube-proxy-worker-b ended by itself"]


def test_the_lab_of_a_run_is_another_matter(tmp_path: Path) -> None:
    """Its places bear its workers' names: LabError that says where its logs are."""
    with pytest.raises(LabError, match="is the lab of a run") as refused:
        status(entry(tmp_path, LabUse.RUN), as_json=False)
    assert str(tmp_path / "logs") in refused.value.next_step
