"""Sends a batch of probes and returns when each is accounted for: answered, refused, or proven silent.

Silence is proven, not waited for. After the batch, sentinels follow on the same ways; when each has been answered
and the captures are drained, whatever was still to come has come.
"""

from collections import ChainMap
from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from ipaddress import IPv4Address
from random import Random

from lab.errors import NotReady
from lab.model import (
    Direction,
    Headers,
    Part,
    Place,
    PlaceKind,
    Probe,
    Sighting,
    Trace,
    Transport,
)
from lab.polling import Limit, wait_until
from lab.traffic.connections import Connections
from lab.traffic.craft import TTL, Shape, fragments, template
from lab.traffic.decode import ASKED, PAYLOAD, Ends, Known, mirror
from lab.traffic.places import Captures, Frame, Senders
from lab.traffic.stream import Stream
from lab.traffic.trace import traces

_DRAIN_EVERY = 32
ROUNDS_AROUND = 24
"""Rounds of a stream before and after what happens: so that neither outcome is told by chance."""
_WIDEST_WINDOW, _NUMBERS = 1 << 30, (1 << 32) - 1
"""RFC 7323: windows are at most 2**30 wide, and of two numbers the later is less than 2**31 ahead."""
_FIRST_PORT, _LAST_PORT = 33_000, 60_999


@dataclass(frozen=True, slots=True)
class Way:
    """Where a batch or a sentinel goes.

    mark: the socket mark that chooses the route, 0 for none. source_port: of every probe, 0 for a new one each;
    TCP with a source port of its own is data on a connection, which must have been opened.
    frame: for what no route leads to.
    stray_of: the way of an open connection of which probes are segments, far outside its window.
    sources: addresses of the sender that probes have in turn; none for the one that its kernel would choose.
    """

    sender: Place
    mark: int
    destination: IPv4Address
    port: int
    shape: Shape
    fragment_bytes: int = 0
    source_port: int = 0
    frame: Frame | None = None
    sources: tuple[IPv4Address, ...] = ()
    stray_of: "Way | None" = None

    @property
    def is_data(self) -> bool:
        """Whether probes are data of a connection, its kernel's own or crafted."""
        return self.shape.transport is Transport.TCP and self.source_port != 0

    @property
    def is_connection(self) -> bool:
        """Whether probes are written to an open connection."""
        return self.is_data and self.stray_of is None


@dataclass(slots=True)
class _Flight:
    """Probes that are under way. mirrors: what a reset would bear that answers data, to the probe of it."""

    sent: dict[int, Probe] = field(default_factory=dict)
    fragments: dict[int, int] = field(default_factory=dict)
    mirrors: dict[Ends, int] = field(default_factory=dict)
    is_data: bool = False
    open: set[int] = field(default_factory=set)
    sentinels: set[int] = field(default_factory=set)
    seen: list[tuple[int, Sighting]] = field(default_factory=list)

    def note(self, mark: int, sighting: Sighting) -> None:
        """Keeps a sighting of a probe, and closes the probe if that was its answer or refusal."""
        self.seen.append((mark, sighting))
        if sighting.part is Part.PROBE and self.is_data:
            self.mirrors[mirror(sighting.headers)] = mark
        # A refusal is the end of a probe, but a sentinel must come through.
        ends = {Part.REPLY} if mark in self.sentinels else {Part.REPLY, Part.REFUSAL}
        if sighting.part in ends and sighting.reached(self.sent[mark].sender):
            self.open.discard(mark)


