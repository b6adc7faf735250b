"""Silence is proven by sentinels, never waited for; where they are lost, the lab must answer itself."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ipaddress import IPv4Address

import pytest
from scapy.layers.inet import IP

from lab.errors import NotReady
from lab.model import Direction as At
from lab.model import Headers, Part, Place, Probe, Refusal, Sighting, Trace, Transport
from lab.polling import Limit
from lab.traffic.exchange import Exchange
from tests.traffic.network import ANSWERING, CONNECTED, SILENT, SOURCE, Network, an_exchange, behind, way

GONE, HOME = IPv4Address("192.0.2.7"), IPv4Address("192.0.2.8")
LOOPBACK = IPv4Address("127.0.0.1")
POD = {SILENT: Place.POD_B1}


@pytest.fixture
def network() -> Network:
    """Return a network in which one address answers, and one is a place's own."""
    return Network(answering={ANSWERING, HOME})


@pytest.fixture
def exchange(network: Network) -> Exchange:
    """Return an exchange over that network."""
    return an_exchange(network, 1)


@pytest.fixture(autouse=True)
def limits(monkeypatch: pytest.MonkeyPatch) -> list[Limit]:
    """Give up after a few looks; return the limits of what was waited for, in order."""
    waited: list[Limit] = []

    def impatient(what: str, limit: Limit, look: Callable[[], bool | None]) -> bool:
        waited.append(limit)
        for _ in range(3):
            if look():
                return True
        raise NotReady(what)

    monkeypatch.setattr("lab.traffic.silence.wait_until", impatient)
    return waited


def test_silence_is_proven_by_sentinels_behind_the_batch(exchange: Exchange, network: Network) -> None:
    """Unanswered probes are followed by the sentinels, which are not part of the result."""
    batch = exchange.send(way(SILENT), 3, behind(way(ANSWERING), way(ANSWERING), at_home=[way(HOME)]))
    assert network.asked() == [SILENT] * 3 + [ANSWERING] * 2
    assert [trace.probe.headers.destination for trace in batch] == [SILENT] * 3
    assert [len(trace.sightings) for trace in batch] == [1, 1, 1]
    assert not any(trace.sentinels_lost for trace in batch)


def test_a_probe_that_comes_back_is_not_answered(exchange: Exchange, network: Network) -> None:
    """A probe that goes in at its own sender, as in a hairpin, still waits for its answer: the echo is asked for it."""
    itself = behind(way(ANSWERING), echoes={SILENT: Place.POD_A2})
    network.returning.add(SILENT)
    network.answering.add(SILENT)
    exchange.send(way(SILENT), 1, itself)
    assert network.asked() == [SILENT]
    network.answering.remove(SILENT)
    with pytest.raises(NotReady):
        exchange.send(way(SILENT), 1, itself)
    assert network.asked()[1:3] == [SILENT, ANSWERING]


def test_an_unanswered_sentinel_is_no_proof(exchange: Exchange) -> None:
    """Where nothing else is asked, that is an error of the lab."""
    with pytest.raises(NotReady, match="each sentinel behind the probes"):
        exchange.send(way(SILENT), 1, behind(way(GONE)))


def test_what_was_seen_until_an_error_is_kept(exchange: Exchange) -> None:
    """Every probe of the batch with its sightings, and no sentinel; nothing once the next batch begins."""
    with pytest.raises(NotReady):
        exchange.send(way(SILENT), 3, behind(way(GONE)))
    kept = exchange.captured()
    assert [trace.probe.headers.destination for trace in kept] == [SILENT] * 3
    assert [len(trace.sightings) for trace in kept] == [1, 1, 1]
    exchange.begin()
    assert exchange.captured() == ()


def test_a_lab_that_does_not_answer_itself_cannot_tell(exchange: Exchange) -> None:
    """Where a place is silent to itself too, nothing was observed."""
    with pytest.raises(NotReady, match="each place of the lab answers itself"):
        exchange.send(way(SILENT), 1, behind(way(GONE), at_home=[way(HOME), way(GONE)]))


