"""A change as it would be watched: batches of probes, one after another in time."""

from collections.abc import Sequence
from dataclasses import replace

from lab.model import Trace, Watch

ROUND_NS = 1_000_000
Batch = Sequence[Sequence[Trace]]
"""The probes of each flow, in the order of sending."""


def watched(before: Batch, during: Sequence[Batch], after: Batch, pause_ns: int = 0) -> Watch:
    """A watch whose rounds of probes are a millisecond apart. pause_ns: from the write to the batches during it."""
    sent, began_ns = _at(0, before), _length(before)
    written_ns = began_ns + ROUND_NS
    now = written_ns + ROUND_NS + pause_ns
    for batch in during:
        sent += _at(now, batch)
        now += _length(batch)
    sent += _at(now + ROUND_NS, after)
    return Watch(tuple(sent), began_ns, written_ns, now)


def _length(batch: Batch) -> int:
    return ROUND_NS * max(len(traces) for traces in batch)


def _at(start_ns: int, batch: Batch) -> list[Trace]:
    return [
        _later(trace, start_ns + number * ROUND_NS) for traces in batch for number, trace in enumerate(traces)
    ]


def _later(trace: Trace, nanoseconds: int) -> Trace:
    seen = (replace(each, time_ns=each.time_ns + nanoseconds) for each in trace.sightings)
    return replace(trace, sightings=tuple(seen))
