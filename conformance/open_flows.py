"""Brings a lab to the present of a claim by way of its past; flows of one past are opened together.

Each flow would else cost two changes of the lab, and all of these changes would be the same.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from conformance.arranged import Arranged
from conformance.live import Live
from lab.model import Circumstance, Flow, Service

Circumstances = tuple[Circumstance, ...]


@dataclass(frozen=True, slots=True)
class Story:
    """What is so until a claim is observed.

    opened: where not None, the flow carried packets in these circumstances. meanwhile: where not None, it did in these,
    too. present: what is so when the claim is observed, or when a change begins that is observed. is_left: whether the
    claim's own change ends the present.
    """

    services: tuple[Service, ...]
    opened: Circumstances | None
    meanwhile: Circumstances | None
    present: Circumstances
    is_left: bool = False


class OpenFlows:
    """The flows that are open in a lab and that nobody has observed yet."""

    def __init__(self, arranged: Arranged) -> None:
        self._arranged = arranged
        self._story: Story | None = None
        self._flows: frozenset[Flow] = frozenset()

    def bring(self, live: Live, story: Story, flow: Flow, others: Iterable[Flow] = ()) -> None:
        """Brings the lab to the story's present, with the flow open if the story has it opened.

        others: further flows with this story, of claims that come later. What is sent to open any is sent by `live`.
        """
        flows, known = self._flows, self._story
        self._flows, self._story = frozenset(), None
        if story.opened is not None and not (story == known and flow in flows):
            flows = self._open(live, story, flow, others)
        self._arranged.arrange(story.services, story.present)
        # To be observed may end a flow.
        if story.opened is not None:
            self._flows, self._story = flows - {flow}, story
        elif known is not None and _stays(known, story):
            self._flows, self._story = flows, known

    def _open(self, live: Live, story: Story, flow: Flow, others: Iterable[Flow]) -> frozenset[Flow]:
        """Opens these flows and has them live through the story. Of several that use one connection, the first."""
        by_connection = {each.stray_of or each: each for each in (*reversed(tuple(others)), flow)}
        self._arranged.arrange(story.services, story.opened or ())
        for each in by_connection.values():
            live.open(each)
        if story.meanwhile is not None:
            self._arranged.arrange(story.services, story.meanwhile)
            for each in by_connection.values():
                live.go_on(each)
        return frozenset(by_connection.values())


def _stays(known: Story, story: Story) -> bool:
    """Whether a claim that opens nothing is observed in the same present, and leaves it as it is."""
    return (known.services, known.present) == (story.services, story.present) and not story.is_left
