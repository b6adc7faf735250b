"""Calico's programs out of its official images, and its CRDs out of its official manifests, into the cache.

Which image has what: cni-plugin/Dockerfile and node/Dockerfile of Calico's sources. The CRDs are in none of them.
"""

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from lab.components.calico import CALICO_VERSION, CRDS, CalicoParts, CalicoProgram, parts_in
from lab.components.disk import flush, lock, sha256_of, staging, writing
from lab.components.download import Downloads, NotAvailable
from lab.components.image_tools import ImageTools
from lab.components.progress import Progress
from lab.components.saved_image import extract
from lab.components.sources import Sources
from lab.errors import ComponentError

_IMAGES = MappingProxyType(
    {
        "node": {CalicoProgram.NODE: "bin/calico-node"},
        "cni": {CalicoProgram.CNI: "opt/cni/bin/calico", CalicoProgram.IPAM: "opt/cni/bin/calico-ipam"},
    }
)
_CRDS_FILE = f"{CRDS}/crds.yaml"
_RECORD = "origin.json"
_NAME = f"calico {CALICO_VERSION}"


@dataclass(frozen=True, slots=True)
class CalicoImages:
    """The images of the pinned version, and the entry of the cache that is made of them."""

    sources: Sources
    progress: Progress

    @property
    def is_cached(self) -> bool:
        """Whether the whole set is in the cache, and every file of it is what was put there."""
        return self._origins() is not None

    def cached(self) -> CalicoParts | None:
        """The set, if it is so in the cache. ComponentError where its programs do not run on this machine."""
        origins = self._origins()
        return None if origins is None else parts_in(self._folder, origins)

    def get(self) -> CalicoParts:
        """The whole set, from the cache or else from the registry. Only one run at a time gets it."""
        root = self.sources.cache
        with lock(root, _NAME, self.progress), staging(root, _NAME) as stage:
            return self.cached() or self._got(stage)

    def _origins(self) -> Mapping[CalicoProgram, str] | None:
        """Where the programs in the cache came from. None where there is no set, or, which is said, no whole one."""
        folder = self._folder
        if not folder.exists():
            return None
        try:
            record = json.loads((folder / _RECORD).read_text())
            damaged = [name for name, sha256 in record["sha256"].items() if not _is(folder / name, sha256)]
            origins = {CalicoProgram(name): origin for name, origin in record["origins"].items()}
        except (OSError, KeyError, AttributeError, ValueError) as error:
            self.progress.say(f"{folder} in the cache cannot be read ({error})")
            return None
        if damaged:
            self.progress.say(f"{folder} in the cache is damaged ({', '.join(damaged)})")
            return None
        return origins

    def _got(self, stage: Path) -> CalicoParts:
        """Everything is checked before it gets its place in the cache, to which it comes in one step."""
        entry = stage / "entry"
        with writing(self.sources.cache):
            (entry / CRDS).mkdir(parents=True)
        self._get_crds(entry / _CRDS_FILE)
        origins: dict[CalicoProgram, str] = {}
        for image, programs in _IMAGES.items():
            origins |= self._get_programs(image, programs, stage / "image.tar", entry)
        version = parts_in(entry, origins).version
        if version != CALICO_VERSION:
            raise ComponentError(
                f"got {', '.join(origins.values())}, but the programs in them say that they are {version}",
                next_step="see what answers in place of the registry, or hand in the programs by --components DIR",
            )
        self._store(entry, origins)
        return parts_in(self._folder, origins)

    def _get_programs(
        self, image: str, programs: Mapping[CalicoProgram, str], archive: Path, entry: Path
    ) -> Mapping[CalicoProgram, str]:
        """The programs of one image, and where each comes from."""
        name = f"{self.sources.calico_images}/{image}:v{CALICO_VERSION}"
        tools = ImageTools(self.sources.environ, self.sources.image_seconds, self.progress)
        saved = tools.save(name, archive)
        self.progress.say(f"{name} is {saved.digest}")
        with writing(self.sources.cache):
            extract(archive, {path: entry / program for program, path in programs.items()})
            for program in programs:
                (entry / program).chmod(0o755)
        return dict.fromkeys(programs, f"image {name}@{saved.digest}")

    def _get_crds(self, target: Path) -> None:
        sources = self.sources
        url = f"{sources.calico_sources}/v{CALICO_VERSION}/manifests/crds.yaml"
        downloads = Downloads(
            sources.environ, connect_seconds=sources.connect_seconds, stall_seconds=sources.stall_seconds
        )
        try:
            with self.progress.step(f"downloading {url}") as beat, writing(sources.cache):
                downloads.save(url, target, beat)
                actual = sha256_of(target)
        except NotAvailable as reason:
            raise ComponentError(
                f"tried to get Calico's CRDs from {url}",
                output=str(reason),
                next_step=f"hand in the programs and a folder {CRDS} by --components DIR",
            ) from reason
        if actual != sources.calico_crds_sha256:
            raise ComponentError(
                f"downloaded {url}, but its sha256 is wrong",
                output=f"pinned: {sources.calico_crds_sha256}\nof what came: {actual}",
                next_step="see what answers in its place, or hand in the programs by --components DIR",
            )

    def _store(self, entry: Path, origins: Mapping[CalicoProgram, str]) -> None:
        with writing(self.sources.cache):
            files = [*CalicoProgram, _CRDS_FILE]
            record = {"origins": dict(origins), "sha256": {name: sha256_of(entry / name) for name in files}}
            (entry / _RECORD).write_text(json.dumps(record, indent=2) + "\n")
            for name in (*files, _RECORD, CRDS, "."):
                flush(entry / name)
            self._folder.parent.mkdir(parents=True, exist_ok=True)
            shutil.rmtree(self._folder, ignore_errors=True)
            entry.rename(self._folder)

    @property
    def _folder(self) -> Path:
        name = f"{CALICO_VERSION}-linux-{self.sources.architecture}-images"
        return self.sources.cache.absolute() / "programs" / "calico-images" / name


def _is(file: Path, sha256: str) -> bool:
    return file.exists() and sha256_of(file) == sha256
