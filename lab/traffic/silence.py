"""Proves that silence is silence, or that nobody can tell. Never by waiting alone.

Behind the probes of a batch, sentinels follow on the same ways. When each has been answered and the captures are
drained, whatever was still to come has come: the probes are silent. Where a sentinel is not answered within the time
limit, nothing proves that; but the probes had all that time, too. If then every place answers itself, over no network
at all, sender, captures and echoes are alive, and what was lost was lost between them: the probes are marked as lost.
Where a place does not answer itself, nothing was observed, and that is an error of the lab.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from lab.errors import NotReady
from lab.model import Direction, Part, PlaceKind, Transport
from lab.polling import Limit, wait_until
from lab.traffic.craft import Shape
from lab.traffic.flight import Flight
from lab.traffic.way import Way

_ANSWERED = "each sentinel behind the probes of a batch is answered, so that silence means something"
_ALIVE = "each place of the lab answers itself, so that what a network did not carry was lost there"


@dataclass(frozen=True, slots=True)
class Sentinels:
    """What follows a batch of which some probes are silent.

    behind: what a sound cluster answers, on the way of the probes. at_home: what a place answers to itself; where there
    is none, the loss of a sentinel is an error of the lab at once.
    """

    behind: Sequence[Way]
    at_home: Sequence[Way] = ()


def together(several: Iterable[Sentinels]) -> Sentinels:
    """The sentinels of batches that are under way at once, each way once."""
    every = list(several)
    behind = dict.fromkeys(way for each in every for way in each.behind)
    return Sentinels(tuple(behind), tuple(dict.fromkeys(way for each in every for way in each.at_home)))


class Silence:
    """Proves silence in one lab.

    launch: sends a sentinel and says its mark. collect: takes what the captures hold by now. wait: returns when they
    hold more, or after so many milliseconds.
    """

    def __init__(
        self,
        launch: Callable[[Way, Flight], int],
        collect: Callable[[Flight], None],
        wait: Callable[[int], None],
    ) -> None:
        self._launch = launch
        self._collect = collect
        self._wait = wait
        self._lost_before: set[Way] = set()

    def forget(self) -> None:
        """Must be called when something of the lab has changed: each way is given its full time again."""
        self._lost_before.clear()

    def prove(self, flight: Flight, sentinels: Sentinels, transport: Transport) -> None:
        """Returns when each probe is answered, refused, proven silent or marked as lost. NotReady says why not.

        transport: in which an echo that got a probe and is silent is asked once more.
        """
        if flight.silent:
            self.follow(flight, sentinels)
        for each in _to_silent_endpoints(flight, transport):
            self.follow(flight, each)

    def follow(self, flight: Flight, sentinels: Sentinels) -> None:
        """Sends sentinels after the probes and collects until each is answered, or the probes all are."""
        behind = {self._launch(way, flight): way for way in sentinels.behind}
        home: Collection[int] = ()
        try:
            try:
                lost_before = self._lost_before if sentinels.at_home else ()
                again = {mark for mark, way in behind.items() if way in lost_before}
                if behind.keys() != again:
                    self._await(_ANSWERED, flight, behind.keys() - again, Limit.PROBES_SEEN)
                if again:
                    # Less for those that were lost for the whole time, nothing having changed since.
                    self._await(_ANSWERED, flight, again, Limit.LOST_AGAIN)
            except NotReady:
                if not sentinels.at_home:
                    raise
                home = [self._launch(way, flight) for way in sentinels.at_home]
                self._await(_ALIVE, flight, home, Limit.PROBES_SEEN)
            if self._note(flight, behind):
                flight.lost |= flight.silent
        finally:
            flight.withdraw([*behind, *home])

    def _note(self, flight: Flight, behind: Mapping[int, Way]) -> bool:
        """Whether sentinels are lost, although probes are silent. Keeps which ways lost one, and which did not."""
        if not flight.silent:
            return False
        lost = {way for mark, way in behind.items() if mark in flight.open}
        self._lost_before.difference_update(behind.values())
        self._lost_before |= lost
        return bool(lost)

    def _await(self, what: str, flight: Flight, marks: Collection[int], limit: Limit) -> None:
        def settled() -> bool | None:
            self._collect(flight)
            if flight.open.isdisjoint(marks) or not flight.silent:
                return True
            self._wait(5)
            return None

        wait_until(what, limit, settled)
        self._collect(flight)


def _to_silent_endpoints(flight: Flight, transport: Transport) -> Iterator[Sentinels]:
    """Sentinels to the echoes that got an open probe and have not answered, through the same sockets' queues.

    From their nodes, over their links; at home from themselves. None for what is lost anyway.
    """
    silent = {
        (sighting.place, sighting.headers.destination, sighting.headers.destination_port)
        for mark, sighting in flight.seen
        if mark in flight.silent - flight.lost and sighting.place.kind is PlaceKind.POD
        if sighting.part is Part.PROBE and sighting.direction is Direction.IN
        if sighting.headers.destination_port or transport is Transport.ICMP
    }
    if silent:
        asked = [
            (place, Way(place, 0, address, port, Shape(transport))) for place, address, port in sorted(silent)
        ]
        by_node = [Way(place.node, 0, own.destination, own.port, own.shape) for place, own in asked]
        yield Sentinels(by_node, [own for _, own in asked])
