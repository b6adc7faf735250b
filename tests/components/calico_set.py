"""Stand-ins for all that real Calico is made of: programs that say their version, CRDs that have their names."""

from hashlib import sha256
from pathlib import Path

from lab.components.calico import CALICO_VERSION, CalicoProgram
from tests.components.fakes import write_executable

CRD_NAMES = ("clusterinformations", "felixconfigurations", "ippools", "ipamblocks", "blockaffinities")


def crd(name: str) -> str:
    """The name of a definition, as it stands in its file."""
    return f"metadata:\n  name: {name}.crd.projectcalico.org\n"


CRDS_YAML = "---\n".join(crd(name) for name in CRD_NAMES).encode()
"""All of them in one file, as in Calico's manifests."""
CRDS_SHA256 = sha256(CRDS_YAML).hexdigest()
CRDS_PATH = f"/calico/v{CALICO_VERSION}/manifests/crds.yaml"
"""Where the release server of these tests has that file."""


def says(version: str = f"v{CALICO_VERSION}") -> str:
    """A program that says its version, whatever it is asked."""
    return f"#!/bin/sh\necho {version}\n"


def write_set(directory: Path) -> Path:
    """Writes the set as a user hands it in."""
    for program in CalicoProgram:
        write_executable(directory / program, f'#!/bin/sh\n[ "$1" = -v ] && echo v{CALICO_VERSION}\n')
    (directory / "crds").mkdir()
    for name in CRD_NAMES:
        (directory / "crds" / f"{name}.yaml").write_text(crd(name))
    return directory
