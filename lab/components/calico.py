"""Calico's own programs and CRDs, handed in by the user: whole, of one version, of the line that the lab knows.

They are not to be had as Go modules, and its images come from a registry; nothing here downloads them.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from lab.components.command import run
from lab.components.disk import sha256_of
from lab.errors import ComponentError, UsageError
from lab.profiles import Implementation, NetworkName, Profile

CALICO_LINE = "3.32"
"""The minor version whose flags, settings and CRDs the lab speaks."""
CRDS = "crds"
"""The folder of the CRDs, beside the programs: libcalico-go/config/crd of Calico's sources."""

_ANSWER_SECONDS = 10.0
_NEEDED_CRDS = ("clusterinformations", "felixconfigurations", "ippools", "ipamblocks", "blockaffinities")


class CalicoProgram(StrEnum):
    """A program of Calico, by the name of its executable. calico and calico-ipam are CNI plugins."""

    NODE = "calico-node"
    CNI = "calico"
    IPAM = "calico-ipam"


@dataclass(frozen=True, slots=True)
class CalicoParts:
    """All that real Calico is made of. sha256: of each program; crds: files of YAML."""

    version: str
    programs: Mapping[CalicoProgram, Path]
    sha256: Mapping[CalicoProgram, str]
    crds: tuple[Path, ...]


def calico_parts(
    profile: Profile, wanted: Implementation | None, directory: Path | None
) -> CalicoParts | None:
    """What real Calico is made of; None where the lab is to build the data path, or the profile is of another network.

    wanted: None takes the programs where the directory has any of them. ComponentError where they are not whole, or
    of another version; UsageError where a network is asked for an implementation that it does not have.
    """
    if profile.network is not NetworkName.CALICO:
        if wanted is Implementation.DATAPATH:
            raise UsageError(
                f"{profile.network} has no data path of the lab's own",
                next_step="leave --network-implementation out: its programs are always real",
            )
        return None
    present = _present(directory)
    if wanted is Implementation.DATAPATH or (wanted is None and not present):
        return None
    if directory is None or len(present) < len(CalicoProgram):
        raise _not_whole(directory, present)
    return _whole(directory)


def _present(directory: Path | None) -> frozenset[CalicoProgram]:
    if directory is None:
        return frozenset()
    return frozenset(program for program in CalicoProgram if (directory / program).exists())


def _not_whole(directory: Path | None, present: frozenset[CalicoProgram]) -> ComponentError:
    missing = ", ".join(program for program in CalicoProgram if program not in present)
    return ComponentError(
        f"real Calico needs {', '.join(CalicoProgram)}; missing: {missing}",
        output=f"looked in {directory}" if directory else "no --components DIR was given",
        next_step=f"--components DIR with all of them and a folder {CRDS}, or --network-implementation datapath",
    )


def _whole(directory: Path) -> CalicoParts:
    programs = {program: (directory / program).absolute() for program in CalicoProgram}
    versions = {program: _version(program, path) for program, path in programs.items()}
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
    hashes = {program: sha256_of(path) for program, path in programs.items()}
    return CalicoParts(version, programs, hashes, _crds(directory / CRDS))


def _version(program: CalicoProgram, path: Path) -> str:
    command = [str(path), "-v"]
    again = f"hand in a {program} for this machine, or take {path} away"
    try:
        finished = run(command, environ={}, seconds=_ANSWER_SECONDS)
    except OSError as error:
        raise ComponentError(
            f"tried to use {path} as {program}, but it could not be run",
            command=command,
            output=str(error),
            next_step=again,
        ) from error
    if answer := re.search(r"^v?(\d+\.\d+\.\d+)\b", finished.output, re.MULTILINE):
        return answer[1]
    raise ComponentError(
        f"tried to use {path} as {program}, but it does not say which version it is",
        command=command,
        output=finished.last_lines,
        next_step=again,
    )


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
