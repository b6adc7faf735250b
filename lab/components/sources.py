"""Where the caller wants the programs to come from. Nothing here reads the environment."""

import platform
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from lab.components.products import KUBERNETES_VERSION
from lab.errors import ComponentError, UsageError

_ARCHITECTURES = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}


def check_kubernetes(version: str) -> None:
    """UsageError for what is no version of Kubernetes."""
    if not re.fullmatch(r"v?\d+\.\d+\.\d+", version):
        raise UsageError(
            f"{version!r} is not a Kubernetes version",
            next_step=f"give one like {KUBERNETES_VERSION}, the one that is pinned",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """The origins of the programs, and the patience with each.

    directory: programs the user hands in; those it lacks come from the next origins.
    kube_proxy: one kube-proxy the user hands in.
    kubernetes_version: "1.36.3" or "v1.36.3"; UsageError where it is neither.
    cache: where got programs are kept; made when needed.
    environ: what `go` and `pip` are run with, and where the proxies for downloads are named.
    connect_seconds: after which a host counts as not to be reached.
    stall_seconds: without a byte, after which a download is given up.
    image_seconds: after which a tool that gets an image of Calico's is given up: 150 MB.
    calico_crds_sha256: of manifests/crds.yaml at the tag of the pinned version, beside which no sum is published.
    """

    cache: Path
    environ: Mapping[str, str]
    directory: Path | None = None
    kube_proxy: Path | None = None
    kubernetes_version: str = KUBERNETES_VERSION
    kubernetes_releases: str = "https://dl.k8s.io/release"
    github: str = "https://github.com"
    calico_images: str = "quay.io/calico"
    calico_sources: str = "https://raw.githubusercontent.com/projectcalico/calico"
    calico_crds_sha256: str = "ec6d7ac63999ff5df68aa02dcb37063496306de16df04f5f26a4588819e707ec"
    connect_seconds: float = 5.0
    stall_seconds: float = 20.0
    image_seconds: float = 900.0
    modules: Path = Path(__file__).parent / "modules"
    python: str = sys.executable
    machine: str = field(default_factory=platform.machine)

    def __post_init__(self) -> None:
        check_kubernetes(self.kubernetes_version)

    @property
    def kubernetes(self) -> str:
        """The Kubernetes version without the letter v."""
        return self.kubernetes_version.removeprefix("v")

    @property
    def architecture(self) -> str:
        """The architecture of this machine, as Go names it."""
        if self.machine in _ARCHITECTURES:
            return _ARCHITECTURES[self.machine]
        raise ComponentError(
            f"looked for programs that run on {self.machine}",
            next_step="use a machine with amd64 or arm64, or hand in all programs by --components",
        )
