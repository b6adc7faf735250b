"""An image as `docker save` writes it: files out of its layers, found through links as a container would find them."""

import json
import posixpath
import shutil
import tarfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from lab.errors import ComponentError

_MANIFEST = "manifest.json"
_REMOVED, _EMPTIED = ".wh.", ".wh..wh..opq"
"""Marks in a layer: a name of a lower layer is gone, or all that lower layers have in this directory.

Source: https://github.com/opencontainers/image-spec/blob/v1.1.1/layer.md#whiteouts
"""
_MOST_LINKS = 100


@dataclass(frozen=True, slots=True)
class _Entry:
    """A file, directory or link. layer: the member of the archive that it is in."""

    layer: str
    info: tarfile.TarInfo


def extract(archive: Path, wanted: Mapping[str, Path]) -> None:
    """Writes files of the image, each by its path in it. ComponentError where it lacks one, or is no image."""
    try:
        with tarfile.open(archive) as image:
            tree = _tree(image)
            for path, target in wanted.items():
                _write(image, tree, path, target)
    except (KeyError, EOFError, ValueError, zlib.error, tarfile.TarError) as error:
        raise ComponentError(
            f"looked for {', '.join(wanted)} in the image saved as {archive.name}",
            output=str(error).strip("'\""),
            next_step="see what the registry has under this name, or hand in the programs by --components DIR",
        ) from error


def _write(image: tarfile.TarFile, tree: Mapping[str, _Entry], path: str, target: Path) -> None:
    found = tree.get(_followed(path, tree))
    if found is None or not found.info.isfile():
        raise KeyError(f"{path} is not in it")
    with (
        _opened(image, found.layer) as layer,
        _content(layer, found.info) as source,
        target.open("wb") as file,
    ):
        shutil.copyfileobj(source, file)


def _tree(image: tarfile.TarFile) -> Mapping[str, _Entry]:
    """What a container would see, by path: a later layer hides what is below it."""
    tree: dict[str, _Entry] = {}
    for layer in _layers(image):
        with _opened(image, layer) as files:
            added = {posixpath.normpath(f"/{info.name}").lstrip("/"): info for info in files}
        hidden = [path for path in added if posixpath.basename(path).startswith(_REMOVED)]
        for path in hidden:
            _hide(tree, path)
            del added[path]
        tree |= {path: _Entry(layer, info) for path, info in added.items()}
    return tree


def _layers(image: tarfile.TarFile) -> list[str]:
    """The members that are layers, the lowest first."""
    with _content(image, image.getmember(_MANIFEST)) as file:
        listed = json.load(file)
    match listed:
        case [{"Layers": [*layers]}]:
            return [str(layer) for layer in layers]
        case _:
            raise ValueError(f"its {_MANIFEST} does not list the layers of one image")


def _hide(tree: dict[str, _Entry], mark: str) -> None:
    folder, name = posixpath.split(mark)
    gone = folder if name == _EMPTIED else posixpath.join(folder, name.removeprefix(_REMOVED))
    for path in [each for each in tree if f"{each}/".startswith(f"{gone}/")]:
        if name != _EMPTIED or path != gone:
            del tree[path]


def _followed(path: str, tree: Mapping[str, _Entry]) -> str:
    """The path without links on its way or at its end."""
    done, left = "", path.split("/")
    for _ in range(_MOST_LINKS):
        if not left:
            return done
        here = posixpath.normpath(posixpath.join("/", done, left.pop(0))).lstrip("/")
        entry = tree.get(here)
        if entry is None or not (entry.info.issym() or entry.info.islnk()):
            done = here
            continue
        target = entry.info.linkname
        # A hard link names its file from the root; a symbolic one may do so.
        done = "" if entry.info.islnk() or target.startswith("/") else posixpath.dirname(here)
        left = [*target.split("/"), *left]
    raise ValueError(f"{path} is a link to itself")


@contextmanager
def _opened(image: tarfile.TarFile, layer: str) -> Iterator[tarfile.TarFile]:
    """A layer, packed or not."""
    with _content(image, image.getmember(layer)) as file, tarfile.open(fileobj=file) as opened:
        yield opened


def _content(archive: tarfile.TarFile, info: tarfile.TarInfo) -> IO[bytes]:
    content = archive.extractfile(info)
    if content is None:
        raise ValueError(f"{info.name} is not a file")
    return content
