"""Writing to the cache: one run at a time, and clear words when the disk refuses."""

import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lab.components.progress import Progress
from lab.errors import ComponentError


def sha256_of(path: Path) -> str:
    """Return the sha256 of a file in hexadecimal: 0.1 s for 100 MB."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def flush(path: Path) -> None:
    """Wait until the disk has a file or a directory, so that a power cut leaves no empty one."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def writing(cache: Path) -> Iterator[None]:
    """Turn what the operating system says while the cache is written into a ComponentError."""
    try:
        yield
    except OSError as error:
        raise ComponentError(
            f"tried to write to the cache {cache}",
            output=str(error),
            next_step="free space there or make it writable, or name another directory by SVCPROOF_CACHE",
        ) from error


@contextmanager
def lock(cache: Path, name: str, progress: Progress) -> Iterator[None]:
    """Hold a lock that one run at a time can have; it ends with this process at the latest."""
    with writing(cache):
        path = cache / "locks" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("w")
    with file:
        with writing(cache):
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                with progress.step(f"another run is getting {name}; waiting for it"):
                    fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextmanager
def staging(cache: Path, name: str) -> Iterator[Path]:
    """Make an empty directory inside the cache and take it away again.

    To be used under the lock of the same name: what a killed run left behind goes first.
    """
    path = cache / "staging" / name
    with writing(cache):
        shutil.rmtree(path, ignore_errors=True)
        path.mkdir(parents=True)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)
