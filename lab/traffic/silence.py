"""Proves that silence is silence, or that nobody can tell. Never by waiting alone.

Behind the probes of a batch, sentinels follow on the same ways. When each has been answered and the captures are
drained, whatever was still to come has come: the probes are silent. Where a sentinel is not answered within the time
limit, nothing proves that; but the probes had all that time, too. If then every place answers itself, over no network
at all, sender, captures and echoes are alive, and what was lost was lost between them: the probes are marked as lost.
Where a place does not answer itself, nothing was observed, and that is an error of the lab.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from lab.errors import NotReady
from lab.model import Transport
from lab.polling import Limit, wait_until
from lab.traffic.echoes import Echoes, sought
from lab.traffic.flight import Flight
from lab.traffic.way import Way

_ANSWERED = "each sentinel behind the probes of a batch is answered, so that silence means something"
_ALIVE = "each place of the lab answers itself, so that what a network did not carry was lost there"


@dataclass(frozen=True, slots=True)
class Sentinels:
    """What follows a batch of which some probes are silent.

    behind: what a sound cluster answers, on the way of the probes. at_home: what a place answers to itself; where there
    is none, the loss of a sentinel is an error of the lab at once. echoes: those that a probe may be bound for, of
    which each that was is asked by a sentinel of its own.
    """

    behind: Sequence[Way]
    at_home: Sequence[Way] = ()
    echoes: Echoes = field(default_factory=Echoes)


def together(several: Iterable[Sentinels]) -> Sentinels:
    """The sentinels of batches that are under way at once, each way once."""
    every = list(several)
    behind = dict.fromkeys(way for each in every for way in each.behind)
    at_home = dict.fromkeys(way for each in every for way in each.at_home)
    at = {address: place for each in every for address, place in each.echoes.at.items()}
    ports = frozenset(port for each in every for port in each.echoes.ports)
    return Sentinels(tuple(behind), tuple(at_home), Echoes(at, ports))


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

        transport: in which an echo that a silent probe was bound for is asked once more, behind the other sentinels.
        """
        if flight.silent:
            self.follow(flight, sentinels)
        asked = list(sought(flight, transport, sentinels.echoes))
        if asked:
            self.follow(flight, Sentinels([way for way, _ in asked], [home for _, home in asked]))

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
            flight.lose(self._note(flight, behind))
        finally:
            flight.withdraw([*behind, *home])

    def _note(self, flight: Flight, behind: Mapping[int, Way]) -> Collection[int]:
        """The sentinels that are lost; none where no probe is silent. Keeps which ways lost one, and which did not."""
        if not flight.silent:
            return ()
        lost = {mark: way for mark, way in behind.items() if mark in flight.open}
        self._lost_before.difference_update(behind.values())
        self._lost_before.update(lost.values())
        return lost

    def _await(self, what: str, flight: Flight, marks: Collection[int], limit: Limit) -> None:
        def settled() -> bool | None:
            self._collect(flight)
            if flight.open.isdisjoint(marks) or not flight.silent:
                return True
            self._wait(5)
            return None

        try:
            wait_until(what, limit, settled)
        except NotReady as error:
            unanswered = flight.unanswered(flight.sentinels)
            raise NotReady(error.attempted, output="\n".join(map(str, unanswered))) from error
        self._collect(flight)
