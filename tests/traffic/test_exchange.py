"""Batches are complete when each probe is accounted for; silence is proven by sentinels, never waited for."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from ipaddress import IPv4Address
from random import Random

import pytest
from scapy.layers.inet import IP, TCP

from lab.errors import NotReady
from lab.model import Direction, Headers, Part, Place, Sighting, Transport
from lab.traffic.connections import Connections, Numbers
from lab.traffic.craft import TTL, Shape
from lab.traffic.decode import ASKED, PAYLOAD, Known, decode
from lab.traffic.exchange import ROUNDS_AROUND, Exchange, Way
from lab.traffic.places import Captures, Senders

SOURCE = IPv4Address("10.244.1.3")
SILENT, ANSWERING = IPv4Address("10.96.0.1"), IPv4Address("10.244.2.2")


@dataclass
class Network:
    """What was handed to the kernel, and what captures will show of it."""

    handed: list[tuple[Place, int, bytes]] = field(default_factory=list)
    shown: list[bytes] = field(default_factory=list)
    answering: set[IPv4Address] = field(default_factory=lambda: {ANSWERING})
    reaching: set[IPv4Address] = field(default_factory=set)
    returning: set[IPv4Address] = field(default_factory=set)
    sources: list[tuple[Place, int, IPv4Address]] = field(default_factory=list)
    errors: dict[IPv4Address, int] = field(default_factory=dict)
    opened: list[tuple[Place, int, int, IPv4Address, int]] = field(default_factory=list)
    written: list[tuple[Place, int, bytes]] = field(default_factory=list)

    def asked(self) -> list[IPv4Address]:
        """The destinations of what was sent, in order."""
        return [IPv4Address(packet[16:20]) for _, _, packet in self.handed]


class FakeSenders(Senders):
    """Hands packets to the network of the test."""

    def __init__(self, network: Network) -> None:
        self._network = network

    def prepare(self, place: Place, mark: int, destination: IPv4Address) -> None:
        """Nothing needs to be opened."""

    def send(self, place: Place, mark: int, packet: bytes, destination: IPv4Address) -> int | None:
        """Keeps the packet."""
        self._network.handed.append((place, mark, packet))
        self._network.shown.append(packet)
        return self._network.errors.get(destination)

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
        while self._network.shown:
            packet = self._network.shown.pop(0)
            found = decode(packet, known)
            assert found is not None
            to = found.headers.destination
            out = self._sighting(Place.POD_A2, Direction.OUT, Part.PROBE, found.headers)
            yield found.mark, out
            if to in self._network.answering | self._network.reaching:
                yield found.mark, self._sighting(Place.POD_B1, Direction.IN, Part.PROBE, found.headers)
            if to in self._network.returning:
                yield found.mark, self._sighting(Place.POD_A2, Direction.IN, Part.PROBE, found.headers)
            if to in self._network.answering:
                yield found.mark, self._sighting(Place.POD_A2, Direction.IN, Part.REPLY, found.headers)

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
        self._network.shown.append(bytes(segment / data))
        return self._network.errors.get(destination)


def an_exchange(network: Network, seed: int) -> Exchange:
    """An exchange over a network."""
    random = Random(seed)  # noqa: S311 - nothing secret is drawn
    return Exchange(FakeCaptures(network), FakeSenders(network), FakeConnections(network), random)


@pytest.fixture
def network() -> Network:
    """Return a network in which one address answers."""
    return Network()


@pytest.fixture
def exchange(network: Network) -> Exchange:
    """Return an exchange over that network."""
    return an_exchange(network, 1)


def way(destination: IPv4Address, **changes: object) -> Way:
    """A way from a pod over UDP."""
    made = Way(Place.POD_A2, 0, destination, 8080, Shape(Transport.UDP))
    return replace(made, **changes)  # type: ignore[arg-type]


def test_an_answered_batch_needs_no_sentinel(exchange: Exchange, network: Network) -> None:
    """Where every probe is answered nothing is left to be proven."""
    batch = exchange.send(way(ANSWERING), 40, [way(ANSWERING)])
    assert len(batch) == len(network.handed) == 40
    assert all(len(trace.sightings) == 3 for trace in batch)


def test_every_probe_is_a_flow_of_its_own(exchange: Exchange) -> None:
    """Marks and source ports of a sender are unique, also from one batch to the next."""
    batch = [*exchange.send(way(ANSWERING), 40, []), *exchange.send(way(ANSWERING), 40, [])]
    assert len({trace.probe.mark for trace in batch}) == 80
    assert len({trace.probe.headers.source_port for trace in batch}) == 80


def test_probes_tell_what_was_handed_to_the_kernel(exchange: Exchange, network: Network) -> None:
    """Headers and bytes of a probe are those of the packet."""
    [trace] = exchange.send(way(ANSWERING), 1, [])
    [(_, _, packet)] = network.handed
    port = IP(packet).sport
    assert trace.probe.packet == packet
    assert trace.probe.headers == Headers(SOURCE, port, ANSWERING, 8080, Transport.UDP, TTL)


def test_silence_is_proven_by_sentinels_behind_the_batch(exchange: Exchange, network: Network) -> None:
    """Unanswered probes are followed by the sentinels, which are not part of the result."""
    batch = exchange.send(way(SILENT), 3, [way(ANSWERING), way(ANSWERING)])
    assert network.asked() == [SILENT] * 3 + [ANSWERING] * 2
    assert [trace.probe.headers.destination for trace in batch] == [SILENT] * 3
    assert [len(trace.sightings) for trace in batch] == [1, 1, 1]


def test_a_probe_that_comes_back_is_not_answered(exchange: Exchange, network: Network) -> None:
    """A probe that goes in at its own sender, as in a hairpin, still waits for its answer."""
    network.returning.add(SILENT)
    network.answering.add(SILENT)
    exchange.send(way(SILENT), 1, [way(ANSWERING)])
    assert network.asked() == [SILENT]
    network.answering.remove(SILENT)
    with pytest.raises(NotReady):
        exchange.send(way(SILENT), 1, [way(ANSWERING)])
    assert network.asked()[1:3] == [SILENT, ANSWERING]


def test_a_probe_that_arrived_is_followed_by_a_sentinel_to_its_echo(
    exchange: Exchange, network: Network
) -> None:
    """An echo that got a probe and did not answer is asked again, from its own node: its silence is not a delay."""
    network.reaching.add(SILENT)
    with pytest.raises(NotReady):
        exchange.send(way(SILENT), 1, [way(ANSWERING)])
    assert network.asked() == [SILENT, ANSWERING, SILENT]
    assert network.handed[-1][0] is Place.WORKER_B


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a second pass at every look at the clock."""
    seconds = iter(range(10**6))
    monkeypatch.setattr("lab.polling.time.monotonic", lambda: float(next(seconds)))
    monkeypatch.setattr("lab.polling.time.sleep", lambda _seconds: None)


