"""Of a sentinel that is lost the lab says which it was, and how far it came."""

import errno
from collections.abc import Callable
from dataclasses import replace
from ipaddress import IPv4Address

import pytest

from lab.errors import NotReady
from lab.model import (
    Direction,
    Headers,
    LostSentinel,
    Part,
    Place,
    Probe,
    Refusal,
    Sighting,
    Transport,
    Tunnel,
    lost_behind,
)
from lab.polling import Limit
from lab.traffic.exchange import Exchange
from tests.traffic.network import ANSWERING, SILENT, SOURCE, Network, an_exchange, behind, way

GONE, FAR, HOME = (IPv4Address(f"192.0.2.{number}") for number in (7, 9, 8))
SENT = Probe(1, Place.CLIENT, Headers(SOURCE, 33_000, ANSWERING, 8080, Transport.UDP, 64))
ON_THE_WAY = Sighting(
    time_ns=1,
    place=Place.WORKER_B,
    interface="eth0",
    direction=Direction.IN,
    part=Part.PROBE,
    headers=Headers(GONE, 1024, ANSWERING, 8080, Transport.UDP, 63),
)
ANSWER = replace(ON_THE_WAY, part=Part.REPLY)
OUTER = Tunnel("vxlan", HOME, FAR)
REFUSED = replace(ON_THE_WAY, part=Part.REFUSAL, refusal=Refusal.PORT_UNREACHABLE)
WAY = "UDP from client, 10.244.1.3:33000 > 10.244.2.2:8080"
SEEN = "last seen at worker-b, eth0, in, 192.0.2.7:1024 > 10.244.2.2:8080"


@pytest.fixture
def network() -> Network:
    """Return a network in which some answer, and one is reached only."""
    return Network(answering={ANSWERING, HOME}, reaching={FAR})


@pytest.fixture
def exchange(network: Network, monkeypatch: pytest.MonkeyPatch) -> Exchange:
    """Return an exchange over that network, which gives up at once."""

    def impatient(what: str, _limit: Limit, look: Callable[[], bool | None]) -> bool:
        if look():
            return True
        raise NotReady(what)

    monkeypatch.setattr("lab.traffic.silence.wait_until", impatient)
    return an_exchange(network, 1)


@pytest.mark.parametrize(
    ("sentinel", "said"),
    [
        (LostSentinel(SENT, ON_THE_WAY), f"{WAY}: {SEEN}"),
        (LostSentinel(SENT, replace(ON_THE_WAY, tunnel=OUTER)), f"{WAY}: {SEEN}, in {OUTER}"),
        (LostSentinel(SENT, ANSWER), f"{WAY}: its answer {SEEN}"),
        (LostSentinel(SENT, REFUSED), f"{WAY}: ICMP port unreachable {SEEN}"),
        (LostSentinel(SENT, None), f"{WAY}: never seen"),
        (
            LostSentinel(replace(SENT, local_error=errno.EPERM), None),
            f"{WAY}: the sender's kernel refused it with EPERM",
        ),
        (
            LostSentinel(Probe(1, Place.POD_A1, Headers(SOURCE, 0, HOME, 0, Transport.ICMP, 64)), None),
            "ICMP from pod-a1, 10.244.1.3 > 192.0.2.8: never seen",
        ),
    ],
)
def test_words(sentinel: LostSentinel, said: str) -> None:
    """Its way, and the last that was seen of it."""
    assert str(sentinel) == said


def test_a_probe_that_is_lost_knows_the_sentinels(exchange: Exchange, network: Network) -> None:
    """Those that were lost, in their order, with where each was seen last; not those that were answered."""
    network.errors[GONE] = errno.EPERM
    ways = [way(GONE), way(ANSWERING), way(FAR)]
    batch = exchange.send(way(SILENT), 2, behind(*ways, at_home=[way(HOME)]))
    gone, far = lost_behind(batch)
    assert (gone.probe.headers.destination, gone.probe.local_error) == (GONE, errno.EPERM)
    assert far.last is not None
    assert (far.last.place, far.last.direction) == (Place.POD_B1, Direction.IN)
    assert [trace.lost_sentinels for trace in batch] == [(gone, far)] * 2


def test_a_probe_that_is_answered_meanwhile_knows_none(exchange: Exchange, network: Network) -> None:
    """Nothing was lost with it."""
    network.delayed[ANSWERING] = HOME
    batch = exchange.send(way(ANSWERING), 1, behind(way(GONE), at_home=[way(HOME)]))
    assert lost_behind(batch) == ()


def test_an_error_names_what_was_not_answered(exchange: Exchange) -> None:
    """The sentinels behind the probes and the place that did not answer itself, not those that were answered."""
    with pytest.raises(NotReady) as raised:
        exchange.send(way(SILENT), 1, behind(way(ANSWERING), way(FAR), at_home=[way(HOME), way(GONE)]))
    behind_it, at_home = raised.value.output.splitlines()
    assert f"> {FAR}:8080: last seen at pod-b1, eth0, in" in behind_it
    assert f"> {GONE}:8080: last seen at {Place.POD_A2}, eth0, out" in at_home
