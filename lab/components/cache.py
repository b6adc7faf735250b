"""The programs that were got before. An entry is whole or absent, and proven on each use."""

import json
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path

from lab.components.disk import flush, sha256_of, writing
from lab.components.program import Component, Origin, Program
from lab.components.progress import Progress

_RECORD = "origin.json"
_EXECUTABLE = 0o755


@dataclass(frozen=True, slots=True)
class Key:
    """What makes an entry the right one.

    variant: "release", or "built-" and a digest of all that went into the build.
    """

    program: Program
    version: str
    architecture: str
    variant: str

    @property
    def folder(self) -> Path:
        """Where the entry lies inside the cache."""
        return Path(self.program) / f"{self.version}-linux-{self.architecture}-{self.variant}"


@dataclass(frozen=True, slots=True)
class _Record:
    """What is noted beside an executable. source: a URL, or the package and the Go."""

    origin: Origin
    version: str
    sha256: str
    source: str


@dataclass(frozen=True, slots=True)
class Cache:
    """The entries under one directory."""

    root: Path

    def find(self, key: Key, progress: Progress) -> Component | None:
        """Return the entry if it is there and its sha256 is the noted one."""
        folder = self.root / "programs" / key.folder
        path = folder / key.program
        try:
            record = _Record(**json.loads((folder / _RECORD).read_text()))
            if sha256_of(path) == record.sha256:
                origin = Origin(record.origin)
                return Component(key.program, record.version, path, record.sha256, origin)
        except FileNotFoundError:
            return None
        except (OSError, TypeError, ValueError) as error:
            progress.say(f"{folder} in the cache cannot be read ({error})")
            return None
        progress.say(f"{path} in the cache is damaged: getting {key.program} again")
        return None

    def store(self, key: Key, made: Path, origin: Origin, source: str) -> Component:
        """Take a finished, checked executable over into the cache.

        made: a file in a staging directory of this cache; it is moved away.
        """
        folder = self.root / "programs" / key.folder
        with writing(self.root):
            record = _Record(origin, key.version, sha256_of(made), source)
            entry = made.with_name(f"{made.name}.entry")
            entry.mkdir()
            note = entry / _RECORD
            note.write_text(json.dumps(asdict(record), indent=2) + "\n")
            path = made.rename(entry / key.program)
            path.chmod(_EXECUTABLE)
            for written in (note, path, entry):
                flush(written)
            folder.parent.mkdir(parents=True, exist_ok=True)
            shutil.rmtree(folder, ignore_errors=True)
            entry.rename(folder)
        return Component(key.program, key.version, folder / key.program, record.sha256, origin)
