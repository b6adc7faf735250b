"""results.json: what is written is what is read, and a file that is not one says so."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from conformance.outcome import (
    AnsweredFrom,
    Arrival,
    Delivered,
    Dropped,
    Fate,
    Foreign,
    Forwarded,
    Kept,
    LocalError,
    Masqueraded,
    Outcome,
    Refused,
    Source,
    Unanswered,
    Unstable,
)
from conformance.results import (
    SCHEMA_VERSION,
    ResultsError,
    Run,
    Verdict,
    claim_from_json,
    claim_json,
    lab_from_json,
    lab_json,
    read_results,
    write_results,
)
from lab.model import Place, Refusal
from reports.html import render_html
from reports.markdown import render_markdown
from reports.summary import sentence
from tests.reports.sample import empty_run, interrupted_run, reached, sample_run
from tests.reports.sample_lab import a_lab

SOURCES: tuple[Source, ...] = (Kept(), Masqueraded(Place.WORKER_B), Foreign("192.0.2.7"))
ARRIVALS = frozenset(Arrival(Place.POD_B1, port, source) for port, source in enumerate(SOURCES, 8080))
OUTCOMES: tuple[Outcome, ...] = (
    *(Delivered(ARRIVALS, answered_from) for answered_from in AnsweredFrom),
    Unanswered(ARRIVALS),
    *(Refused(Place.WORKER_A, how) for how in Refusal),
    Dropped(),
    Forwarded(Place.ROUTER),
    LocalError("EPERM"),
    Unstable((Fate(Delivered(ARRIVALS), 3), Fate(Dropped(), 1))),
)


@pytest.mark.parametrize("outcome", OUTCOMES, ids=str)
def test_an_outcome_survives(tmp_path: Path, outcome: Outcome) -> None:
    """Every member of Outcome is read as the type and value that was written, wherever it stands."""
    claim = replace(reached(), expected=outcome, instead=outcome, observed=outcome)
    run = replace(sample_run(), claims=(claim,))
    assert _round_trip(run, tmp_path) == run


@pytest.mark.parametrize("make", [sample_run, empty_run, interrupted_run])
def test_a_run_survives(tmp_path: Path, make: Callable[[], Run]) -> None:
    """A whole run, with or without claims and labs, is read as it was written."""
    assert _round_trip(make(), tmp_path) == make()


def test_the_sample_has_every_verdict() -> None:
    """No verdict is left out of what the round trip covers."""
    assert {claim.verdict for claim in sample_run().claims} == set(Verdict)


def test_a_claim_is_one_line() -> None:
    """A claim goes from a worker to the controller as one line and comes out equal."""
    for claim in sample_run().claims:
        line = claim_json(claim)
        assert "\n" not in line
        assert claim_from_json(line) == claim


def test_a_lab_is_one_line() -> None:
    """A lab goes from a worker to the controller as one line and comes out equal."""
    line = lab_json(a_lab("lab-0"))
    assert "\n" not in line
    assert lab_from_json(line) == a_lab("lab-0")


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"null", b"[]", b"{}", b'{"schema_version": 2}', b'{"schema_version": "x"}', b"\x00\xff\xfe"],
    ids=repr,
)
def test_garbage_is_named(tmp_path: Path, content: bytes) -> None:
    """What is no results file gives a ResultsError that names the file."""
    path = tmp_path / "results.json"
    path.write_bytes(content)
    with pytest.raises(ResultsError, match="is not a results file") as caught:
        read_results(path)
    assert str(path) in str(caught.value)


def test_a_wrong_value_is_located(tmp_path: Path) -> None:
    """The error says which field is wrong."""
    path = tmp_path / "results.json"
    write_results(sample_run(), path)
    document = json.loads(path.read_text())
    document["claims"][2]["verdict"] = "fine"
    path.write_text(json.dumps(document))
    with pytest.raises(ResultsError, match=r"claims\.2\.verdict"):
        read_results(path)


def test_an_unknown_field_is_ignored(tmp_path: Path) -> None:
    """A field that a later svcproof added does not keep this one from reading the file."""
    path = tmp_path / "results.json"
    write_results(sample_run(), path)
    document = json.loads(path.read_text())
    document["claims"][0]["colour"] = "green"
    path.write_text(json.dumps(document))
    assert read_results(path) == sample_run()


@pytest.mark.parametrize("version", [0, SCHEMA_VERSION + 1, 99])
def test_another_version_is_named(tmp_path: Path, version: int) -> None:
    """A file of another schema version is refused by its version, whatever else stands in it."""
    path = tmp_path / "results.json"
    path.write_text(json.dumps({"schema_version": version, "everything": "else"}))
    with pytest.raises(ResultsError, match=f"has schema version {version}") as caught:
        read_results(path)
    assert str(path) in str(caught.value)


def test_a_file_of_version_1_is_read() -> None:
    """What the first schema wrote is read and drawn, and says that it has no evidence beside the packets."""
    run = read_results(Path(__file__).parent / "stored" / "results-1.json")
    assert run.schema_version == 1
    assert {claim.verdict for claim in run.claims} == {Verdict.PASS, Verdict.KNOWN_DIFFERENCE}
    assert not [claim for claim in run.claims if claim.nodes or claim.manifests or claim.trace]
    page = render_html(run)
    assert page.count("<section class=claim") == len(run.claims)
    assert "not among these results" in page
    assert sentence(run) in render_markdown(run)


def test_a_missing_file_is_an_os_error(tmp_path: Path) -> None:
    """A file that cannot be read is not mistaken for one with wrong content."""
    with pytest.raises(FileNotFoundError):
        read_results(tmp_path / "results.json")


def test_a_failed_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A write that fails half-way leaves the earlier file as it was, and nothing beside it."""
    path = tmp_path / "results.json"
    write_results(sample_run(), path)
    before = path.read_bytes()
    monkeypatch.setattr(Path, "write_bytes", _half_of_it)
    with pytest.raises(OSError, match="no space left"):
        write_results(empty_run(), path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def _round_trip(run: Run, directory: Path) -> Run:
    path = directory / "results.json"
    write_results(run, path)
    assert list(directory.iterdir()) == [path]
    return read_results(path)


def _half_of_it(path: Path, content: bytes) -> int:
    with path.open("wb") as file:
        file.write(content[: len(content) // 2])
    raise OSError("no space left on device")
