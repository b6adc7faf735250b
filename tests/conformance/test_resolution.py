"""Who asks for whom by ARP: what the network has pods and nodes ask is no oddity, anything else is told."""

from dataclasses import replace
from ipaddress import IPv4Address

import pytest

from conformance.outcome import Dropped, Kept, Strayed, delivered
from conformance.resolution import resolved
from lab.model import ArpRequest, Direction, Facts, Headers, Place, Probe, Trace, Transport
from lab.netns import plan
from tests.oracle.topology import PRIMARY, facts_of

BRIDGE = facts_of(()).network.gateways
A1, A2, B1, A, B = Place.POD_A1, Place.POD_A2, Place.POD_B1, Place.WORKER_A, Place.WORKER_B
GOOD = delivered(B1, source=Kept())
TRACE = Trace(Probe(1, A2, Headers(PRIMARY[A2], 40_000, PRIMARY[B1], 8080, Transport.TCP, 64)))
STRANGER = IPv4Address("192.0.2.9")


def asked(sender: IPv4Address, target: IPv4Address, place: Place) -> ArpRequest:
    """A request, seen at a place."""
    return ArpRequest(1, place, "eth0", Direction.IN, sender, target)


SOUND = (
    asked(PRIMARY[A2], BRIDGE[A1], A2),
    asked(PRIMARY[A2], BRIDGE[A1], A),
    asked(BRIDGE[B1], PRIMARY[B1], B),
    asked(BRIDGE[B1], PRIMARY[B1], B1),
    asked(PRIMARY[A], PRIMARY[B], Place.ROUTER),
    asked(plan.CONTROL, PRIMARY[A], A),
)


def facts(*, bridged: bool = False) -> Facts:
    """The lab's addresses, with a bridge between the pods of a node or without."""
    known = facts_of(())
    return replace(known, network=replace(known.network, bridged=bridged))


def oddities(*more: ArpRequest, bridged: bool = False) -> tuple[str, ...]:
    """What is told of requests beside the sound ones."""
    match resolved(GOOD, [TRACE], [*SOUND, *more], facts(bridged=bridged)):
        case Strayed(oddities=oddities):
            return oddities
        case _:
            return ()


def test_the_networks_own_questions_are_no_oddity() -> None:
    """A pod asks for its gateway, a node for its pod, nodes for each other."""
    assert resolved(GOOD, [TRACE], SOUND, facts()) == GOOD


@pytest.mark.parametrize(
    ("request_", "told"),
    [
        pytest.param(
            asked(PRIMARY[A], PRIMARY[B1], A),
            "worker-a asked for pod-b1 by ARP at worker-a",
            id="at another node",
        ),
        pytest.param(
            asked(PRIMARY[A], PRIMARY[B1], B), "worker-a asked for pod-b1 by ARP", id="by another node"
        ),
        pytest.param(
            asked(BRIDGE[B1], PRIMARY[B1], Place.ROUTER),
            "worker-b asked for pod-b1 by ARP at router",
            id="between the nodes",
        ),
        pytest.param(
            asked(PRIMARY[A2], PRIMARY[B1], A2),
            "pod-a2 asked for pod-b1 by ARP at pod-a2",
            id="by another pod",
        ),
        pytest.param(
            asked(PRIMARY[A2], PRIMARY[B], A2),
            "pod-a2 asked for 172.18.0.12 by ARP, which is not its gateway",
            id="for a node",
        ),
        pytest.param(
            asked(STRANGER, PRIMARY[B1], B1), "192.0.2.9 asked for pod-b1 by ARP", id="by a stranger"
        ),
        pytest.param(asked(PRIMARY[B1], PRIMARY[B1], B1), "pod-b1 asked for pod-b1 by ARP", id="for oneself"),
    ],
)
def test_other_questions_are_told(request_: ArpRequest, told: str) -> None:
    """Each has its sentence, whether a bridge joins pods of one node or not."""
    assert oddities(request_) == (told,)
    assert oddities(request_, bridged=True) == (told,)


def test_pods_of_one_node_ask_for_each_other_where_a_bridge_joins_them() -> None:
    """Without a bridge a pod has no way to ask that."""
    neighbours = asked(PRIMARY[A2], PRIMARY[A1], A2)
    assert oddities(neighbours, bridged=True) == ()
    assert oddities(neighbours) == ("pod-a2 asked for pod-a1 by ARP",)


@pytest.mark.parametrize("pod", [A2, B1])
def test_that_nobody_asked_is_told(pod: Place) -> None:
    """Pods that had forgotten their neighbours and found them without a question: captures missed it."""
    seen = [each for each in SOUND if each.place is not pod]
    told = resolved(GOOD, [TRACE], seen, facts())
    assert isinstance(told, Strayed)
    assert told.oddities == (f"nobody was seen to ask by ARP on the link of {pod}",)


def test_what_was_not_delivered_stays_what_it_is() -> None:
    """The outcome says more than who asked."""
    assert resolved(Dropped(), [TRACE], (), facts()) == Dropped()
