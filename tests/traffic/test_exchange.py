"""Batches are sent as they are asked for, and are complete when each probe is accounted for."""

from dataclasses import replace

import pytest
from scapy.layers.inet import IP, TCP

from lab.model import Headers, Part, Place, Transport
from lab.traffic.craft import TTL, Shape
from lab.traffic.decode import ASKED, PAYLOAD
from lab.traffic.exchange import ROUNDS_AROUND, Exchange
from tests.traffic.network import (
    ANSWERING,
    CONNECTED,
    NONE,
    SILENT,
    SOURCE,
    Network,
    an_exchange,
    behind,
    way,
)


@pytest.fixture
def network() -> Network:
    """Return a network in which one address answers."""
    return Network()


@pytest.fixture
def exchange(network: Network) -> Exchange:
    """Return an exchange over that network."""
    return an_exchange(network, 1)


def test_an_answered_batch_needs_no_sentinel(exchange: Exchange, network: Network) -> None:
    """Where every probe is answered nothing is left to be proven."""
    batch = exchange.send(way(ANSWERING), 40, behind(way(ANSWERING)))
    assert len(batch) == len(network.handed) == 40
    assert all(len(trace.sightings) == 3 for trace in batch)


def test_every_probe_is_a_flow_of_its_own(exchange: Exchange) -> None:
    """Marks and source ports of a sender are unique, also from one batch to the next."""
    batch = [*exchange.send(way(ANSWERING), 40, NONE), *exchange.send(way(ANSWERING), 40, NONE)]
    assert len({trace.probe.mark for trace in batch}) == 80
    assert len({trace.probe.headers.source_port for trace in batch}) == 80
    assert sum(exchange.ports_given.values()) == 80


def test_probes_tell_what_was_handed_to_the_kernel(exchange: Exchange, network: Network) -> None:
    """Headers and bytes of a probe are those of the packet."""
    [trace] = exchange.send(way(ANSWERING), 1, NONE)
    [(_, _, packet)] = network.handed
    port = IP(packet).sport
    assert trace.probe.packet == packet
    assert trace.probe.headers == Headers(SOURCE, port, ANSWERING, 8080, Transport.UDP, TTL)


def test_a_refused_send_keeps_its_errno(exchange: Exchange, network: Network) -> None:
    """The errno of the kernel stays with the probe that it refused."""
    network.errors[SILENT] = 1
    [trace] = exchange.send(way(SILENT), 1, behind(way(ANSWERING)))
    assert trace.probe.local_error == 1


def test_fragments_are_handed_over_one_by_one(exchange: Exchange, network: Network) -> None:
    """A way with fragments sends each piece, and finds each again by its identification."""
    cut = way(ANSWERING, shape=Shape(Transport.UDP, padding=200), fragment_bytes=80)
    [trace] = exchange.send(cut, 1, NONE)
    assert len(network.handed) == 3
    seen = [each.headers.source_port for each in trace.of(Part.PROBE)]
    assert seen == [trace.probe.headers.source_port] * 2 + [0] * 4


def test_marks_of_fragmented_probes_differ_in_their_identification(network: Network) -> None:
    """Of two probes with the same identification the later fragments could not be told apart."""
    exchange = an_exchange(network, 15)
    cut = way(ANSWERING, shape=Shape(Transport.UDP, padding=200), fragment_bytes=80)
    marks = [trace.probe.mark & 0xFFFF for trace in exchange.send(cut, 70, NONE)]
    assert len({0, *marks}) == 71


def test_a_way_chooses_its_route_by_mark(exchange: Exchange, network: Network) -> None:
    """Source address and sockets are those of the sender and mark of the way."""
    exchange.send(way(ANSWERING, mark=12), 2, NONE)
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


def test_data_goes_over_the_open_connection(exchange: Exchange, network: Network) -> None:
    """TCP with a source port is written to the connection that was opened, one mark at a time."""
    over = way(ANSWERING, mark=3, **CONNECTED)
    exchange.connect(over)
    batch = exchange.send(over, 3, NONE)
    assert network.opened == [(Place.POD_A2, 3, 61_000, ANSWERING, 8080)]
    assert network.written == [
        (Place.POD_A2, 61_000, PAYLOAD.pack(ASKED, trace.probe.mark)) for trace in batch
    ]
    assert network.handed == []
    assert [len(trace.of(Part.REPLY)) for trace in batch] == [1, 1, 1]


def test_a_stray_segment_is_numbered_beyond_the_widest_window(exchange: Exchange, network: Network) -> None:
    """From the opener's end it is ahead of what was sent, and bears the mark; nothing is written to the connection."""
    over = way(ANSWERING, **CONNECTED)
    exchange.connect(over)
    [trace] = exchange.send(replace(over, stray_of=over), 1, NONE)
    assert network.written == []
    assert trace.probe.is_stray
    [(_, _, packet)] = network.handed
    segment = IP(packet)[TCP]
    assert (segment.seq, segment.ack, segment.sport) == ((1 << 30) - 1, 7, 61_000)
    assert bytes(segment.payload) == PAYLOAD.pack(ASKED, trace.probe.mark)


def test_a_connection_that_is_broken_keeps_its_errno(exchange: Exchange, network: Network) -> None:
    """What the kernel says to a write is kept with the probe."""
    network.errors[ANSWERING] = 32
    over = way(ANSWERING, **CONNECTED)
    exchange.connect(over)
    [trace] = exchange.send(over, 1, NONE)
    assert trace.probe.local_error == 32


def test_probes_are_sent_before_during_and_after_what_happens(exchange: Exchange, network: Network) -> None:
    """Each way has its probes all the while; other traffic meanwhile takes nothing from them, nor they from it."""
    between: list[int] = []

    def happens() -> None:
        between.append(len(network.handed))
        [trace] = exchange.send(way(ANSWERING), 1, NONE)
        assert len(trace.of(Part.REPLY)) == 1
        between.append(len(network.handed))

    seen = exchange.send_during([way(ANSWERING)], NONE, happens)
    assert between[0] >= ROUNDS_AROUND
    assert len(seen) >= between[0] + ROUNDS_AROUND
    assert all(len(trace.of(Part.REPLY)) == 1 for trace in seen)
    assert len({trace.probe.headers.source_port for trace in seen}) == len(seen)