def test_an_unanswered_sentinel_is_no_proof(exchange: Exchange) -> None:
    """Where the sentinel is silent too nothing is known, and that is an error of the lab."""
    with pytest.raises(NotReady, match="each sentinel behind the probes"):
        exchange.send(way(SILENT), 1, [way(IPv4Address("192.0.2.7"))])


def test_a_refused_send_keeps_its_errno(exchange: Exchange, network: Network) -> None:
    """The errno of the kernel stays with the probe that it refused."""
    network.errors[SILENT] = 1
    [trace] = exchange.send(way(SILENT), 1, [way(ANSWERING)])
    assert trace.probe.local_error == 1


def test_fragments_are_handed_over_one_by_one(exchange: Exchange, network: Network) -> None:
    """A way with fragments sends each piece, and finds each again by its identification."""
    cut = way(ANSWERING, shape=Shape(Transport.UDP, padding=200), fragment_bytes=80)
    [trace] = exchange.send(cut, 1, [])
    assert len(network.handed) == 3
    seen = [each.headers.source_port for each in trace.of(Part.PROBE)]
    assert seen == [trace.probe.headers.source_port] * 2 + [0] * 4


def test_marks_of_fragmented_probes_differ_in_their_identification(network: Network) -> None:
    """Of two probes with the same identification the later fragments could not be told apart."""
    exchange = an_exchange(network, 15)
    cut = way(ANSWERING, shape=Shape(Transport.UDP, padding=200), fragment_bytes=80)
    marks = [trace.probe.mark & 0xFFFF for trace in exchange.send(cut, 70, [])]
    assert len({0, *marks}) == 71


def test_a_way_chooses_its_route_by_mark(exchange: Exchange, network: Network) -> None:
    """Source address and sockets are those of the sender and mark of the way."""
    exchange.send(way(ANSWERING, mark=12), 2, [])
    assert network.sources == [(Place.POD_A2, 12, ANSWERING)]
    assert [(place, mark) for place, mark, _ in network.handed] == [(Place.POD_A2, 12)] * 2


def test_all_reach_counts_every_probe(exchange: Exchange, network: Network) -> None:
    """`all_reach` is true where each probe went in at that place, and with these destinations, no more and no less."""
    network.reaching.add(SILENT)
    assert exchange.all_reach(way(SILENT), Place.POD_B1, {SILENT}, 3)
    assert not exchange.all_reach(way(SILENT), Place.POD_B1, {ANSWERING}, 3)
    assert not exchange.all_reach(way(SILENT), Place.POD_B1, {SILENT, ANSWERING}, 3)
    assert not exchange.all_reach(way(SILENT), Place.POD_A2, {SILENT}, 3)
    network.reaching.clear()
    assert not exchange.all_reach(way(SILENT), Place.POD_B1, {SILENT}, 3)


