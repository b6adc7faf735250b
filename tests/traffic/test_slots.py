"""Frames are read from a ring in the order in which they came, none passed over that is still being written."""

import struct
from contextlib import nullcontext
from threading import Timer

import pytest

from lab.errors import NotReady
from lab.polling import Limit
from lab.traffic import slots
from lab.traffic.slots import SLOT_BYTES, SLOTS, Slots

TO_US, TO_SOMEONE_ELSE, FROM_US = 0, 3, 4
_NETWORK_AT = 80


def memory() -> bytearray:
    """A ring that is empty."""
    return bytearray(SLOTS * SLOT_BYTES)


def fill(ring: bytearray, number: int, packet: bytes, kind: int = TO_US, status: int = 1) -> None:
    """Writes a frame as the kernel does; its time is the number of its slot, in seconds."""
    at = number * SLOT_BYTES
    struct.pack_into("=IIIHHII", ring, at, status, len(packet), len(packet), 66, _NETWORK_AT, number, 0)
    struct.pack_into("=HHiHBB", ring, at + 32, 17, 8, 7, 1, kind, 6)
    ring[at + _NETWORK_AT : at + _NETWORK_AT + len(packet)] = packet


def test_frames_come_in_their_order_and_once() -> None:
    """Each is read once, with its time, interface and direction; then its slot is the kernel's again."""
    ring = memory()
    fill(ring, 0, b"one")
    fill(ring, 1, b"two", FROM_US)
    reader = Slots(ring)
    frames = list(reader.read())
    assert [(frame.packet, frame.outgoing, frame.interface_index) for frame in frames] == [
        (b"one", False, 7),
        (b"two", True, 7),
    ]
    assert [frame.time_ns for frame in frames] == [0, 1_000_000_000]
    assert list(reader.read()) == []


def test_what_a_bridge_flooded_is_left_out() -> None:
    """A frame for someone else is passed over, and frames behind it are read."""
    ring = memory()
    fill(ring, 0, b"theirs", TO_SOMEONE_ELSE)
    fill(ring, 1, b"ours")
    assert [frame.packet for frame in Slots(ring).read()] == [b"ours"]


def test_a_frame_that_is_being_written_is_waited_for() -> None:
    """Frames behind it are there already: it is read before them, when it is complete."""
    ring = memory()
    fill(ring, 0, b"slow", status=0)
    fill(ring, 2, b"quick")
    fill(ring, 1, b"slow too", status=0)
    timers = [
        Timer(0.02, fill, (ring, 1, b"slow too")),
        Timer(0.04, fill, (ring, 0, b"slow")),
    ]
    for timer in timers:
        timer.start()
    assert [frame.packet for frame in Slots(ring).read()] == [b"slow", b"slow too", b"quick"]


@pytest.mark.parametrize("read_before", [0, 5, SLOTS - 2, SLOTS - 1])
@pytest.mark.parametrize(("ahead", "is_waited"), [(1, True), (2, True), (15, True), (16, False), (40, False)])
def test_a_frame_that_is_never_finished_is_an_error(
    monkeypatch: pytest.MonkeyPatch, read_before: int, ahead: int, *, is_waited: bool
) -> None:
    """The lab then cannot tell what was captured; wherever in the ring, as far ahead as there are who write."""
    monkeypatch.setattr(slots, "wait_until", lambda what, limit, _look: _give_up(what, limit))
    ring = memory()
    reader = Slots(ring)
    for number in range(read_before):
        fill(ring, number, b"x")
    assert len(list(reader.read())) == read_before
    fill(ring, (read_before + ahead) % SLOTS, b"quick")
    with pytest.raises(NotReady, match="a captured frame is written") if is_waited else nullcontext():
        assert list(reader.read()) == []


def test_the_ring_goes_round() -> None:
    """Behind the last slot comes the first."""
    ring = memory()
    reader = Slots(ring)
    for number in range(SLOTS):
        fill(ring, number, b"x")
    assert len(list(reader.read())) == SLOTS
    fill(ring, 0, b"again")
    assert [frame.packet for frame in reader.read()] == [b"again"]


def _give_up(what: str, limit: Limit) -> None:
    raise NotReady(f"{what}: not so after {limit.seconds} s")
