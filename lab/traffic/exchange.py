"""Sends a batch of probes and returns when each is accounted for: answered, refused, proven silent, or lost.

Silence is proven, not waited for: `lab.traffic.silence`.
"""

from collections import ChainMap, Counter
from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from ipaddress import IPv4Address
from random import Random

from lab.model import Part, Place, Probe, Trace, Transport
from lab.traffic.connections import Connections
from lab.traffic.craft import Shape, fragments
from lab.traffic.decode import ASKED, PAYLOAD, Known
from lab.traffic.flight import Flight
from lab.traffic.places import Captures, Senders
from lab.traffic.silence import Sentinels, Silence
from lab.traffic.stream import Stream
from lab.traffic.way import Way, maker

_DRAIN_EVERY = 32
ROUNDS_AROUND = 24
"""Rounds of a stream before and after what happens: so that neither outcome is told by chance."""
_WIDEST_WINDOW, _NUMBERS = 1 << 30, (1 << 32) - 1
"""RFC 7323: windows are at most 2**30 wide, and of two numbers the later is less than 2**31 ahead."""
_FIRST_PORT, _LAST_PORT = 33_000, 60_999


class Exchange:
    """The traffic of one lab. ports_given: how many source ports each sender was given; whoever reads it may clear it.

    A sender has 28,000, and then the first comes again.
    """

    def __init__(
        self, captures: Captures, senders: Senders, connections: Connections, random: Random
    ) -> None:
        self._captures = captures
        self._senders = senders
        self._connections = connections
        self._random = random
        self._ports: dict[Place, int] = {}
        self.ports_given: Counter[Place] = Counter()
        self._streamed: Flight | None = None
        self._batch: Callable[[], Sequence[Trace]] = tuple
        self._silence = Silence(self._launch_sentinel, self._collect, captures.wait)

    def forget(self) -> None:
        """Must be called when something of the lab has changed: what was lost before says no more than at first."""
        self._silence.forget()

    def begin(self) -> None:
        """Must be called before a batch is sent whose traces shall be to be had from `captured`, whatever ends it."""
        self._batch = tuple

    def captured(self) -> Sequence[Trace]:
        """What was seen of the last batch that had begun, also where an error has ended it before all was seen."""
        return self._batch()

    def forget_sources(self) -> None:
        """Must be called when places' own addresses or routes have changed, and not during a stream."""
        self._senders.forget_sources()

    def connect(self, way: Way) -> None:
        """Opens the connection that probes of this way are sent on. LabError where it is not established."""
        self._connections.open(way.sender, way.mark, way.source_port, way.destination, way.port)

    def disconnect(self) -> None:
        """Ends every connection that was opened."""
        self._connections.close()

    def send(self, way: Way, count: int, sentinels: Sentinels) -> Sequence[Trace]:
        """Sends `count` probes, each of a flow of its own. NotReady where the lab cannot tell what became of them."""
        flight = Flight(is_data=way.is_data)
        self._batch = flight.traces
        self._launch(way, count, flight)
        self._account_for(way, flight, sentinels)
        return flight.traces()

    def send_during(
        self, ways: Sequence[Way], sentinels: Sentinels, action: Callable[[], None]
    ) -> Sequence[Trace]:
        """Sends a probe on each way every few milliseconds while an action takes place, and before and after it.

        Ways are of one transport, and from a place each.
        """
        flight = Flight()
        self._batch = flight.traces
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
        self._account_for(ways[0], flight, sentinels)
        return flight.traces()

    def send_one(
        self, way: Way, sentinels: Sentinels, around: Callable[[int], AbstractContextManager[None]]
    ) -> Trace:
        """Sends one probe within `around`, which is told its mark before it leaves."""
        flight = Flight(is_data=way.is_data)
        mark = self._fresh_mark(flight)
        with around(mark):
            self._launch(way, 1, flight, first_mark=mark)
            self._account_for(way, flight, sentinels)
        [trace] = flight.traces()
        return trace

    def request_one(
        self,
        ask: Callable[[int], Trace],
        sentinels: Sentinels,
        around: Callable[[int], AbstractContextManager[None]],
    ) -> Trace:
        """As send_one, for a request: ask makes it, over a connection that bears this mark."""
        mark = self._fresh_mark(Flight())
        with around(mark):
            [trace] = self.follow([ask(mark)], sentinels)
        return trace

    def follow(self, asked: Sequence[Trace], sentinels: Sentinels) -> Sequence[Trace]:
        """The traces of requests over a kernel's own connections, once sentinels have followed the silent ones."""
        self._batch = lambda: asked
        silent = {each.probe.mark: each.probe for each in asked if _is_silent(each)}
        flight = Flight(sent=silent, open=set(silent))
        if silent:
            self._silence.follow(flight, sentinels)
        return [flight.marked(each) for each in asked]

    def reached(self, way: Way, at: Place, port: int) -> bool:
        """Whether one probe was seen going in at a place and port, as of now: the barrier's question."""
        flight = Flight()
        self._launch(way, 1, flight)
        self._collect(flight)
        return any(seen.headers.destination_port == port for seen in flight.went_in(at).values())

    def is_refused_by_sender(self, way: Way) -> bool:
        """Whether the sender's own kernel refuses to send one probe, as of now."""
        flight = Flight()
        self._launch(way, 1, flight)
        self._collect(flight)
        return all(probe.local_error is not None for probe in flight.sent.values())

    def all_reach(self, way: Way, at: Place, addresses: Collection[IPv4Address], count: int) -> bool:
        """Whether each of `count` probes was seen going in at a place, and each of these destinations was."""
        flight = Flight()
        self._launch(way, count, flight)
        self._collect(flight)
        arrived = [seen.headers.destination for seen in flight.went_in(at).values()]
        return len(arrived) == count and set(arrived) == set(addresses)

    def _account_for(self, way: Way, flight: Flight, sentinels: Sentinels) -> None:
        """Returns when each probe is answered, refused, proven silent, or known to be lost as the sentinels are."""
        self._collect(flight)
        self._silence.prove(flight, sentinels, Transport.UDP if way.is_data else way.shape.transport)
        # Places are read one after another: an answer can be read where the place that it came from was read too early.
        self._collect(flight)

    def _launch_sentinel(self, way: Way, flight: Flight) -> int:
        mark = self._fresh_mark(flight)
        flight.sentinels.add(mark)
        self._launch(way, 1, flight, first_mark=mark)
        return mark

    def _launch(self, way: Way, count: int, flight: Flight, *, first_mark: int = 0) -> None:
        if way.stray_of is not None:
            way = replace(way, shape=self._astray(way, way.stray_of))
        sources = way.sources[:count] or (self._source(way),)
        makers = [maker(way, source) for source in sources]
        for number in range(count):
            headers, make = makers[number % len(makers)]
            mark = first_mark if first_mark and not number else self._fresh_mark(flight)
            port = way.source_port or self._next_port(way.sender)
            packet = make(mark, port)
            if way.shape.transport is not Transport.ICMP:
                headers = replace(headers, source_port=port)
            flight.sent[mark] = Probe(
                mark,
                way.sender,
                headers,
                packet,
                on_connection=way.is_connection,
                is_stray=way.stray_of is not None,
            )
            flight.open.add(mark)
            error = self._hand_over(way, packet, mark, flight)
            if error is not None:
                flight.sent[mark] = replace(flight.sent[mark], local_error=error)
            if way.is_data or number % _DRAIN_EVERY == _DRAIN_EVERY - 1:
                self._collect(flight)

    def _launch_each(self, ways: Sequence[Way], flight: Flight) -> None:
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

    def _hand_over(self, way: Way, packet: bytes, mark: int, flight: Flight) -> int | None:
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

    def _fresh_mark(self, flight: Flight) -> int:
        """A mark that is new, with an end that is: that is the IP identification, and the kernel replaces a 0."""
        while True:
            mark = self._random.randrange(1, 1 << 32)
            end = mark & 0xFFFF
            if mark not in flight.sent and end and end not in flight.fragments:
                return mark

    def _next_port(self, sender: Place) -> int:
        """Source ports are unique per sender: the same one through two VIPs would collide behind them."""
        self.ports_given[sender] += 1
        port = self._ports.get(sender, _FIRST_PORT)
        self._ports[sender] = _FIRST_PORT if port == _LAST_PORT else port + 1
        return port

    def _collect(self, flight: Flight) -> None:
        """Takes what the captures hold, and closes the probes that were answered or refused."""
        streamed = flight if self._streamed is None else self._streamed
        marks = flight.sent if streamed is flight else ChainMap(flight.sent, streamed.sent)
        known = Known(marks, flight.fragments, flight.mirrors if flight.is_data else None)
        for mark, sighting in self._captures.sightings(known):
            owner = flight if mark in flight.sent else streamed
            owner.note(mark, sighting)


def _is_silent(asked: Trace) -> bool:
    """Whether nothing came back of a request: no connection was made, and none refused."""
    refused = any(each.reached(asked.probe.sender) for each in asked.of(Part.REFUSAL))
    return asked.answer is None and not refused
