"""Packets that a lab captured once (iptables, flannel with VXLAN), and the traces that they make.

Each file in `stored` is one flow: the probes as they were sent, and every frame that the captures held until the
probes were accounted for: place, interface, direction, nanoseconds since the first, bytes from the IP header on.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, TypeAdapter

from lab.model import Direction, Facts, Headers, Place, Probe, Sighting, Trace
from lab.traffic.decode import Known, decode
from lab.traffic.trace import traces

STORED = Path(__file__).parent / "stored"
RECORDINGS = tuple(sorted(path.stem for path in STORED.glob("*.json") if path.stem != "lab"))

Hex = Annotated[bytes, BeforeValidator(bytes.fromhex)]


@dataclass(frozen=True, slots=True)
class _SentProbe:
    mark: int
    sender: Place
    headers: Headers
    packet: Hex
    local_error: int | None


@dataclass(frozen=True, slots=True)
class _Document:
    about: str
    probes: list[_SentProbe]
    fragments: dict[int, int]
    frames: list[tuple[Place, str, Direction, int, Hex]]


@dataclass(frozen=True, slots=True)
class StoredFrame:
    """One captured packet."""

    place: Place
    interface: str
    direction: Direction
    time_ns: int
    packet: bytes


@dataclass(frozen=True, slots=True)
class Recording:
    """One flow. frames: in the order in which the captures gave them, which is not that of time."""

    about: str
    probes: tuple[Probe, ...]
    known: Known
    frames: tuple[StoredFrame, ...]


@cache
def recording(name: str) -> Recording:
    """The recording of this name."""
    read = TypeAdapter(_Document).validate_json((STORED / f"{name}.json").read_bytes())
    return Recording(
        about=read.about,
        probes=tuple(
            Probe(each.mark, each.sender, each.headers, each.packet, each.local_error) for each in read.probes
        ),
        known=Known(frozenset(each.mark for each in read.probes), read.fragments),
        frames=tuple(StoredFrame(*frame) for frame in read.frames),
    )


@cache
def lab_facts() -> Facts:
    """The addresses of the lab that was recorded."""
    return TypeAdapter(Facts).validate_json((STORED / "lab.json").read_bytes())


def sightings(of: Recording) -> Iterator[tuple[int, Sighting]]:
    """What the frames tell of the probes: mark and sighting."""
    for frame in of.frames:
        found = decode(frame.packet, of.known)
        if found is None or (frame.direction is Direction.LOCAL and found.tunnel is not None):
            continue
        yield (
            found.mark,
            Sighting(
                frame.time_ns,
                frame.place,
                frame.interface,
                frame.direction,
                found.part,
                found.headers,
                found.tunnel,
                found.refusal,
            ),
        )


def replay(name: str) -> Sequence[Trace]:
    """The traces that the stored frames of a recording make."""
    stored = recording(name)
    return traces(sightings(stored), {probe.mark: probe for probe in stored.probes})


def replay_one(name: str) -> Trace:
    """The trace of a recording that has a single probe."""
    [trace] = replay(name)
    return trace
