"""Which address the endpoint saw, and which one seemed to answer."""

from dataclasses import replace
from ipaddress import IPv4Address

import pytest

from conformance.judging import judge_one
from conformance.outcome import (
    AnsweredFrom,
    Arrival,
    Delivered,
    Foreign,
    Kept,
    Masqueraded,
    Outcome,
    Source,
    delivered,
)
from lab.model import Direction, Place, Trace
from tests.conformance.edited import answered_from, arriving, swapped
from tests.traffic.recording import lab_facts, replay_one


def one(trace: Trace) -> Outcome:
    """What became of the probe of one trace."""
    return judge_one(trace, lab_facts())


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        pytest.param("10.244.1.3", Kept(), id="the sender's"),
        pytest.param("172.18.0.13", Masqueraded(Place.WORKER_C), id="a node's primary"),
        pytest.param("10.244.2.0", Masqueraded(Place.WORKER_B), id="a node's tunnel"),
        pytest.param("10.244.1.1", Masqueraded(Place.WORKER_A), id="a node's bridge"),
        pytest.param("10.244.1.2", Foreign("10.244.1.2"), id="another pod's"),
        pytest.param("172.18.0.254", Foreign("172.18.0.254"), id="the router's"),
        pytest.param("192.0.2.7", Foreign("192.0.2.7"), id="nobody's"),
    ],
)
def test_the_source_that_the_endpoint_saw(address: str, expected: Source) -> None:
    """The source address at the endpoint says whether it was kept, and else whose it is."""
    trace = arriving(replay_one("pod-far-tcp"), source=IPv4Address(address))
    assert trace.probe.headers.source == IPv4Address("10.244.1.3")
    assert one(trace) == delivered(Place.POD_B1, source=expected)


@pytest.mark.parametrize(
    ("name", "interface", "expected"),
    [
        pytest.param(
            "node-far-tcp", "eth0", Masqueraded(Place.WORKER_A), id="a node, by the interface of this address"
        ),
        pytest.param("node-far-tcp", "flannel.1", Kept(), id="a node, by another interface"),
        pytest.param("client-node-port-tcp", "eth0", Kept(), id="no node"),
    ],
)
def test_the_source_of_a_node_that_masquerading_would_not_change(
    name: str, interface: str, expected: Source
) -> None:
    """What a node sends by the interface whose address it bears looks the same masqueraded, and is called so."""
    trace = replay_one(name)
    trace = arriving(trace, source=trace.probe.headers.source)
    out = next(each for each in trace.sightings if each.direction is Direction.OUT)
    sent = swapped(trace, out, replace(out, interface=interface))
    assert one(sent) == delivered(Place.POD_B1, source=expected)


@pytest.mark.parametrize(
    ("address", "port", "expected"),
    [
        pytest.param("", 80, AnsweredFrom.TARGET, id="target"),
        pytest.param("", 81, AnsweredFrom.OTHER, id="another port of the target"),
        pytest.param("10.244.2.2", 8080, AnsweredFrom.ENDPOINT, id="endpoint"),
        pytest.param("172.18.0.11", 80, AnsweredFrom.OTHER, id="a node"),
        pytest.param("192.0.2.7", 80, AnsweredFrom.OTHER, id="nobody"),
    ],
)
def test_the_address_that_answered(address: str, port: int, expected: AnsweredFrom) -> None:
    """The source of the reply at the sender says who seemed to answer."""
    trace = replay_one("pod-far-tcp")
    source = IPv4Address(address) if address else trace.probe.headers.destination
    arrivals = frozenset({Arrival(Place.POD_B1, 8080, Kept())})
    assert one(answered_from(trace, source, port)) == Delivered(arrivals, expected)
