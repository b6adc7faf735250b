"""Sightings put together as traces, on stored packets and on small examples."""

from collections import Counter
from dataclasses import replace

import pytest

from lab.model import Direction, Part, Place, Probe, Sighting
from lab.traffic.trace import traces
from tests.traffic.recording import RECORDINGS, recording, replay, replay_one, sightings

POD_TO_ENDPOINT = [
    ("pod-a2", "out", "10.96", ""),
    ("worker-a", "in", "10.96", ""),
    ("worker-a", "in", "10.244.2.2", ""),
    ("worker-a", "out", "10.244.2.2", ""),
    ("worker-a", "out", "10.244.2.2", "vxlan"),
    ("worker-b", "in", "10.244.2.2", "vxlan"),
    ("worker-b", "in", "10.244.2.2", ""),
    ("worker-b", "out", "10.244.2.2", ""),
    ("worker-b", "out", "10.244.2.2", ""),
    ("pod-b1", "in", "10.244.2.2", ""),
]


def row(sighting: Sighting) -> tuple[str, str, str, str]:
    """Place, direction, destination (a cluster IP by its range) and tunnel of a sighting."""
    to = str(sighting.headers.destination)
    kind = sighting.tunnel.kind if sighting.tunnel else ""
    return sighting.place.value, sighting.direction.value, to if to.startswith("10.244") else to[:5], kind


@pytest.mark.parametrize("transport", ["tcp", "udp"])
def test_a_trace_is_the_way_of_a_probe_through_the_lab(transport: str) -> None:
    """A probe from a pod to an endpoint on another node is seen at each interface, in the order of its way."""
    probes = replay_one(f"pod-far-{transport}").of(Part.PROBE)
    assert [row(sighting) for sighting in probes] == POD_TO_ENDPOINT


def test_a_tunnel_is_between_the_nodes_that_it_connects() -> None:
    """The outer addresses of a VXLAN packet are those of the two nodes."""
    tunnels = {each.tunnel for each in replay_one("pod-far-tcp").of(Part.PROBE) if each.tunnel}
    assert {(tunnel.kind, str(tunnel.source), str(tunnel.destination)) for tunnel in tunnels} == {
        ("vxlan", "172.18.0.11", "172.18.0.12")
    }


@pytest.mark.parametrize("name", RECORDINGS)
def test_sightings_are_in_the_order_of_time(name: str) -> None:
    """Captures are read place by place, traces are in the order in which things happened."""
    for trace in replay(name):
        times = [sighting.time_ns for sighting in trace.sightings]
        assert times == sorted(times)


@pytest.mark.parametrize("name", RECORDINGS)
def test_no_sighting_is_lost_or_invented(name: str) -> None:
    """The traces of a flow hold exactly what was seen, each sighting in the trace of its own mark."""
    seen = Counter(sightings(recording(name)))
    assert Counter((it.probe.mark, each) for it in replay(name) for each in it.sightings) == seen


def test_the_parts_of_a_trace_come_apart() -> None:
    """`of` selects one part and keeps the order."""
    trace = replay_one("pod-far-tcp")
    parts = [trace.of(part) for part in Part]
    assert [len(part) for part in parts] == [10, 10, 0]
    assert sorted(sum(parts, ()), key=lambda each: each.time_ns) == list(trace.sightings)


def test_traces_are_in_the_order_of_sending() -> None:
    """One trace per probe, as they were sent, also where nothing was seen of one."""
    [stored] = recording("pod-far-tcp").probes
    sent = {mark: replace(stored, mark=mark) for mark in (30, 10, 20)}
    [(_, sighting), *_] = sightings(recording("pod-far-tcp"))
    made = traces([(10, sighting), (99, sighting)], sent)
    assert [(trace.probe.mark, len(trace.sightings)) for trace in made] == [(30, 0), (10, 1), (20, 0)]


def test_sightings_of_the_same_time_keep_their_order() -> None:
    """Where the clock cannot tell, the order of reading stays."""
    stored = recording("pod-far-tcp")
    [probe] = stored.probes
    first, second = (replace(each, time_ns=5) for _, each in [*sightings(stored)][:2])
    [trace] = traces([(probe.mark, first), (probe.mark, second)], {probe.mark: probe})
    assert trace.sightings == (first, second)


@pytest.mark.parametrize(
    ("place", "direction", "expected"),
    [
        (Place.WORKER_A, Direction.LOCAL, True),
        (Place.WORKER_A, Direction.IN, False),
        (Place.POD_A1, Direction.IN, True),
        (Place.POD_A1, Direction.OUT, False),
        (Place.CLIENT, Direction.IN, True),
        (Place.CLIENT, Direction.LOCAL, False),
    ],
)
def test_a_packet_reaches_the_programs_of_a_place(
    place: Place, direction: Direction, *, expected: bool
) -> None:
    """Programs of a node get what is LOCAL, those of every other place what goes in; and of no place else."""
    seen = replace(replay_one("pod-far-tcp").sightings[0], place=place, direction=direction)
    assert seen.reached(place) is expected
    assert not seen.reached(Place.POD_C3)


def test_a_probe_that_was_never_seen_has_an_empty_trace() -> None:
    """Nothing seen is a trace without sightings, not a missing trace."""
    [probe] = recording("local-error-udp").probes
    [trace] = traces([], {probe.mark: probe})
    assert isinstance(trace.probe, Probe)
    assert trace.sightings == ()
