"""A lab whose programs end while it sends: what was seen then is not judged."""

import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from ipaddress import IPv4Address
from pathlib import Path
from typing import cast

import pytest

from lab.api import TracedProbe
from lab.errors import DaemonDied
from lab.model import ArpRequest, Flow, Headers, Place, PodIP, Probe, Trace, Transport
from lab.netns import neighbours
from lab.netns.cluster import NetnsCluster
from lab.netns.daemon import Daemon
from lab.netns.inspection import Inspection
from lab.netns.serving import Serving
from lab.traffic.exchange import Exchange
from lab.traffic.places import Captures
from tests.netns.fake_serving import Here, Telling
from tests.oracle.topology import facts_of

FLOW = Flow(Place.POD_A1, PodIP(Place.POD_B1, 8080, Transport.UDP))

HEADERS = Headers(IPv4Address("10.244.1.2"), 1, IPv4Address("10.244.2.2"), 2, Transport.UDP, 64)
SEEN = (Trace(Probe(1, FLOW.sender, HEADERS), ()),)


class Deadly(Exchange):
    """What it sends ends a program of the lab."""

    def __init__(self, victim: subprocess.Popen[bytes]) -> None:
        self._victim = victim

    def send(self, *_: object, **__: object) -> Sequence[Trace]:
        """Sees nothing, but of one probe."""
        self._end()
        self._batch = lambda: SEEN
        return ()

    def send_during(self, _ways: object, _sentinels: object, action: Callable[[], None]) -> Sequence[Trace]:
        """Sees nothing."""
        self._end()
        action()
        return ()

    def _end(self) -> None:
        self._victim.kill()
        self._victim.wait()


class Standing(Serving):
    """Serves nothing, and has addresses."""

    def __init__(self) -> None:
        self.facts, self.proxies, self._unawaited = facts_of(()), Telling(), False


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[NetnsCluster]:
    """A cluster of one program."""
    process = subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"])
    echo = Daemon("echo", ("echo",), tmp_path / "echo.log", process)
    nothing = cast("dict[str, None]", dict.fromkeys(NetnsCluster.__slots__))
    made = {**nothing, "daemons": (echo,), "exchange": Deadly(process), "serving": Standing()}
    with process:
        yield NetnsCluster(**made)  # type: ignore[arg-type]  # of the rest nothing is asked
        process.kill()


def test_what_a_program_answered_that_ended_meanwhile_is_not_judged(cluster: NetnsCluster) -> None:
    """Its kernel refuses for it from then on: a lab error, not a mismatch."""
    with pytest.raises(DaemonDied, match="echo ended by itself with exit code -9"):
        cluster.send(FLOW, 1)


def test_but_what_was_captured_of_it_is_kept(cluster: NetnsCluster) -> None:
    """Until something else is sent, also where that comes to nothing."""
    with pytest.raises(DaemonDied):
        cluster.send(FLOW, 1)
    assert cluster.captured() == SEEN
    with pytest.raises(DaemonDied):
        cluster.send(FLOW, 1)
    assert cluster.captured() == ()


def test_nor_is_what_was_seen_of_a_change(cluster: NetnsCluster) -> None:
    """As of any batch."""

    def change() -> None:
        cluster.serving.written_ns = 1

    with pytest.raises(DaemonDied, match="echo ended by itself"):
        cluster.watch([FLOW], change)


class Owed(Serving):
    """Serves nothing, and says when it has caught up with what was not awaited."""

    def __init__(self, order: list[str]) -> None:
        self.facts, self.proxies, self._order = facts_of(()), Telling(), order

    def catch_up(self) -> None:
        """Notes it."""
        self._order.append("caught up")


class Noting(Exchange):
    """Sends nothing, and notes what it was to send."""

    def __init__(self, order: list[str]) -> None:
        self._order = order

    def begin(self) -> None:
        """Nothing was captured before."""

    def connect(self, _way: object) -> None:
        """Notes it."""
        self._order.append("sent")

    def send(self, *_: object, **__: object) -> Sequence[Trace]:
        """Notes it."""
        self._order.append("sent")
        return ()

    def send_during(self, _ways: object, _sentinels: object, action: Callable[[], None]) -> Sequence[Trace]:
        """Notes it."""
        self._order.append("sent")
        action()
        return ()


class Tracing(Inspection):
    """Traces nothing, and notes what it was to trace."""

    def __init__(self, order: list[str]) -> None:
        self._order = order

    def traced(self, *_: object) -> TracedProbe:
        """Notes it."""
        self._order.append("sent")
        return TracedProbe(SEEN[0], ())


class Silent(Captures):
    """Nobody asked for anybody."""

    def __init__(self) -> None:
        pass

    def arp_requests(self, since_ns: int) -> Sequence[ArpRequest]:
        """None."""
        assert since_ns
        return ()


def test_nothing_is_sent_before_the_lab_has_caught_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was created and deleted again may still be in rules: whatever is sent waits for it first."""
    order: list[str] = []
    nothing = cast("dict[str, None]", dict.fromkeys(NetnsCluster.__slots__))
    sending = {"exchange": Noting(order), "inspection": Tracing(order), "captures": Silent()}
    standing = {"daemons": (), "network_daemons": (), "namespaces": Here(""), "serving": Owed(order)}
    lab = NetnsCluster(**{**nothing, **sending, **standing})  # type: ignore[arg-type]  # as above
    monkeypatch.setattr(neighbours, "forget", lambda _namespaces: order.append("sent"))

    def change() -> None:
        lab.serving.written_ns = 1

    for send in (
        lambda: lab.connect(FLOW),
        lambda: lab.send(FLOW, 1),
        lambda: lab.watch([FLOW], change),
        lambda: lab.send_traced(FLOW),
        lambda: lab.resolve(FLOW, 1),
    ):
        order.clear()
        send()
        assert order[0] == "caught up"
        assert "sent" in order
