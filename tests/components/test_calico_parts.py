"""Calico's own programs as a user hands them in: whole, or a lab error that says what is missing."""

from collections.abc import Callable
from pathlib import Path

import pytest

from lab.components.calico import CalicoProgram, calico_parts
from lab.errors import ComponentError, UsageError
from lab.profiles import Implementation, profile_named
from tests.components.fakes import write_executable

CALICO = profile_named("iptables-calico")
CRD_NAMES = ("clusterinformations", "felixconfigurations", "ippools", "ipamblocks", "blockaffinities")


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """A directory with stand-ins for all of Calico's programs, and its CRDs by name."""
    for program in CalicoProgram:
        write_executable(tmp_path / program, '#!/bin/sh\n[ "$1" = -v ] && echo v3.32.1\n')
    (tmp_path / "crds").mkdir()
    for name in CRD_NAMES:
        (tmp_path / "crds" / f"{name}.yaml").write_text(f"metadata:\n  name: {name}.crd.projectcalico.org\n")
    return tmp_path


@pytest.mark.parametrize("wanted", [None, Implementation.REAL])
def test_a_whole_set_is_taken(directory: Path, wanted: Implementation | None) -> None:
    """By itself where it is there, and when it is asked for."""
    parts = calico_parts(CALICO, wanted, directory)
    assert parts is not None
    assert parts.version == "3.32.1"
    assert set(parts.programs) == set(CalicoProgram)
    assert {len(digest) for digest in parts.sha256.values()} == {64}
    assert len(parts.crds) == len(CRD_NAMES)


def test_without_any_of_them_the_data_path_is_built(tmp_path: Path) -> None:
    """With another directory of programs, and with none."""
    assert calico_parts(CALICO, None, tmp_path) is None
    assert calico_parts(CALICO, None, None) is None


def test_the_data_path_can_be_asked_for(directory: Path) -> None:
    """Though the programs are there."""
    assert calico_parts(CALICO, Implementation.DATAPATH, directory) is None


@pytest.mark.parametrize("gone", CalicoProgram)
def test_half_a_set_is_a_lab_error(directory: Path, gone: CalicoProgram) -> None:
    """The lab does not quietly build the data path in place of what the user wanted."""
    (directory / gone).unlink()
    with pytest.raises(ComponentError, match=f"missing: {gone}\n") as error:
        calico_parts(CALICO, None, directory)
    assert "datapath" in error.value.next_step


def test_real_calico_without_programs_is_a_lab_error() -> None:
    """What was asked for is not to be had."""
    with pytest.raises(ComponentError, match="real Calico needs"):
        calico_parts(CALICO, Implementation.REAL, None)


def _say(version: str) -> str:
    return f"#!/bin/sh\necho {version}\n"


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        pytest.param(
            lambda place: [write_executable(place / it, _say("v3.31.2")) for it in CalicoProgram],
            r"is of Calico 3\.31\.2; the lab knows 3\.32",
            id="another version",
        ),
        pytest.param(
            lambda place: write_executable(place / "calico", _say("v3.32.0")),
            "of several versions: calico-node 3.32.1, calico 3.32.0",
            id="mixed versions",
        ),
        pytest.param(
            lambda place: write_executable(place / "calico-ipam", _say("hello")),
            "does not say which version",
            id="another program",
        ),
        pytest.param(
            lambda place: (place / "calico-node").chmod(0o644), "could not be run", id="not executable"
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
        calico_parts(CALICO, None, directory)
    assert error.value.next_step


def test_flannel_has_one_implementation() -> None:
    """Its programs are always real; a data path of it is a usage error."""
    flannel = profile_named("nftables-flannel")
    assert calico_parts(flannel, Implementation.REAL, None) is None
    with pytest.raises(UsageError, match="no data path"):
        calico_parts(flannel, Implementation.DATAPATH, None)
