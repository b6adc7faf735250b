"""What stands, as text and as JSON: `svcproof labs` and `svcproof status`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from pydantic import TypeAdapter

from conformance.exit_codes import NOT_TESTED
from lab.api import LabRecord
from lab.errors import LabError
from svcproof.labs import LabEntry, LabUse

TROUBLE_FILE = "trouble.txt"


@dataclass(frozen=True, slots=True)
class StandingFacts:
    """A standing lab as it described itself when it was up. places: primary address by name."""

    record: LabRecord
    places: Mapping[str, str]

    FILE: ClassVar[str] = "standing.json"


@dataclass(frozen=True, slots=True)
class Status:
    """What `status --json` prints. trouble: why the lab is no longer sound, if so."""

    lab: LabEntry
    facts: StandingFacts | None
    trouble: str


_FACTS = TypeAdapter(StandingFacts)
_STATUS = TypeAdapter(Status)
_ENTRIES = TypeAdapter(tuple[LabEntry, ...])


def write_facts(facts: StandingFacts, directory: Path) -> None:
    """Writes standing.json, whole or not at all: its appearance says that the lab is up."""
    partial = directory / f"{StandingFacts.FILE}.partial"
    partial.write_bytes(_FACTS.dump_json(facts, indent=1))
    partial.replace(directory / StandingFacts.FILE)


def labs_text(entries: Sequence[LabEntry]) -> str:
    """One line per lab."""
    if not entries:
        return "no lab stands"
    width = max(len(entry.name) for entry in entries)
    return "\n".join(
        f"{entry.name:{width}}  {entry.profile}  {'yours, by `up`' if entry.use is LabUse.UP else 'of a run'}"
        f"  process {entry.supervisor_pid}"
        for entry in entries
    )


def labs_json(entries: Sequence[LabEntry]) -> str:
    """The entries as a JSON list."""
    return _ENTRIES.dump_json(tuple(entries), indent=1).decode()


def status(entry: LabEntry, *, as_json: bool) -> int:
    """Prints a lab's places, programs and health; 3 where a program of it has ended."""
    if entry.use is LabUse.RUN:
        raise LabError(
            f"{entry.name} is the lab of a run that is under way",
            next_step=f"its logs are in {entry.directory / 'logs'}; places bear the worker's name: gw0.worker-a",
        )
    facts_file, trouble_file = entry.directory / StandingFacts.FILE, entry.directory / TROUBLE_FILE
    facts = _FACTS.validate_json(facts_file.read_bytes()) if facts_file.exists() else None
    trouble = trouble_file.read_text() if trouble_file.exists() else ""
    found = Status(entry, facts, trouble)
    print(_STATUS.dump_json(found, indent=1).decode() if as_json else "\n".join(_lines(found)))
    return NOT_TESTED if trouble else 0


def _lines(found: Status) -> list[str]:
    lines = [f"{found.lab.name}: {found.lab.profile}, process {found.lab.supervisor_pid}"]
    if found.trouble:
        lines += ["no longer sound:", found.trouble]
    if found.facts is None:
        return [*lines, "coming up"]
    record = found.facts.record
    lines += [f"Kubernetes {record.kubernetes}, {record.network}, {record.kernel}", "places:"]
    lines += [f"  {place:12} {address}" for place, address in found.facts.places.items()]
    lines += ["programs:"]
    lines += [f"  {each.name:24} {each.version:10} {each.origin}" for each in record.programs]
    return [*lines, f"logs: {found.lab.directory / 'logs'}"]
