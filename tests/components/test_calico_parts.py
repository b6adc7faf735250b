"""Calico's own programs in a directory: whole, or a lab error that says what is missing."""

from collections.abc import Callable
from pathlib import Path

import pytest

from lab.components.calico import CalicoProgram, any_in, parts_in
from lab.errors import ComponentError
from tests.components.calico_set import CRD_NAMES, says, write_set
from tests.components.fakes import write_executable


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """A directory with stand-ins for all of Calico's programs, and its CRDs by name."""
    return write_set(tmp_path)


def test_a_whole_set_is_taken(directory: Path) -> None:
    """As the user's, with the sum of each program."""
    parts = parts_in(directory)
    assert parts.version == "3.32.1"
    assert set(parts.programs) == set(CalicoProgram)
    assert {len(digest) for digest in parts.sha256.values()} == {64}
    assert set(parts.origins.values()) == {"supplied"}
    assert len(parts.crds) == len(CRD_NAMES)


@pytest.mark.parametrize("gone", CalicoProgram)
def test_half_a_set_is_a_lab_error(directory: Path, gone: CalicoProgram) -> None:
    """What is missing is named, and what can be done instead."""
    (directory / gone).unlink()
    assert any_in(directory)
    with pytest.raises(ComponentError, match=f"missing: {gone}\n") as error:
        parts_in(directory)
    assert "datapath" in error.value.next_step


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        pytest.param(
            lambda place: [write_executable(place / it, says("v3.31.2")) for it in CalicoProgram],
            r"is of Calico 3\.31\.2; the lab knows 3\.32",
            id="another version",
        ),
        pytest.param(
            lambda place: write_executable(place / "calico", says("v3.32.0")),
            "of several versions: calico-node 3.32.1, calico 3.32.0",
            id="mixed versions",
        ),
        pytest.param(
            lambda place: write_executable(place / "calico-ipam", says("hello")),
            "does not say that it is calico-ipam",
            id="another program",
        ),
        pytest.param(
            lambda place: (place / "calico-node").chmod(0o644),
            "is not an executable file",
            id="not executable",
        ),
        pytest.param(
            lambda place: (place / "crds" / "ippools.yaml").unlink(),
            "missing: ippools",
            id="a CRD is missing",
        ),
    ],
)
def test_a_set_that_will_not_do_is_a_lab_error(
    directory: Path, spoil: Callable[[Path], object], message: str
) -> None:
    """Each with what is wrong about it and what to try."""
    spoil(directory)
    with pytest.raises(ComponentError, match=message) as error:
        parts_in(directory)
    assert error.value.next_step


def test_a_program_that_does_not_answer_is_a_lab_error(
    directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is not waited for for ever."""
    monkeypatch.setattr("lab.components.identity._ANSWER_SECONDS", 0.5)
    write_executable(directory / "calico", "#!/bin/sh\nexec sleep 60\n")
    with pytest.raises(ComponentError, match="whether it is calico: no answer in") as error:
        parts_in(directory)
    assert error.value.command == (str(directory / "calico"), "-v")
