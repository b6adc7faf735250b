"""The register of labs that stand: one directory per lab in the state directory, locked by its supervisor.

The lock tells whether a lab is alive: the kernel gives it back however the supervisor ends, so an entry whose lock
is free is a leftover and is removed by whoever sees it first.
"""

import fcntl
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from pydantic import TypeAdapter

from lab.capsule.start import Capsule
from lab.errors import LabError, UsageError


class LabUse(StrEnum):
    """What a lab stands for: a run of scenarios, or the user's own by `svcproof up`."""

    RUN = "run"
    UP = "up"


@dataclass(frozen=True, slots=True)
class LabEntry:
    """A lab that stands. init_pid: its capsule's PID 1 as numbered here, 0 before that is started."""

    name: str
    use: LabUse
    profile: str
    directory: Path
    supervisor_pid: int
    init_pid: int = 0
    user_namespace: bool = True


_ENTRY = TypeAdapter(LabEntry)
_LOCK, _FACTS, _GUARD = "lock", "lab.json", "labs.lock"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def check_name(name: str) -> None:
    """UsageError for a name that cannot be a lab's: names are directories, which are emptied and removed."""
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"{name!r} cannot be the name of a lab",
            next_step="letters, digits, dots, hyphens and underscores; a letter or digit first",
        )


class Registration:
    """One's own entry, held while the lab stands."""

    def __init__(self, entry: LabEntry, home: Path) -> None:
        self._entry = entry
        self._home = home

    def started(self, capsule: Capsule) -> None:
        """Says how the capsule can be entered."""
        entry = self._entry
        self._entry = LabEntry(
            entry.name,
            entry.use,
            entry.profile,
            entry.directory,
            entry.supervisor_pid,
            capsule.init_pid,
            capsule.user_namespace,
        )
        self.write()

    def write(self) -> None:
        """Writes the entry, whole or not at all."""
        partial = self._home / f"{_FACTS}.partial"
        partial.write_bytes(_ENTRY.dump_json(self._entry, indent=1))
        partial.replace(self._home / _FACTS)


class Labs:
    """All labs of this user."""

    def __init__(self, state: Path) -> None:
        self._home = state / "labs"

    @contextmanager
    def register(self, name: str, use: LabUse, profile: str, directory: Path) -> Iterator[Registration]:
        """Holds an entry for the body. UsageError where another lab of this name stands."""
        check_name(name)
        home = self._home / name
        entry = Registration(LabEntry(name, use, profile, directory, os.getpid()), home)
        lock = self._take(name, home, entry)
        try:
            yield entry
        finally:
            shutil.rmtree(home, ignore_errors=True)
            os.close(lock)

    def _take(self, name: str, home: Path, entry: Registration) -> int:
        """Writes the entry, unless the name is taken; the lock by which it is known to be alive."""
        try:
            with self._guarded():
                self._look()  # Removes what an ended lab of this name left.
                home.mkdir(parents=True, exist_ok=True)
                lock = os.open(home / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
                if _try_lock(lock):
                    entry.write()
                    return lock
                os.close(lock)
        except OSError as error:
            raise LabError(
                f"cannot register the lab in {home}",
                output=str(error),
                next_step="another place, with SVCPROOF_STATE",
            ) from error
        raise UsageError(
            f"a lab named {name!r} stands already", next_step=f"svcproof down {name}, or another name"
        )

    def standing(self) -> tuple[LabEntry, ...]:
        """The labs that stand now; leftovers of ended ones are removed on the way."""
        if not self._home.is_dir():
            return ()
        with self._guarded():
            return self._look()

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        """Keeps others from looking while an entry is half made, and from making one while leftovers go."""
        self._home.mkdir(parents=True, exist_ok=True)
        guard = os.open(self._home.parent / _GUARD, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(guard, fcntl.LOCK_EX)
            yield
        finally:
            os.close(guard)

    def _look(self) -> tuple[LabEntry, ...]:
        entries = (self._alive(home) for home in sorted(self._home.iterdir()))
        return tuple(entry for entry in entries if entry is not None)

    def named(self, name: str) -> LabEntry:
        """The lab of this name; the only one that stands, where no name is given. UsageError otherwise."""
        standing = self.standing()
        found = [entry for entry in standing if not name or entry.name == name]
        if len(found) == 1:
            return found[0]
        known = ", ".join(entry.name for entry in standing) or "none stands"
        if name:
            raise UsageError(f"there is no lab named {name!r}", next_step=f"the labs: {known}")
        if standing:
            raise UsageError("several labs stand", next_step=f"--lab with one of: {known}")
        raise UsageError("no lab stands", next_step="svcproof up PROFILE")

    def _alive(self, home: Path) -> LabEntry | None:
        try:
            lock = os.open(home / _LOCK, os.O_RDWR | os.O_CLOEXEC)
        except FileNotFoundError:
            return None
        try:
            if _try_lock(lock):
                shutil.rmtree(home, ignore_errors=True)
                return None
            return _ENTRY.validate_json((home / _FACTS).read_bytes())
        except FileNotFoundError:
            return None  # It is just ending.
        finally:
            os.close(lock)


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
