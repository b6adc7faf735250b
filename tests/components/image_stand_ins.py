"""Images as tools save them, and stand-ins for these tools: they note how they were called, and save what is there."""

import gzip
import io
import json
import tarfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lab.components.image_tools import ImageTool
from tests.components.fakes import StandIns, write_executable

DIGESTS = {"node": f"sha256:{'a' * 64}", "cni": f"sha256:{'b' * 64}"}


@dataclass(frozen=True, slots=True)
class Link:
    """A link in a layer. hard: to a path from the root; else to what a symbolic link may name."""

    target: str
    hard: bool = False


Layer = Mapping[str, str | Link]
"""Files by their path: a text, or a link."""


def layer_of(files: Layer) -> bytes:
    """A layer as a tar."""
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode="w") as tar:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            if isinstance(content, Link):
                entry.type = tarfile.LNKTYPE if content.hard else tarfile.SYMTYPE
                entry.linkname = content.target
                tar.addfile(entry)
            else:
                entry.size = len(content.encode())
                tar.addfile(entry, io.BytesIO(content.encode()))
    return whole.getvalue()


def saved_image(layers: Sequence[Layer], *, packed: bool = False) -> bytes:
    """An image as `docker save` writes it. packed: the layers are gzipped, as nerdctl leaves them."""
    blobs = [layer_of(layer) for layer in layers]
    named = {f"blobs/{number}": gzip.compress(blob) if packed else blob for number, blob in enumerate(blobs)}
    manifest = json.dumps([{"Config": "config", "RepoTags": [], "Layers": list(named)}]).encode()
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode="w") as tar:
        for name, content in {**named, "manifest.json": manifest}.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return whole.getvalue()


@dataclass(frozen=True, slots=True)
class ImageStandIns(StandIns):
    """Tools, and the images that they find in the registry. Of a call they note their name and the arguments."""

    def publish(self, name: str, *layers: Layer) -> None:
        """Has an image in the registry."""
        self.directory.mkdir(exist_ok=True)
        (self.directory / f"{name}.tar").write_bytes(saved_image(layers))

    def install(self, tool: ImageTool, instead: str = "") -> None:
        """Puts a tool there. instead: shell commands in place of what it does."""
        self.directory.mkdir(exist_ok=True)
        does = instead or (self._skopeo() if tool is ImageTool.SKOPEO else self._engine())
        noted = f'PATH=/usr/bin:/bin\necho "{tool} $*" >> {self.directory}/calls\n'
        write_executable(self.path / tool, f"#!/bin/sh\n{noted}{does}\n")

    def _skopeo(self) -> str:
        return f"""
[ "$1" = --insecure-policy ] && shift
case "$*" in *cni[:@]*) image=cni digest={DIGESTS["cni"]} ;; *) image=node digest={DIGESTS["node"]} ;; esac
case "$1" in
inspect) echo $digest ;;
copy) target=${{4#docker-archive:}}; cp {self.directory}/$image.tar "${{target%%:*}}" ;;
esac
"""

    def _engine(self) -> str:
        return f"""
case "$*" in *cni:*) image=cni digest={DIGESTS["cni"]} ;; *) image=node digest={DIGESTS["node"]} ;; esac
case "$1" in
image) echo "[\\"mirror.invalid/calico/$image@sha256:{"0" * 64}\\",\\"registry.invalid/calico/$image@$digest\\"]" ;;
save) cp {self.directory}/$image.tar "$3" ;;
esac
"""