def test_what_is_silent_as_its_sentinels_are_is_lost(exchange: Exchange, network: Network) -> None:
    """Places are asked at home when a sentinel was given up; when all answer, the silent probes are marked."""
    batch = exchange.send(way(SILENT), 2, behind(way(ANSWERING), way(GONE), at_home=[way(HOME)]))
    assert network.asked() == [SILENT, SILENT, ANSWERING, GONE, HOME]
    assert [trace.sentinels_lost for trace in batch] == [True, True]
    assert [trace.probe.headers.destination for trace in batch] == [SILENT] * 2


def test_a_sentinel_that_is_answered_meanwhile_is_proof(exchange: Exchange, network: Network) -> None:
    """What is slow is not lost: the sentinels may still be answered until each place has answered itself."""
    network.delayed[ANSWERING] = HOME
    [trace] = exchange.send(way(SILENT), 1, behind(way(ANSWERING), at_home=[way(HOME)]))
    assert network.asked() == [SILENT, ANSWERING, HOME]
    assert not trace.sentinels_lost


def test_a_probe_that_is_answered_meanwhile_is_not_lost(exchange: Exchange, network: Network) -> None:
    """Nor is a probe that is answered so late, and it has its answer."""
    network.delayed[ANSWERING] = HOME
    [trace] = exchange.send(way(ANSWERING), 1, behind(way(GONE), at_home=[way(HOME)]))
    assert len(trace.of(Part.REPLY)) == 1
    assert not trace.sentinels_lost


def test_a_way_that_lost_a_sentinel_is_given_less_time(exchange: Exchange, limits: list[Limit]) -> None:
    """For as long as nothing changes and the sentinel is lost; others have all their time."""
    gone, other = (behind(way(to), at_home=[way(HOME)]) for to in (GONE, SILENT))
    for sentinels in (gone, gone, other, gone):
        [trace] = exchange.send(way(SILENT), 1, sentinels)
        assert trace.sentinels_lost
    home = Limit.PROBES_SEEN
    assert limits == [
        *(Limit.PROBES_SEEN, home),
        *(Limit.LOST_AGAIN, home),
        *(Limit.PROBES_SEEN, home),
        *(Limit.LOST_AGAIN, home),
    ]


@pytest.mark.parametrize("change", ["the lab", "the way"])
def test_a_way_has_all_its_time_again_behind_a_change(
    exchange: Exchange, network: Network, limits: list[Limit], change: str
) -> None:
    """When something of the lab has changed, and when a sentinel has come through."""
    gone = behind(way(GONE), at_home=[way(HOME)])
    exchange.send(way(SILENT), 1, gone)
    if change == "the lab":
        exchange.forget()
    else:
        network.answering.add(GONE)
        exchange.send(way(SILENT), 1, gone)
        network.answering.remove(GONE)
    del limits[:]
    exchange.send(way(SILENT), 1, gone)
    assert limits == [Limit.PROBES_SEEN] * 2


def test_a_probe_that_arrived_is_followed_by_a_sentinel_to_its_echo(
    exchange: Exchange, network: Network
) -> None:
    """An echo that got a probe and did not answer is asked again, from its own node: its silence is not a delay."""
    network.reaching.add(SILENT)
    with pytest.raises(NotReady, match="answers itself"):
        exchange.send(way(SILENT), 1, behind(way(ANSWERING), echoes=POD))
    assert network.asked() == [SILENT, ANSWERING, SILENT, SILENT]
    assert [place for place, _, _ in network.handed[-2:]] == [Place.WORKER_B, Place.POD_B1]


def test_an_echo_of_a_node_is_asked_past_its_addresses(exchange: Exchange, network: Network) -> None:
    """Of what a node's own programs got, too; by itself, and where its address is not answered, at 127.0.0.1."""
    node = behind(way(ANSWERING), echoes={SILENT: Place.WORKER_B})
    network.reaching.add(SILENT)
    network.answering.add(LOOPBACK)
    [trace] = exchange.send(way(SILENT), 1, node)
    assert network.asked() == [SILENT, ANSWERING, SILENT, LOOPBACK]
    assert {place for place, _, _ in network.handed[-2:]} == {Place.WORKER_B}
    assert trace.sentinels_lost


def test_a_probe_that_waits_for_the_mac_of_its_pod_is_not_silent(
    exchange: Exchange, network: Network
) -> None:
    """Sentinels to other pods pass it; what its node sends to the same pod waits behind it."""
    network.unresolved.add(SILENT)
    network.answering.add(SILENT)
    [trace] = exchange.send(way(SILENT), 1, behind(way(ANSWERING), at_home=[way(HOME)], echoes=POD))
    assert network.asked() == [SILENT, ANSWERING, SILENT]
    assert len(trace.of(Part.REPLY)) == 1