def test_the_barrier_asks_for_a_place_and_a_port(exchange: Exchange, network: Network) -> None:
    """`reached` is true where a probe was seen going in at that place with that destination port."""
    network.reaching.add(SILENT)
    assert exchange.reached(way(SILENT), Place.POD_B1, 8080)
    assert not exchange.reached(way(SILENT), Place.POD_B1, 8081)
    assert not exchange.reached(way(SILENT), Place.POD_A2, 8080)


CONNECTED = {"shape": Shape(Transport.TCP, "PA"), "source_port": 61_000}


def test_data_goes_over_the_open_connection(exchange: Exchange, network: Network) -> None:
    """TCP with a source port is written to the connection that was opened, one mark at a time."""
    over = way(ANSWERING, mark=3, **CONNECTED)
    exchange.connect(over)
    batch = exchange.send(over, 3, [])
    assert network.opened == [(Place.POD_A2, 3, 61_000, ANSWERING, 8080)]
    assert network.written == [
        (Place.POD_A2, 61_000, PAYLOAD.pack(ASKED, trace.probe.mark)) for trace in batch
    ]
    assert network.handed == []
    assert [len(trace.of(Part.REPLY)) for trace in batch] == [1, 1, 1]


def test_data_that_arrived_is_followed_by_a_datagram_to_its_echo(
    exchange: Exchange, network: Network
) -> None:
    """The kernel answers a SYN for the echo, but data is answered by the echo: a datagram asks the echo itself."""
    network.reaching.add(SILENT)
    over = way(SILENT, **CONNECTED)
    exchange.connect(over)
    with pytest.raises(NotReady):
        exchange.send(over, 1, [way(ANSWERING)])
    assert IP(network.handed[-1][2]).proto == 17


def test_a_stray_segment_is_numbered_beyond_the_widest_window(exchange: Exchange, network: Network) -> None:
    """From the opener's end it is ahead of what was sent, and bears the mark; nothing is written to the connection."""
    over = way(ANSWERING, **CONNECTED)
    exchange.connect(over)
    [trace] = exchange.send(replace(over, stray_of=over), 1, [])
    assert network.written == []
    [(_, _, packet)] = network.handed
    segment = IP(packet)[TCP]
    assert (segment.seq, segment.ack, segment.sport) == ((1 << 30) - 1, 7, 61_000)
    assert bytes(segment.payload) == PAYLOAD.pack(ASKED, trace.probe.mark)


def test_a_connection_that_is_broken_keeps_its_errno(exchange: Exchange, network: Network) -> None:
    """What the kernel says to a write is kept with the probe."""
    network.errors[ANSWERING] = 32
    over = way(ANSWERING, **CONNECTED)
    exchange.connect(over)
    [trace] = exchange.send(over, 1, [])
    assert trace.probe.local_error == 32


def test_probes_are_sent_before_during_and_after_what_happens(
    exchange: Exchange, network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each way has its probes all the while; other traffic meanwhile takes nothing from them, nor they from it."""
    monkeypatch.undo()  # Time passes as it does: there is a thread.
    between: list[int] = []

    def happens() -> None:
        between.append(len(network.handed))
        [trace] = exchange.send(way(ANSWERING), 1, [])
        assert len(trace.of(Part.REPLY)) == 1
        between.append(len(network.handed))

    seen = exchange.send_during([way(ANSWERING)], [], happens)
    assert between[0] >= ROUNDS_AROUND
    assert len(seen) >= between[0] + ROUNDS_AROUND
    assert all(len(trace.of(Part.REPLY)) == 1 for trace in seen)
    assert len({trace.probe.headers.source_port for trace in seen}) == len(seen)


def test_where_the_way_itself_is_broken_other_sentinels_must_be_answered(
    exchange: Exchange, network: Network
) -> None:
    """They are sent when the first were given up; where they are silent too, it is an error of the lab."""
    batch = exchange.send(way(SILENT), 1, [way(SILENT)], [way(ANSWERING)])
    assert network.asked() == [SILENT, SILENT, ANSWERING]
    assert len(batch) == 1
    with pytest.raises(NotReady):
        exchange.send(way(SILENT), 1, [way(SILENT)], [way(SILENT)])


def test_an_echo_that_its_node_does_not_hear_is_asked_by_its_own_pod(
    exchange: Exchange, network: Network
) -> None:
    """Where the pod network may be broken, the pod's own loopback tells that the echo has nothing left to answer."""
    network.reaching.add(SILENT)
    with pytest.raises(NotReady):
        exchange.send(way(SILENT), 1, [way(ANSWERING)], [way(ANSWERING)])
    assert [place for place, _, _ in network.handed[-2:]] == [Place.WORKER_B, Place.POD_B1]