class Exchange:
    """The traffic of one lab."""

    def __init__(
        self, captures: Captures, senders: Senders, connections: Connections, random: Random
    ) -> None:
        self._captures = captures
        self._senders = senders
        self._connections = connections
        self._random = random
        self._ports: dict[Place, int] = {}
        self._streamed: _Flight | None = None

    def connect(self, way: Way) -> None:
        """Opens the connection that probes of this way are sent on. LabError where it is not established."""
        self._connections.open(way.sender, way.mark, way.source_port, way.destination, way.port)

    def send(
        self, way: Way, count: int, sentinels: Sequence[Way], otherwise: Sequence[Way] = ()
    ) -> Sequence[Trace]:
        """Sends `count` probes, each of a flow of its own. NotReady where a sentinel is not answered.

        otherwise: sentinels that must be answered where the first are not, for a way that may be broken itself.
        """
        flight = _Flight(is_data=way.is_data)
        self._launch(way, count, flight)
        self._account_for(way, flight, sentinels, otherwise)
        # Places are read one after another: an answer can be read where the place that it came from was read too early.
        self._collect(flight)
        return traces(flight.seen, flight.sent)

    def send_during(
        self, ways: Sequence[Way], sentinels: Sequence[Way], action: Callable[[], None]
    ) -> Sequence[Trace]:
        """Sends a probe on each way every few milliseconds while an action takes place, and before and after it.

        Ways are of one transport, and from a place each.
        """
        flight = _Flight()
        for way in ways:
            self._senders.prepare(way.sender, way.mark, way.destination)
        self._streamed = flight
        try:
            with Stream(lambda: self._launch_each(ways, flight)) as stream:
                stream.wait_rounds(ROUNDS_AROUND)
                action()
                stream.wait_rounds(ROUNDS_AROUND)
        finally:
            self._streamed = None
        self._collect(flight)
        if flight.open:
            self._prove_silence(flight, sentinels)
        if flight.open:
            self._prove_silence(flight, _to_silent_endpoints(flight, ways[0]))
        # As behind any batch: places are read one after another.
        self._collect(flight)
        return traces(flight.seen, flight.sent)

    def send_one(
        self, way: Way, sentinels: Sequence[Way], around: Callable[[int], AbstractContextManager[None]]
    ) -> Trace:
        """Sends one probe within `around`, which is told its mark before it leaves."""
        flight = _Flight(is_data=way.is_data)
        mark = self._fresh_mark(flight)
        with around(mark):
            self._launch(way, 1, flight, first_mark=mark)
            self._account_for(way, flight, sentinels)
        self._collect(flight)
        [trace] = traces(flight.seen, flight.sent)
        return trace

    def reached(self, way: Way, at: Place, port: int) -> bool:
        """Whether one probe was seen going in at a place and port, as of now: the barrier's question."""
        flight = _Flight()
        self._launch(way, 1, flight)
        self._collect(flight)
        return any(seen.headers.destination_port == port for seen in _went_in(flight, at).values())

    def is_refused_by_sender(self, way: Way) -> bool:
        """Whether the sender's own kernel refuses to send one probe, as of now."""
        flight = _Flight()
        self._launch(way, 1, flight)
        self._collect(flight)
        return all(probe.local_error is not None for probe in flight.sent.values())

    def all_reach(self, way: Way, at: Place, addresses: Collection[IPv4Address], count: int) -> bool:
        """Whether each of `count` probes was seen going in at a place, and each of these destinations was."""
        flight = _Flight()
        self._launch(way, count, flight)
        self._collect(flight)
        arrived = [seen.headers.destination for seen in _went_in(flight, at).values()]
        return len(arrived) == count and set(arrived) == set(addresses)

    def _account_for(
        self, way: Way, flight: _Flight, sentinels: Sequence[Way], otherwise: Sequence[Way] = ()
    ) -> None:
        """Returns when each probe is answered, refused or proven silent."""
        if flight.open:
            self._collect(flight)
        if flight.open:
            self._prove_silence_or(flight, sentinels, otherwise)
        if flight.open:
            itself = _to_silent_endpoints(flight, way, by_node=False) if otherwise else []
            self._prove_silence_or(flight, _to_silent_endpoints(flight, way), itself)

    def _launch(
        self, way: Way, count: int, flight: _Flight, *, sentinel: bool = False, first_mark: int = 0
    ) -> None:
        if way.stray_of is not None:
            way = replace(way, shape=self._astray(way, way.stray_of))
        sources = way.sources[:count] or (self._source(way),)
        makers = [_maker(way, source) for source in sources]
        for number in range(count):
            headers, make = makers[number % len(makers)]
            mark = first_mark if first_mark and not number else self._fresh_mark(flight)
            port = way.source_port or self._next_port(way.sender)
            packet = make(mark, port)
            if way.shape.transport is not Transport.ICMP:
                headers = replace(headers, source_port=port)
            flight.sent[mark] = Probe(mark, way.sender, headers, packet)
            flight.open.add(mark)
            if sentinel:
                flight.sentinels.add(mark)
            error = self._hand_over(way, packet, mark, flight)
            if error is not None:
                flight.sent[mark] = replace(flight.sent[mark], local_error=error)
            if way.is_data or number % _DRAIN_EVERY == _DRAIN_EVERY - 1:
                self._collect(flight)

    def _launch_each(self, ways: Sequence[Way], flight: _Flight) -> None:
        for way in ways:
            self._launch(way, 1, flight)

    def _astray(self, way: Way, connection: Way) -> Shape:
        """The shape of segments of a connection from either of its ends, numbered beyond the widest window."""
        now = self._connections.numbers(connection.sender, connection.source_port)
        by_opener = way.sender is connection.sender
        sequence, acknowledgement = (now.sent, now.received) if by_opener else (now.received, now.sent)
        ahead = (sequence + _WIDEST_WINDOW) & _NUMBERS
        return replace(way.shape, sequence=ahead, acknowledgement=acknowledgement)

    def _source(self, way: Way) -> IPv4Address:
        return way.frame.source if way.frame else self._senders.source(way.sender, way.mark, way.destination)

    def _hand_over(self, way: Way, packet: bytes, mark: int, flight: _Flight) -> int | None:
        """Gives a probe to the kernel, whole or in fragments; the errno of the first refusal."""
        if way.is_connection:
            return self._connections.write(way.sender, way.source_port, PAYLOAD.pack(ASKED, mark))
        if way.frame:
            return self._senders.send_frame(way.sender, way.frame.to, packet)
        pieces = [packet]
        if way.fragment_bytes:
            pieces = fragments(packet, way.fragment_bytes)
            flight.fragments[mark & 0xFFFF] = mark
        for piece in pieces:
            error = self._senders.send(way.sender, way.mark, piece, way.destination)
            if error is not None:
                return error
        return None

    def _fresh_mark(self, flight: _Flight) -> int:
        """A mark that is new, with an end that is: that is the IP identification, and the kernel replaces a 0."""
        while True:
            mark = self._random.randrange(1, 1 << 32)
            end = mark & 0xFFFF
            if mark not in flight.sent and end and end not in flight.fragments:
                return mark

    def _next_port(self, sender: Place) -> int:
        """Source ports are unique per sender: the same one through two VIPs would collide behind them."""
        port = self._ports.get(sender, _FIRST_PORT)
        self._ports[sender] = _FIRST_PORT if port == _LAST_PORT else port + 1
        return port

    def _collect(self, flight: _Flight) -> None:
        """Takes what the captures hold, and closes the probes that were answered or refused."""
        streamed = flight if self._streamed is None else self._streamed
        known = Known(ChainMap(flight.sent, streamed.sent), flight.fragments, flight.mirrors)
        for mark, sighting in self._captures.sightings(known):
            owner = flight if mark in flight.sent else streamed
            owner.note(mark, sighting)

    def _prove_silence_or(self, flight: _Flight, sentinels: Sequence[Way], otherwise: Sequence[Way]) -> None:
        """As _prove_silence; where that fails, all that was under way had seconds to come, and `otherwise` must."""
        try:
            self._prove_silence(flight, sentinels)
        except NotReady:
            if not otherwise:
                raise
            self._prove_silence(flight, otherwise)

    def _prove_silence(self, flight: _Flight, sentinels: Sequence[Way]) -> None:
        """Sends sentinels after the probes and collects until each is answered, or the probes all are."""
        probes = set(flight.sent)
        for way in sentinels:
            self._launch(way, 1, flight, sentinel=True)
        marks = set(flight.sent) - probes

        def settled() -> bool | None:
            self._collect(flight)
            if not marks & flight.open or not flight.open - marks:
                return True
            self._captures.wait(milliseconds=5)
            return None

        what = "each sentinel behind the probes of a batch is answered, so that silence means something"
        try:
            wait_until(what, Limit.PROBES_SEEN, settled)
            self._collect(flight)
        finally:
            for mark in marks:
                flight.open.discard(mark)
                del flight.sent[mark]


