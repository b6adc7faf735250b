"""What a sabotage found, as sabotage.json holds it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from conformance.results import ResultsError
from lab.api import LabRecord
from svcproof.sabotage.fault import Kind

SCHEMA_VERSION = 2
RESULTS_FILE = "sabotage.json"


class Fate(StrEnum):
    """What became of a fault.

    NOT_TESTABLE: the lab itself could not observe a claim while the fault lasted, which shows, but proves nothing.
    HARMLESS: nothing noticed a fault that nothing may notice. ALARMED: something noticed such a fault.
    REFUSED: the kernel or its tool did not take the fault, so that nobody can suffer it.
    """

    NOTICED = "noticed"
    SURVIVED = "survived"
    NOT_TESTABLE = "not testable"
    HARMLESS = "harmless"
    ALARMED = "alarmed"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Notice:
    """A claim that saw the fault: what it expected, and what it observed (or why the lab could not tell).

    lost: whether probes were lost as their sentinels were. again: what such a claim observed without the fault directly
    behind it, where that was not as expected either: then it has noticed nothing. sentinels: those that were lost, with
    where each was seen last.
    """

    claim: str
    expected: str
    observed: str
    lost: bool = False
    again: str = ""
    sentinels: tuple[str, ...] = ()

    def __str__(self) -> str:
        """What was observed, with the fault and, where it tells, without; and how far a sentinel came that was lost."""
        more = f" and {len(self.sentinels) - 1} more" if len(self.sentinels) > 1 else ""
        lost = f"; lost: {self.sentinels[0]}{more}" if self.sentinels else ""
        again = f"; and without the fault: {self.again}" if self.again else ""
        return f"{self.observed}{lost}{again}"


@dataclass(frozen=True, slots=True)
class Difference:
    """A flow that no claim names, whose outcome a fault changed: a claim to be written."""

    flow: str
    sound: str
    broken: str


@dataclass(frozen=True, slots=True)
class Equivalence:
    """What packets say of a survivor: how many flows were sent with and without it, and those that differed."""

    flows: int
    differences: tuple[Difference, ...]

    @property
    def is_shown(self) -> bool:
        """Whether packets show that the fault changes nothing. Where none could be compared, they show nothing."""
        return self.flows > 0 and not self.differences

    def __str__(self) -> str:
        """What was compared, and what came of it."""
        if not self.flows:
            return "no flow could be compared with and without it: packets say nothing of it"
        return f"{self.flows} flows were sent with and without it: {len(self.differences)} differed"


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultResult:
    """One fault of a run.

    where, entry, becomes, nodes: of a fault of the rules, as it stood in them. when: the circumstances in which it
    was made last.
    judged: how many claims were asked. told: of one of two opposites, the claims given Services that were asked about
    it and could tell. quiet, untold: of a fault beside the rules that every claim was asked about, those that could
    tell and noticed nothing, and those that could not tell, with what they observed. recorded: why this fault survives,
    as far as that is on record; owed: the claim that would notice it.
    twin: of a survivor, the same fault in the same rule of another Service, which was noticed. unsettled: of a
    survivor, what there was no time for, so that it may yet be noticed, or change nothing.
    uncaptured: how many packets the captures lost while it was tried: what was not seen of it is in doubt then.
    """

    name: str
    kind: Kind
    fate: Fate
    service: str = ""
    where: str = ""
    entry: str = ""
    becomes: tuple[str, ...] = ()
    nodes: tuple[str, ...] = ()
    when: str = ""
    judged: int = 0
    told: tuple[str, ...] = ()
    quiet: tuple[str, ...] = ()
    untold: tuple[Notice, ...] = ()
    notices: tuple[Notice, ...] = ()
    recorded: str = ""
    owed: str = ""
    twin: str = ""
    equivalence: Equivalence | None = None
    unsettled: str = ""
    error: str = ""
    seconds: float = 0.0
    uncaptured: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sabotage:
    """A whole sabotage.

    known: how many faults there were to choose from. baseline: claims that were not as expected before the faults of
    their round, with what was seen; none of them was asked about a fault. behind: claims that had noticed faults, and
    were not as expected behind those of a round, without any: what they noticed is in doubt. (Up to version 1 both are
    in baseline, the latter with ", behind the faults" behind their ids.) budget: seconds, nothing for the whole set.
    fault_seconds: what the faults of the rules took together; settling_seconds: what it took to settle survivors.
    listed: the names of all faults, where only these were asked for.
    asked: about how many faults each claim was asked and could tell, by its id. could_not_tell: about how many it was
    asked and could not: the lab did not answer itself, or nothing proved the silence that it expects. (Files without
    that count both in asked.) not_asked: the claims that cannot be asked, with why.
    """

    schema_version: int = SCHEMA_VERSION
    svcproof: str
    run_id: str
    profile: str
    command: str
    started: datetime
    finished: datetime
    seed: int
    budget: float | None
    known: int
    claims: int
    baseline: Mapping[str, str]
    lab: LabRecord
    faults: tuple[FaultResult, ...]
    behind: Mapping[str, str] = field(default_factory=dict)
    interrupted: bool = False
    fault_seconds: float = 0.0
    settling_seconds: float = 0.0
    listed: tuple[str, ...] = ()
    asked: Mapping[str, int] = field(default_factory=dict)
    could_not_tell: Mapping[str, int] = field(default_factory=dict)
    not_asked: Mapping[str, str] = field(default_factory=dict)


_ADAPTER = TypeAdapter(Sabotage)


def write_sabotage(sabotage: Sabotage, path: Path) -> None:
    """Writes sabotage.json, whole or not at all."""
    partial = path.with_name(path.name + ".partial")
    partial.write_bytes(_ADAPTER.dump_json(sabotage, indent=1) + b"\n")
    partial.replace(path)


def read_sabotage(path: Path) -> Sabotage:
    """Reads what write_sabotage wrote. ResultsError where it is not that, or of a later version."""
    try:
        found = _ADAPTER.validate_json(path.read_bytes())
    except ValidationError as error:
        raise ResultsError(f"{path} is not the file of a sabotage that this svcproof reads") from error
    if found.schema_version > SCHEMA_VERSION:
        raise ResultsError(
            f"{path} has schema version {found.schema_version}; this svcproof reads 1 to {SCHEMA_VERSION}"
        )
    return found
