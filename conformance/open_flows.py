"""Brings a lab to the present of a claim by way of its past; flows of one past are opened together.

Each flow would else cost two changes of the lab, and all of these changes would be the same.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from conformance.arranged import Arranged
from conformance.live import Live
from lab.errors import DaemonDied, LabError
from lab.model import Circumstance, Flow, Service

Circumstances = tuple[Circumstance, ...]

MOST_SECONDS = 10.0
"""How long a flow may wait until it is observed. A kernel forgets one of UDP after 30 s, or after 120 s if it has
lasted (nf_conntrack_udp_timeout and nf_conntrack_udp_timeout_stream, nf_conntrack-sysctl.rst)."""


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


@dataclass(frozen=True, slots=True)
class _Open:
    """Flows that are open and have not been observed. since: when they had been opened, monotonic."""

    story: Story
    flows: frozenset[Flow]
    since: float

    def has(self, story: Story, flow: Flow) -> bool:
        return story == self.story and flow in self.flows and time.monotonic() - self.since < MOST_SECONDS

    def stays(self, story: Story) -> bool:
        """Whether a claim that opens nothing is observed in the same present, and leaves it as it is."""
        same = (self.story.services, self.story.present) == (story.services, story.present)
        return same and not story.is_left


class OpenFlows:
    """The flows that are open in a lab and that nobody has observed yet."""

    def __init__(self, arranged: Arranged) -> None:
        self._arranged = arranged
        self._open: _Open | None = None

    def bring(self, live: Live, story: Story, flow: Flow, others: Iterable[Flow] = ()) -> None:
        """Brings the lab to the story's present, with the flow open if the story has it opened.

        others: further flows with this story, of claims that come later. What is sent to open any is sent by `live`.
        """
        known, self._open = self._open, None
        if story.opened is not None and not (known is not None and known.has(story, flow)):
            known = self._opened(live, story, flow, others)
        self._arranged.arrange(story.services, story.present)
        if known is not None and (story == known.story or known.stays(story)):
            # To be observed may end a flow.
            self._open = _Open(known.story, known.flows - {flow}, known.since)

    def _opened(self, live: Live, story: Story, flow: Flow, others: Iterable[Flow]) -> _Open:
        """Opens these flows and has them live through the story. Of several that use one connection, the first."""
        by_connection = {_connection(each): each for each in reversed((flow, *others))}
        self._arranged.arrange(story.services, story.opened or ())
        flows = _those_that(live.open, flow, by_connection.values())
        since = time.monotonic()
        if story.meanwhile is not None:
            self._arranged.arrange(story.services, story.meanwhile)
            flows = _those_that(live.go_on, flow, flows)
        return _Open(story, frozenset(flows), since)


def _connection(flow: Flow) -> Flow:
    return flow.stray_of or flow


def _those_that(send: Callable[[Flow], None], flow: Flow, flows: Iterable[Flow]) -> tuple[Flow, ...]:
    """Sends on a flow, and on others. One on which that fails is left to its own claim, which then says so."""
    send(flow)
    sent = [flow]
    for each in flows:
        if each == flow:
            continue
        try:
            send(each)
        except DaemonDied:
            raise
        except LabError:
            continue
        sent.append(each)
    return tuple(sent)
