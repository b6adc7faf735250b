"""Calico's own programs and CRDs in a directory: whole, of one version, of the line that the lab knows."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from lab.components.disk import sha256_of
from lab.components.identity import ask
from lab.errors import ComponentError

CALICO_VERSION = "3.32.1"
"""What is got where nothing was handed in."""
CALICO_LINE = "3.32"
"""The minor version whose flags, settings and CRDs the lab speaks."""
CRDS = "crds"
"""The folder of the CRDs, beside the programs: libcalico-go/config/crd of Calico's sources."""

_VERSION = r"^v?(\d+\.\d+\.\d+)\b"
_NEEDED_CRDS = ("clusterinformations", "felixconfigurations", "ippools", "ipamblocks", "blockaffinities")


class CalicoProgram(StrEnum):
    """A program of Calico, by the name of its executable. calico and calico-ipam are CNI plugins."""

    NODE = "calico-node"
    CNI = "calico"
    IPAM = "calico-ipam"


@dataclass(frozen=True, slots=True)
class CalicoParts:
    """All that real Calico is made of. sha256 and origins: of each program; crds: files of YAML."""

    version: str
    programs: Mapping[CalicoProgram, Path]
    sha256: Mapping[CalicoProgram, str]
    origins: Mapping[CalicoProgram, str]
    crds: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class BuiltDatapath:
    """That the lab builds Calico's data path itself. because: why, in words for a report's header."""

    because: str


def any_in(directory: Path | None) -> bool:
    """Whether a directory has any of the programs."""
    return directory is not None and any((directory / program).exists() for program in CalicoProgram)


def parts_in(directory: Path, origins: Mapping[CalicoProgram, str] | None = None) -> CalicoParts:
    """The whole set that a directory has. origins: where each program came from; None for the user.

    ComponentError where the set is not whole, of several versions, or of another than the lab knows.
    """
    missing = [program for program in CalicoProgram if not (directory / program).exists()]
    if missing:
        raise ComponentError(
            f"real Calico needs {', '.join(CalicoProgram)}; missing: {', '.join(missing)}",
            output=f"looked in {directory}",
            next_step=f"--components DIR with all of them and a folder {CRDS}, or --network-implementation datapath",
        )
    programs = {program: (directory / program).absolute() for program in CalicoProgram}
    version = _one_version(programs)
    return CalicoParts(
        version,
        programs,
        {program: sha256_of(path) for program, path in programs.items()},
        origins or dict.fromkeys(CalicoProgram, "supplied"),
        _crds(directory / CRDS),
    )


def _one_version(programs: Mapping[CalicoProgram, Path]) -> str:
    """The version of all programs, which is one that the lab knows."""
    versions = {program: ask(program, path, "-v", _VERSION) for program, path in programs.items()}
    if len(set(versions.values())) > 1:
        raise ComponentError(
            "Calico's programs are of several versions: "
            + ", ".join(f"{program} {version}" for program, version in versions.items()),
            next_step="hand in those of one release",
        )
    version = versions[CalicoProgram.NODE]
    if not version.startswith(f"{CALICO_LINE}."):
        raise ComponentError(
            f"{programs[CalicoProgram.NODE]} is of Calico {version}; the lab knows {CALICO_LINE}",
            next_step=f"hand in {CALICO_LINE}, or --network-implementation datapath",
        )
    return version


def _crds(folder: Path) -> tuple[Path, ...]:
    """The files of the old API group, which the programs use by default."""
    files = tuple(sorted(folder.glob("*.yaml"))) if folder.is_dir() else ()
    names = "\n".join(file.read_text(errors="replace") for file in files)
    lacking = [name for name in _NEEDED_CRDS if f"{name}.crd.projectcalico.org" not in names]
    if lacking:
        raise ComponentError(
            f"real Calico needs its CRDs in {folder}; missing: {', '.join(lacking)}",
            next_step="the files of libcalico-go/config/crd of the same release, or its manifests/crds.yaml",
        )
    return files