def _maker(way: Way, source: IPv4Address) -> tuple[Headers, Callable[[int, int], bytes]]:
    """The headers of a way's probes from one address, but for the source port, and the maker of their bytes."""
    headers = Headers(source, 0, way.destination, way.port, way.shape.transport, TTL)
    return headers, template(way.shape, headers)


def _went_in(flight: _Flight, at: Place) -> dict[int, Sighting]:
    """The probes that went in at a place, by mark."""
    return {
        mark: sighting
        for mark, sighting in flight.seen
        if sighting.place is at and sighting.part is Part.PROBE and sighting.direction is Direction.IN
    }


def _to_silent_endpoints(flight: _Flight, way: Way, *, by_node: bool = True) -> list[Way]:
    """Sentinels to the echoes that got an open probe and have not answered, through the same sockets' queues.

    The answer to data is the echo's, not its kernel's as that to a SYN: a datagram asks the same process.
    by_node: from their nodes, over their links; else from themselves.
    """
    transport = Transport.UDP if way.is_data else way.shape.transport
    silent = {
        (sighting.place, sighting.headers.destination, sighting.headers.destination_port)
        for mark, sighting in flight.seen
        if mark in flight.open and sighting.place.kind is PlaceKind.POD
        if sighting.part is Part.PROBE and sighting.direction is Direction.IN
        if sighting.headers.destination_port or transport is Transport.ICMP
    }
    return [
        Way(place.node if by_node else place, 0, address, port, Shape(transport))
        for place, address, port in sorted(silent)
        if place.kind is PlaceKind.POD
    ]
