"""What the official releases are called, and where their checksums are."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from lab.components.products import Product
from lab.components.program import Program
from lab.components.sources import Sources
from lab.errors import ComponentError

_ETCD = "etcd-io/etcd"
_SHA256 = r"[0-9a-f]{64}"
_CNI_PLUGINS = "containernetworking/plugins"


@dataclass(frozen=True, slots=True)
class Asset:
    """A file of a release.

    members: the path of each program in the archive; an empty one means the file itself.
    """

    url: str
    checksum_url: str
    members: Mapping[Program, str]


def assets(product: Product, programs: Collection[Program], sources: Sources) -> Sequence[Asset]:
    """Return the files to download. None where a release publishes no checksum: flannel's."""
    version, architecture = f"v{product.version}", sources.architecture
    match product.name:
        case "kubernetes":
            folder = f"{sources.kubernetes_releases}/{version}/bin/linux/{architecture}"
            return [
                Asset(f"{folder}/{program}", f"{folder}/{program}.sha256", {program: ""})
                for program in programs
            ]
        case "etcd":
            folder = f"{sources.github}/{_ETCD}/releases/download/{version}"
            name = f"etcd-{version}-linux-{architecture}"
            members = {program: f"{name}/{program}" for program in programs}
            return [Asset(f"{folder}/{name}.tar.gz", f"{folder}/SHA256SUMS", members)]
        case "cni-plugins":
            folder = f"{sources.github}/{_CNI_PLUGINS}/releases/download/{version}"
            url = f"{folder}/cni-plugins-linux-{architecture}-{version}.tgz"
            return [Asset(url, f"{url}.sha256", {program: program.value for program in programs})]
        case _:
            return []


def published_checksum(asset: Asset, text: str) -> str:
    """Return the sha256 that a checksum file gives for a release file.

    text: either one sum alone, or lines of a sum and a file name.
    """
    name = asset.url.rsplit("/", 1)[-1]
    for line in text.splitlines():
        match line.split():
            case [checksum] if re.fullmatch(_SHA256, checksum):
                return checksum
            case [checksum, file] if file.lstrip("*") == name and re.fullmatch(_SHA256, checksum):
                return checksum
            case _:
                continue
    raise ComponentError(
        f"read {asset.checksum_url} for the sha256 of {name}, but it holds none",
        output=text[:400],
        next_step="see whether something between here and there answers in its place",
    )
