"""What a run found, as results.json holds it. docs/results.md describes the schema for readers of the file."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cache
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from conformance.outcome import Outcome
from conformance.tier import Tier
from lab.api import LabRecord, Rule

SCHEMA_VERSION = 3
"""2 added evidence, the catalogue of a run, an outcome Strayed; 3 an outcome Lost, the verdict `not supported`.

Earlier files are read as having none.
"""


class Verdict(StrEnum):
    """What a claim came to. UNSTABLE observations are FAIL: they equal no expectation.

    NOT_SUPPORTED: this machine, its kernel or the profile lacks what the claim needs; nothing of it broke.
    """

    PASS = "pass"  # noqa: S105 - a verdict, not a password
    FAIL = "fail"
    KNOWN_DIFFERENCE = "known difference"
    STALE_DIFFERENCE = "stale difference"
    LAB_ERROR = "lab error"
    NOT_SUPPORTED = "not supported"
    NOT_RUN = "not run"


@dataclass(frozen=True, slots=True)
class Requirement:
    """A documented behaviour. sentence: what a reader can hold the data plane to; source: where it is written."""

    id: str
    family: str
    sentence: str
    source: str
    tier: Tier


@dataclass(frozen=True, slots=True)
class Step:
    """One sighting on the way of a packet, ready to be read: addresses as `ip:port`.

    time_us: microseconds since the first sighting of the same probe.
    """

    time_us: int
    place: str
    interface: str
    direction: str
    part: str
    packet: str
    source: str
    destination: str
    ttl: int
    tunnel: str = ""


@dataclass(frozen=True, slots=True)
class Way:
    """The way of one probe that stands for all with the same outcome. summary: scapy's own words for the probe."""

    outcome: str
    probes: int
    summary: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Batch:
    """How many probes a verdict rests on, and why so many.

    false_alarm: the chance, per claim, that a sound data plane leaves some endpoint unseen.
    counts: probes by where they arrived or what became of them.
    """

    size: int
    false_alarm: float
    reason: str
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class FlowRecord:
    """A flow in words and in addresses. address is empty where the flow never came to be sent."""

    sender: str
    target: str
    transport: str
    via: str
    address: str


@dataclass(frozen=True, slots=True)
class DifferenceRecord:
    """Why a claim is known to be answered otherwise. kind: `documented` or `upstream bug`."""

    kind: str
    reason: str
    link: str
    since: str
    until: str


@dataclass(frozen=True, slots=True)
class Convergence:
    """How long a node took to follow a change: seconds from the API's answer to the end of the old behaviour."""

    node: str
    seconds: float


@dataclass(frozen=True, slots=True)
class NodeEvidence:
    """What a node that decided the fate of probes held of the claim's Service, and of the probes that are drawn."""

    node: str
    rules: tuple[Rule, ...]
    conntrack: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PassedRule:
    """A rule that the kernel says a probe passed. text: the rule; empty for a chain's policy.

    service, endpoint: what kube-proxy wrote it for, as far as it says so.
    """

    node: str
    table: str
    chain: str
    handle: int
    verdict: str
    text: str
    service: str
    endpoint: str


@dataclass(frozen=True, slots=True)
class KernelTrace:
    """One further probe, never judged, with what the kernels of the nodes say of it."""

    way: Way
    rules: tuple[PassedRule, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimResult:
    """One claim of one run.

    id: `requirement.claim`, stable between runs. expected: what the documentation asks for; instead: what a known
    difference says is observed in its place. observed is None where nothing was.
    manifests: the Service and its EndpointSlices as the API had them, as YAML. evidence_error: why evidence is missing.
    bundle: the directory with all evidence of a claim that failed, beside the results file.
    """

    id: str
    requirement: Requirement
    claim: str
    scenario: str
    verdict: Verdict
    flow: FlowRecord
    expected: Outcome
    expected_text: str
    instead: Outcome | None = None
    observed: Outcome | None = None
    observed_text: str = ""
    difference: DifferenceRecord | None = None
    batch: Batch | None = None
    ways: tuple[Way, ...] = ()
    convergence: tuple[Convergence, ...] = ()
    error: str = ""
    seconds: float = 0.0
    worker: str = ""
    nodes: tuple[NodeEvidence, ...] = ()
    manifests: str = ""
    trace: KernelTrace | None = None
    evidence_error: str = ""
    bundle: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A whole run. exit_code: 0 as documented, 1 differs, 3 lab error or nothing observed, 130 interrupted.

    catalogue: every requirement that there was, selected or not.
    """

    schema_version: int = SCHEMA_VERSION
    svcproof: str
    run_id: str
    profile: str
    command: str
    started: datetime
    finished: datetime
    seed: int
    exit_code: int
    interrupted: bool
    labs: tuple[LabRecord, ...]
    claims: tuple[ClaimResult, ...]
    errors: tuple[str, ...] = field(default=())
    catalogue: tuple[Requirement, ...] = field(default=())


class ResultsError(ValueError):
    """A file is not a results file, or is one of a later schema version."""


@dataclass(frozen=True, slots=True)
class _Head:
    """What is read first: another version may differ in everything else."""

    schema_version: int


# Made when they are first needed: that takes a tenth of a second, and most who import this write and read nothing.
@cache
def _head() -> TypeAdapter[_Head]:
    return TypeAdapter(_Head)


@cache
def _run() -> TypeAdapter[Run]:
    return TypeAdapter(Run)


@cache
def _claim() -> TypeAdapter[ClaimResult]:
    return TypeAdapter(ClaimResult)


@cache
def _lab() -> TypeAdapter[LabRecord]:
    return TypeAdapter(LabRecord)


def write_results(run: Run, path: Path) -> None:
    """Writes results.json, whole or not at all."""
    partial = path.with_name(path.name + ".partial")
    try:
        partial.write_bytes(_run().dump_json(run, indent=1) + b"\n")
        partial.replace(path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise


def read_results(path: Path) -> Run:
    """Reads results.json. ResultsError says what is wrong with it; OSError where it cannot be read."""
    content = path.read_bytes()
    try:
        version = _head().validate_json(content).schema_version
        if 1 <= version <= SCHEMA_VERSION:
            return _run().validate_json(content)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise ResultsError(f"{path} is not a results file: {where}: {first['msg']}") from error
    raise ResultsError(f"{path} has schema version {version}; this svcproof reads 1 to {SCHEMA_VERSION}")


def claim_json(claim: ClaimResult) -> str:
    """A claim as one line of JSON, for the way from an xdist worker to the controller."""
    return _claim().dump_json(claim).decode()


def claim_from_json(text: str) -> ClaimResult:
    """The inverse of claim_json."""
    return _claim().validate_json(text)


def lab_json(record: LabRecord) -> str:
    """A lab as one line of JSON, for the way from an xdist worker to the controller."""
    return _lab().dump_json(record).decode()


def lab_from_json(text: str) -> LabRecord:
    """The inverse of lab_json."""
    return _lab().validate_json(text)
