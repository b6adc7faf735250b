"""Sightings to traces. Pure."""

from collections.abc import Iterable, Mapping, Sequence

from lab.model import Probe, Sighting, Trace


def traces(seen: Iterable[tuple[int, Sighting]], sent: Mapping[int, Probe]) -> Sequence[Trace]:
    """One trace per probe, in the order of sending; each with its sightings in the order of time."""
    by_mark: dict[int, list[Sighting]] = {mark: [] for mark in sent}
    for mark, sighting in seen:
        if mark in by_mark:
            by_mark[mark].append(sighting)
    return [
        Trace(probe, tuple(sorted(by_mark[mark], key=lambda sighting: sighting.time_ns)))
        for mark, probe in sent.items()
    ]
