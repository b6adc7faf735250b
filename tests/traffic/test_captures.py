"""Captures: frames of rings and inboxes as sightings of places, with stored frames in place of the kernel's."""

import select
import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from ipaddress import IPv4Address

import pytest

from lab.model import NODES, ArpRequest, Direction, Place, Transport
from lab.traffic import places
from lab.traffic.inbox import Inbox
from lab.traffic.places import Captures
from lab.traffic.slots import Frame
from tests.traffic.packets import DESTINATION, KNOWN, MARK, SOURCE, arp, probe, vxlan
from tests.traffic.recording import RECORDINGS, Recording, StoredFrame, recording, sightings


class Kernel:
    """The captured frames of a recording, given to whoever opens a capture while standing in a place."""

    def __init__(self, frames: tuple[StoredFrame, ...]) -> None:
        self.frames = frames
        self.here = Place.CLIENT
        self.names = dict(enumerate(sorted({frame.interface for frame in frames}), start=1))
        self.numbers = {name: number for number, name in self.names.items()}

    def inside(self, place: Place) -> AbstractContextManager[None]:
        """Stands in a place."""
        self.here = place
        return nullcontext()

    def at(self, place: Place, *, local: bool) -> list[StoredFrame]:
        """The frames of a place's ring, or of its inbox."""
        return [
            frame
            for frame in self.frames
            if frame.place is place and (frame.direction is Direction.LOCAL) is local
        ]


class StoredRing:
    """A ring that holds stored frames."""

    def __init__(self, kernel: Kernel) -> None:
        self._frames = kernel.at(kernel.here, local=False)
        self._numbers = kernel.numbers
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)

    def fileno(self) -> int:
        """Something to poll."""
        return self._socket.fileno()

    def read(self) -> Iterator[Frame]:
        """The stored frames, once."""
        while self._frames:
            each = self._frames.pop(0)
            outgoing = each.direction is Direction.OUT
            yield Frame(each.time_ns, self._numbers[each.interface], outgoing, each.packet)

    def counts(self) -> tuple[int, int]:
        """Two captured, one lost."""
        return 2, 1

    def close(self) -> None:
        """Closes what was polled."""
        self._socket.close()


class StoredInbox:
    """An inbox that holds stored packets."""

    def __init__(self, kernel: Kernel) -> None:
        self._frames = kernel.at(kernel.here, local=True)

    def register(self, poll: "select.poll") -> None:
        """There is nothing to wait for."""

    def read(self) -> Iterator[tuple[int, bytes]]:
        """The stored packets, once."""
        while self._frames:
            each = self._frames.pop(0)
            yield each.time_ns, each.packet

    def counts(self) -> tuple[int, int]:
        """Ten captured, five lost."""
        return 10, 5

    def close(self) -> None:
        """Nothing is open."""


def captures_of(kernel: Kernel, monkeypatch: pytest.MonkeyPatch) -> Captures:
    """Captures of every place that read from stored frames."""
    monkeypatch.setattr(places, "open_capture", lambda: None)
    monkeypatch.setattr(places, "open_sockets", lambda: ())
    monkeypatch.setattr(places, "Ring", lambda _sock, _ignored: StoredRing(kernel))
    monkeypatch.setattr(places, "Inbox", lambda _sockets, _ignored: StoredInbox(kernel))
    monkeypatch.setattr("lab.traffic.places.socket.if_nameindex", lambda: list(kernel.names.items()))
    return Captures(kernel.inside, Place, IPv4Address("172.18.0.1"))


@pytest.mark.parametrize("name", RECORDINGS)
def test_captures_read_recorded_frames(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rings and inboxes yield the sightings of a flow, each once, with place, interface and direction."""
    stored: Recording = recording(name)
    captures = captures_of(Kernel(stored.frames), monkeypatch)
    assert Counter(captures.sightings(stored.known)) == Counter(sightings(stored))
    assert list(captures.sightings(stored.known)) == []
    captures.close()


def test_a_tunnels_packet_is_not_its_nodes_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """A VXLAN packet that a node's raw socket sees has not reached a program: its inner packet goes on from there."""
    inner = probe(Transport.UDP)
    frames = tuple(
        StoredFrame(Place.WORKER_A, "socket", Direction.LOCAL, at, data)
        for at, data in enumerate((vxlan(inner), inner))
    )
    captures = captures_of(Kernel(frames), monkeypatch)
    assert [(mark, each.time_ns) for mark, each in captures.sightings(KNOWN)] == [(MARK, 1)]
    captures.close()


def test_arp_requests_are_kept_for_who_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are no sightings of a probe; those since a moment are told in the order of time, each as often as asked."""
    frames = tuple(
        StoredFrame(place, "eth0", direction, at, arp(SOURCE, DESTINATION))
        for place, direction, at in (
            (Place.WORKER_B, Direction.IN, 3),
            (Place.WORKER_A, Direction.OUT, 2),
            (Place.POD_A1, Direction.OUT, 1),
        )
    )
    captures = captures_of(Kernel(frames), monkeypatch)
    assert captures.arp_requests(0) == ()
    assert list(captures.sightings(KNOWN)) == []
    out, in_ = Direction.OUT, Direction.IN
    expected = (
        ArpRequest(2, Place.WORKER_A, "eth0", out, SOURCE, DESTINATION),
        ArpRequest(3, Place.WORKER_B, "eth0", in_, SOURCE, DESTINATION),
    )
    assert captures.arp_requests(2) == expected
    assert len(captures.arp_requests(0)) == len(frames)
    captures.close()


def test_an_interface_that_is_gone_has_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    """A frame of an interface that no longer exists is still a sighting."""
    kernel = Kernel((StoredFrame(Place.POD_A1, "eth0", Direction.IN, 0, probe(Transport.UDP)),))
    kernel.names.clear()
    captures = captures_of(kernel, monkeypatch)
    assert [each.interface for _, each in captures.sightings(KNOWN)] == ["#1"]
    captures.close()


def test_counts_add_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Packets captured and lost are those of every ring and every inbox."""
    captures = captures_of(Kernel(()), monkeypatch)
    rings, inboxes = len(Place), len(NODES)
    assert captures.counts() == (2 * rings + 10 * inboxes, rings + 5 * inboxes)
    captures.close()


def test_an_inbox_gives_packets_with_the_kernels_stamp() -> None:
    """Packets of all sockets come out once, whole, with times since the epoch, and are counted."""
    pairs = [socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM) for _ in range(2)]
    inbox = Inbox(tuple(capture for _, capture in pairs), IPv4Address("172.18.0.1"))
    for network, _ in pairs:
        network.send(probe(Transport.UDP))
    read = list(inbox.read())
    assert [packet for _, packet in read] == [probe(Transport.UDP)] * 2
    assert all(time_ns > 1_700_000_000 * 10**9 for time_ns, _ in read)
    assert list(inbox.read()) == []
    assert inbox.counts() == (2, 0)
    inbox.close()
    for network, _ in pairs:
        network.close()
