"""The probes and sentinels that are under way, and what was seen of them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

from lab.model import Direction, LostSentinel, Part, Place, Probe, Sighting, Trace
from lab.traffic.decode import Ends, mirror
from lab.traffic.trace import traces


@dataclass(slots=True)
class Flight:
    """What is under way, by mark.

    mirrors: what a reset would bear that answers data, to the probe of it. open: neither answered nor refused yet.
    lost: probes behind which sentinels were lost, too, with those.
    """

    sent: dict[int, Probe] = field(default_factory=dict)
    fragments: dict[int, int] = field(default_factory=dict)
    mirrors: dict[Ends, int] = field(default_factory=dict)
    is_data: bool = False
    open: set[int] = field(default_factory=set)
    sentinels: set[int] = field(default_factory=set)
    lost: dict[int, tuple[LostSentinel, ...]] = field(default_factory=dict)
    seen: list[tuple[int, Sighting]] = field(default_factory=list)

    def note(self, mark: int, sighting: Sighting) -> None:
        """Keeps a sighting of a probe, and closes the probe if that was its answer or refusal."""
        self.seen.append((mark, sighting))
        if sighting.part is Part.PROBE:
            if self.is_data:
                self.mirrors[mirror(sighting.headers)] = mark
            return
        # A refusal is the end of a probe, but a sentinel must come through.
        is_end = sighting.part is Part.REPLY or mark not in self.sentinels
        if is_end and sighting.reached(self.sent[mark].sender):
            self.open.discard(mark)

    @property
    def silent(self) -> set[int]:
        """The probes that are neither answered nor refused yet; no sentinels."""
        return self.open - self.sentinels

    def unanswered(self, marks: Collection[int]) -> tuple[LostSentinel, ...]:
        """Those of these sentinels that are not answered yet, as far as they were seen."""
        found = traces(self.seen, {mark: self.sent[mark] for mark in marks if mark in self.open})
        return tuple(
            LostSentinel(each.probe, each.sightings[-1] if each.sightings else None) for each in found
        )

    def lose(self, marks: Collection[int]) -> None:
        """Notes that these sentinels were lost behind the probes that are silent."""
        if lost := self.unanswered(marks):
            self.lost |= {mark: self.lost.get(mark, ()) + lost for mark in self.silent}

    def marked(self, trace: Trace) -> Trace:
        """A trace with the sentinels that were lost behind its probe."""
        lost = self.lost.get(trace.probe.mark, ())
        return replace(trace, sentinels_lost=True, lost_sentinels=lost) if lost else trace

    def withdraw(self, marks: Collection[int]) -> None:
        """Forgets sentinels."""
        for mark in marks:
            self.open.discard(mark)
            self.sentinels.discard(mark)
            del self.sent[mark]

    def went_in(self, at: Place) -> dict[int, Sighting]:
        """The probes that went in at a place, by mark."""
        return {
            mark: sighting
            for mark, sighting in self.seen
            if sighting.place is at and sighting.part is Part.PROBE and sighting.direction is Direction.IN
        }

    def traces(self) -> Sequence[Trace]:
        """One trace per probe, in the order of sending."""
        return [self.marked(each) for each in traces(self.seen, self.sent)]
