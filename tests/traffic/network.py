"""A network without a kernel: what is handed to it, and what its captures show."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from ipaddress import IPv4Address
from random import Random

from scapy.layers.inet import IP, TCP

from lab.model import NODES, Direction, Headers, Part, Place, PlaceKind, Sighting, Transport
from lab.traffic.connections import Connections, Numbers
from lab.traffic.craft import Shape
from lab.traffic.decode import Known, decode
from lab.traffic.echoes import Echoes
from lab.traffic.exchange import Exchange
from lab.traffic.places import Captures, Senders
from lab.traffic.silence import Sentinels
from lab.traffic.way import Way

SOURCE = IPv4Address("10.244.1.3")
SILENT, ANSWERING = IPv4Address("10.96.0.1"), IPv4Address("10.244.2.2")


@dataclass
class Network:
    """What was handed to the kernel, and what captures will show of it.

    answering, reaching, returning: addresses at which packets are answered, arrive only, or come back to their sender.
    deaf: places that get no answer. delayed: addresses that answer once another was asked. unresolved: addresses whose
    node keeps what it has for them until it has sent there itself.
    """

    handed: list[tuple[Place, int, bytes]] = field(default_factory=list)
    shown: list[tuple[Place, bytes]] = field(default_factory=list)
    answering: set[IPv4Address] = field(default_factory=lambda: {ANSWERING})
    reaching: set[IPv4Address] = field(default_factory=set)
    returning: set[IPv4Address] = field(default_factory=set)
    deaf: set[Place] = field(default_factory=set)
    delayed: dict[IPv4Address, IPv4Address] = field(default_factory=dict)
    unresolved: set[IPv4Address] = field(default_factory=set)
    sources: list[tuple[Place, int, IPv4Address]] = field(default_factory=list)
    errors: dict[IPv4Address, int] = field(default_factory=dict)
    opened: list[tuple[Place, int, int, IPv4Address, int]] = field(default_factory=list)
    written: list[tuple[Place, int, bytes]] = field(default_factory=list)

    def asked(self) -> list[IPv4Address]:
        """The destinations of what was sent, in order."""
        return [IPv4Address(packet[16:20]) for _, _, packet in self.handed]

    def keeps(self, destination: IPv4Address) -> bool:
        """Whether a node waits for the MAC of this address: no node has sent there yet."""
        by_nodes = {IPv4Address(packet[16:20]) for place, _, packet in self.handed if place in NODES}
        return destination in self.unresolved - by_nodes


class FakeSenders(Senders):
    """Hands packets to the network of the test."""

    def __init__(self, network: Network) -> None:
        self._network = network

    def prepare(self, place: Place, mark: int, destination: IPv4Address) -> None:
        """Nothing needs to be opened."""

    def send(self, place: Place, mark: int, packet: bytes, destination: IPv4Address) -> int | None:
        """Keeps the packet."""
        self._network.handed.append((place, mark, packet))
        self._network.shown.append((place, packet))
        return self._network.errors.get(destination)

    def forget_sources(self) -> None:
        """Nothing is remembered."""

    def source(self, place: Place, mark: int, destination: IPv4Address) -> IPv4Address:
        """The same address everywhere."""
        self._network.sources.append((place, mark, destination))
        return SOURCE


class FakeCaptures(Captures):
    """Shows each packet leaving its sender, arriving at a pod and answered, as the network has it."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._at = 0

    def wait(self, milliseconds: int) -> None:
        """Returns at once."""

    def sightings(self, known: Known) -> Iterator[tuple[int, Sighting]]:
        """What has become of the packets that were sent since the last call."""
        network = self._network
        for _ in range(len(network.shown)):
            sender, packet = network.shown.pop(0)
            found = decode(packet, known)
            if found is None:
                continue
            to = found.headers.destination
            if to in network.delayed and network.delayed[to] not in network.asked():
                network.shown.append((sender, packet))
                continue
            got = Direction.LOCAL if sender.kind is PlaceKind.NODE else Direction.IN
            yield found.mark, self._sighting(sender, Direction.OUT, Part.PROBE, found.headers)
            if network.keeps(to):
                network.shown.append((sender, packet))
                continue
            if to in network.answering | network.reaching:
                yield found.mark, self._sighting(Place.POD_B1, Direction.IN, Part.PROBE, found.headers)
            if to in network.returning:
                yield found.mark, self._sighting(sender, Direction.IN, Part.PROBE, found.headers)
            if to in network.answering and sender not in network.deaf:
                yield found.mark, self._sighting(sender, got, Part.REPLY, found.headers)

    def _sighting(self, place: Place, direction: Direction, part: Part, headers: Headers) -> Sighting:
        self._at += 1
        return Sighting(self._at, place, "eth0", direction, part, headers)


class FakeConnections(Connections):
    """Keeps what was opened and written; what is written shows as the segment that a kernel would make of it."""

    def __init__(self, network: Network) -> None:
        self._network = network

    def open(self, place: Place, mark: int, source_port: int, destination: IPv4Address, port: int) -> None:
        """Keeps it."""
        self._network.opened.append((place, mark, source_port, destination, port))

    def numbers(self, place: Place, source_port: int) -> Numbers:
        """Always the same, of any connection that was opened."""
        assert (place, source_port) in [(opened[0], opened[2]) for opened in self._network.opened]
        return Numbers(sent=(1 << 32) - 1, received=7)

    def write(self, place: Place, source_port: int, data: bytes) -> int | None:
        """Shows the segment."""
        [(_, _, _, destination, port)] = self._network.opened
        self._network.written.append((place, source_port, data))
        segment = IP(src=str(SOURCE), dst=str(destination)) / TCP(sport=source_port, dport=port, flags="PA")
        self._network.shown.append((place, bytes(segment / data)))
        return self._network.errors.get(destination)


def an_exchange(network: Network, seed: int) -> Exchange:
    """An exchange over a network."""
    random = Random(seed)  # noqa: S311 - nothing secret is drawn
    return Exchange(FakeCaptures(network), FakeSenders(network), FakeConnections(network), random)


def way(destination: IPv4Address, **changes: object) -> Way:
    """A way from a pod over UDP."""
    made = Way(Place.POD_A2, 0, destination, 8080, Shape(Transport.UDP))
    return replace(made, **changes)  # type: ignore[arg-type]


def behind(
    *ways: Way, at_home: Sequence[Way] = (), echoes: Mapping[IPv4Address, Place] | None = None
) -> Sentinels:
    """These sentinels behind a batch. echoes: whose port 8080 is an echo's, by address."""
    return Sentinels(ways, at_home, Echoes(echoes or {}, frozenset({8080})))


NONE = Sentinels(())
CONNECTED = {"shape": Shape(Transport.TCP, "PA"), "source_port": 61_000}
