"""The evidence of a claim that failed, as files beside the results: packets for Wireshark, what every node holds."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

from conformance.results import ClaimResult, KernelTrace
from lab.api import Inspectable, Rule
from lab.model import NODES, Direction, Trace
from lab.traffic.pcapng import Captured, pcapng
from reports.anchor import anchor

EVIDENCE = "evidence"
PACKETS_FILE = "packets.pcapng"


def keep_evidence(run: Path, result: ClaimResult, traces: Sequence[Trace], cluster: Inspectable) -> str:
    """Writes what there is, and returns where, relative to the run."""
    place = keep_packets(run, result, traces)
    directory = run / place
    for node in NODES:
        (directory / f"rules-{node}.txt").write_text(rules_text(cluster.rules(node, fresh=True)))
        tracked = "".join(f"{line}\n" for line in cluster.connections(node))
        (directory / f"conntrack-{node}.txt").write_text(tracked)
    if result.manifests:
        (directory / "manifests.yaml").write_text(result.manifests)
    if result.trace is not None:
        (directory / "trace.txt").write_text(trace_text(result.trace))
    return place


def keep_packets(run: Path, result: ClaimResult, traces: Sequence[Trace]) -> str:
    """Writes the packets alone, which can be had also where the lab is broken; returns where, relative to the run."""
    place = Path(EVIDENCE) / anchor(result.id).replace("/", "-")
    (run / place).mkdir(parents=True, exist_ok=True)
    (run / place / PACKETS_FILE).write_bytes(pcapng(list(captured(traces))))
    return str(place)


def captured(traces: Sequence[Trace]) -> Iterator[Captured]:
    """The packets of these traces. What a node's own programs got has no bytes of its own."""
    for number, trace in enumerate(traces, start=1):
        for sighting in trace.sightings:
            if sighting.packet:
                yield Captured(
                    sighting.time_ns,
                    sighting.place,
                    sighting.interface,
                    sighting.direction is Direction.OUT,
                    sighting.packet,
                    f"{sighting.part} of probe {number}, mark {trace.probe.mark:#x}",
                )


def rules_text(rules: Sequence[Rule]) -> str:
    """Rules under their chains, each with its handle."""
    lines = []
    for (table, chain), group in groupby(rules, key=lambda rule: (rule.table, rule.chain)):
        lines.append(f"{table}, {chain}")
        lines += [f"{rule.handle or '':>6}  {rule.text}" for rule in group]
    return "".join(f"{line}\n" for line in lines)


def trace_text(trace: KernelTrace) -> str:
    """The kernel's own account, a line for each rule."""
    lines = [f"one further probe or request, not judged: {trace.way.outcome}"]
    for rule in trace.rules:
        owner = f"  [{rule.service}{f' -> {rule.endpoint}' if rule.endpoint else ''}]" if rule.service else ""
        lines.append(
            f"{rule.node}  {rule.table} {rule.chain} {rule.handle or ''}  {rule.verdict}  {rule.text}{owner}"
        )
    return "".join(f"{line}\n" for line in lines)
