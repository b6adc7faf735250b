"""Packets as they were sent and as they were seen."""

import errno
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import IPv4Address

from lab.model.flow import Transport
from lab.model.place import Place, PlaceKind


class Direction(StrEnum):
    """Relative to the place: in at an interface, out of it, or handed to the place's own programs.

    LOCAL is captured on nodes only, behind every translation; at an interface a node's own traffic still bears
    the addresses of the wire.
    """

    IN = "in"
    OUT = "out"
    LOCAL = "local"


class Part(StrEnum):
    """What a captured packet is to the probe whose mark it carries."""

    PROBE = "probe"
    REPLY = "reply"
    REFUSAL = "refusal"


class Refusal(StrEnum):
    """How a probe was refused. The ICMP members are those of RFC 792 and RFC 1812, type 3."""

    TCP_RESET = "TCP RST"
    NET_UNREACHABLE = "ICMP net unreachable"
    HOST_UNREACHABLE = "ICMP host unreachable"
    PROTOCOL_UNREACHABLE = "ICMP protocol unreachable"
    PORT_UNREACHABLE = "ICMP port unreachable"
    ADMIN_PROHIBITED = "ICMP administratively prohibited"
    SCTP_ABORT = "SCTP ABORT"
    OTHER = "ICMP, another error"


@dataclass(frozen=True, slots=True)
class Headers:
    """The addresses of one packet. Ports are 0 where the transport has none (ICMP, later fragments)."""

    source: IPv4Address
    source_port: int
    destination: IPv4Address
    destination_port: int
    transport: Transport
    ttl: int

    def __str__(self) -> str:
        """From where to where: `172.18.0.100:36152 > 10.244.2.2:8080`."""
        ends = ((self.source, self.source_port), (self.destination, self.destination_port))
        return " > ".join(f"{address}:{port}" if port else str(address) for address, port in ends)


@dataclass(frozen=True, slots=True)
class Tunnel:
    """The outer addresses of an encapsulated packet. in_pieces: the outer packet was the first of several fragments."""

    kind: str
    source: IPv4Address
    destination: IPv4Address
    in_pieces: bool = False

    def __str__(self) -> str:
        """As a reader says it: `vxlan 172.18.0.11 > 172.18.0.12`."""
        return f"{self.kind} {self.source} > {self.destination}{', in pieces' if self.in_pieces else ''}"


@dataclass(frozen=True, slots=True)
class Sighting:
    """One packet at one interface at one time.

    time_ns: the kernel's receive stamp, nanoseconds since the epoch.
    refusal: how, for a REFUSAL. headers are then those of the error itself, not those that it quotes.
    packet: the bytes, from the IP header on, as far as the capture kept them; for a dump, never for judging.
    """

    time_ns: int
    place: Place
    interface: str
    direction: Direction
    part: Part
    headers: Headers
    tunnel: Tunnel | None = None
    refusal: Refusal | None = None
    packet: bytes = field(default=b"", compare=False, repr=False)

    def reached(self, place: Place) -> bool:
        """Whether the programs of this place got the packet, as they would see it."""
        last = Direction.LOCAL if place.kind is PlaceKind.NODE else Direction.IN
        return self.place is place and self.direction is last


@dataclass(frozen=True, slots=True)
class Probe:
    """A packet that was made and handed to the kernel at `sender`.

    mark: 32 bits that survive every translation. packet: the bytes handed over, from the IP header on; of data on a
    connection as crafted, without the numbers that the kernel gives it.
    local_error: the errno that the kernel answered the send with.
    request: what was asked over a connection of the sender's kernel; there is no packet of ours then.
    on_connection: whether it is data on an open connection of the sender's kernel, which sends it when it can.
    is_stray: whether it was crafted as a segment of a connection, of which its numbers are not.
    """

    mark: int
    sender: Place
    headers: Headers
    packet: bytes = b""
    local_error: int | None = None
    request: bytes = b""
    on_connection: bool = False
    is_stray: bool = False


@dataclass(frozen=True, slots=True)
class LostSentinel:
    """A sentinel that was not answered. last: where it, or what came back for it, was seen last; None for nowhere."""

    probe: Probe
    last: Sighting | None

    def __str__(self) -> str:
        """Its way, and how far it came: `UDP from client, 172.18.0.100:33000 > 10.244.2.2:8080: last seen at ...`."""
        way = f"{self.probe.headers.transport} from {self.probe.sender}, {self.probe.headers}"
        refused, last = self.probe.local_error, self.last
        if refused is not None:
            name = errno.errorcode.get(refused, str(refused))
            return f"{way}: the sender's kernel refused it with {name}"
        if last is None:
            return f"{way}: never seen"
        what = {Part.PROBE: "", Part.REPLY: "its answer ", Part.REFUSAL: f"{last.refusal} "}[last.part]
        where = f"{last.place}, {last.interface}, {last.direction}"
        inside = f", in {last.tunnel}" if last.tunnel else ""
        return f"{way}: {what}last seen at {where}, {last.headers}{inside}"


@dataclass(frozen=True, slots=True)
class Trace:
    """Everything that was seen of one probe, in the order of time. Judging, drawing and evidence use this alone.

    answer: what came back over the connection of a request; None where there was none, or no connection.
    sentinels_lost: whether the probe was silent and a sentinel behind it was lost, too, though each place of the lab
    answered itself. Nothing proves then that no answer would have come; but none came within the time limit.
    lost_sentinels: those, as far as they were seen.
    """

    probe: Probe
    sightings: tuple[Sighting, ...] = field(default=())
    answer: bytes | None = None
    sentinels_lost: bool = False
    lost_sentinels: tuple[LostSentinel, ...] = ()

    def of(self, part: Part) -> tuple[Sighting, ...]:
        """The sightings of one part."""
        return tuple([sighting for sighting in self.sightings if sighting.part is part])

    @property
    def sent_ns(self) -> int:
        """When the probe was first seen, which is at its sender; 0 where it was seen nowhere."""
        return self.sightings[0].time_ns if self.sightings else 0


def lost_behind(traces: Iterable[Trace]) -> tuple[LostSentinel, ...]:
    """The sentinels that were lost behind these probes, each once."""
    return tuple(dict.fromkeys(each for trace in traces for each in trace.lost_sentinels))


@dataclass(frozen=True, slots=True)
class ArpRequest:
    """One ARP request at one interface at one time. sender: whose address it bears; target: who is asked for.

    time_ns: as of a sighting.
    """

    time_ns: int
    place: Place
    interface: str
    direction: Direction
    sender: IPv4Address
    target: IPv4Address


@dataclass(frozen=True, slots=True)
class Resolution:
    """What was seen of probes of which nobody on the way knew its neighbours: with every ARP request meanwhile."""

    traces: tuple[Trace, ...]
    requests: tuple[ArpRequest, ...]


@dataclass(frozen=True, slots=True)
class Watch:
    """What was seen of probes that were sent all the while that something changed. Times are as those of sightings.

    began_ns: before the change was asked for. written_ns: when the API had answered the write that makes it.
    ended_ns: when the rules of every node had it.
    """

    traces: tuple[Trace, ...]
    began_ns: int
    written_ns: int
    ended_ns: int