def test_a_port_where_no_echo_listens_is_not_asked_again(exchange: Exchange, network: Network) -> None:
    """A kernel refuses there, and its refusal is no answer: that a refusal is lost must not end a claim without one."""
    network.reaching.add(SILENT)
    [trace] = exchange.send(way(SILENT, port=81), 1, behind(way(ANSWERING), echoes=POD))
    assert network.asked() == [SILENT, ANSWERING]
    assert not trace.sentinels_lost


@pytest.mark.parametrize("lost", [True, False])
def test_an_echo_that_its_node_does_not_hear_is_asked_by_its_own_pod(
    exchange: Exchange, network: Network, *, lost: bool
) -> None:
    """The pod's own loopback tells that the echo has nothing left to answer; but its answers may be lost."""
    network.answering.add(SILENT)
    network.deaf |= {Place.POD_A2, Place.WORKER_B} if lost else {Place.POD_A2}
    sentinel = way(ANSWERING, sender=Place.POD_A1)
    [trace] = exchange.send(way(SILENT), 1, behind(sentinel, echoes=POD))
    assert network.handed[-1][0] is (Place.POD_B1 if lost else Place.WORKER_B)
    assert trace.sentinels_lost is lost


def test_data_that_arrived_is_followed_by_a_datagram_to_its_echo(
    exchange: Exchange, network: Network
) -> None:
    """The kernel answers a SYN for the echo, but data is answered by the echo: a datagram asks the echo itself."""
    network.reaching.add(SILENT)
    over = way(SILENT, **CONNECTED)
    exchange.connect(over)
    with pytest.raises(NotReady):
        exchange.send(over, 1, behind(way(ANSWERING), echoes=POD))
    assert IP(network.handed[-1][2]).proto == 17


def test_what_is_lost_while_something_happens_is_marked(exchange: Exchange) -> None:
    """As in any batch."""
    seen = exchange.send_during([way(SILENT)], behind(way(GONE), at_home=[way(HOME)]), lambda: None)
    assert seen
    assert all(trace.sentinels_lost for trace in seen)


def a_request(mark: int, *sightings: Sighting, answer: bytes | None = None) -> Trace:
    """A request over a connection of the sender's kernel."""
    return Trace(Probe(mark, Place.POD_A2, HEADERS, request=b"GET /"), sightings, answer)


HEADERS = Headers(SOURCE, 40_000, SILENT, 80, Transport.TCP, 64)
REFUSED = Sighting(1, Place.POD_A2, "eth0", At.IN, Part.REFUSAL, HEADERS, refusal=Refusal.TCP_RESET)


def test_a_request_without_any_answer_is_followed_too(exchange: Exchange, network: Network) -> None:
    """A time-out of the sender's kernel proves nothing more; what was answered or refused needs no proof."""
    asked = [a_request(1), a_request(2, answer=b""), a_request(3, REFUSED)]
    found = exchange.follow(asked, behind(way(GONE), at_home=[way(HOME)]))
    assert [trace.sentinels_lost for trace in found] == [True, False, False]
    assert [trace.probe.mark for trace in found] == [1, 2, 3]
    found = exchange.follow(asked, behind(way(ANSWERING), at_home=[way(HOME)]))
    assert not any(trace.sentinels_lost for trace in found)
    del network.handed[:]
    exchange.follow(asked[1:], behind(way(GONE)))
    assert network.handed == []


def test_one_request_bears_the_mark_that_is_looked_for(exchange: Exchange) -> None:
    """Whoever looks for the mark does so from before it is asked until sentinels have followed it."""
    seen: list[str | int] = []

    @contextmanager
    def around(mark: int) -> Iterator[None]:
        seen.append(mark)
        yield
        seen.append("over")

    def ask(mark: int) -> Trace:
        seen.append("asked")
        return a_request(mark)

    trace = exchange.request_one(ask, behind(way(GONE), at_home=[way(HOME)]), around)
    assert seen == [trace.probe.mark, "asked", "over"]
    assert trace.sentinels_lost
