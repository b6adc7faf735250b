"""ARP requests that were never sent: who would ask for whom so that a probe goes from one pod to another."""

from lab.model import ArpRequest, Direction, Facts, Flow, Place
from tests.oracle.lies import Lie


def requests_under(lie: Lie | None, flow: Flow, facts: Facts) -> tuple[ArpRequest, ...]:
    """The pod asks for its gateway, the other pod's node for that pod; nodes for each other, which nobody minds."""
    pod = facts.owners[facts.destination(flow.target).address]
    asked = [
        *_request_of_gateway(flow.sender, facts),
        *_request(pod.node, pod, pod, facts),
        *_request(flow.sender.node, pod.node, pod.node, facts),
    ]
    if lie is Lie.ARP_IN_THE_POD:
        asked += _request(flow.sender, pod, flow.sender, facts)
    if lie is Lie.ARP_BETWEEN_NODES:
        asked += _request(flow.sender.node, pod, Place.ROUTER, facts)
    return () if lie is Lie.ARP_UNSEEN else tuple(asked)


def _request(asker: Place, wanted: Place, seen_at: Place, facts: Facts) -> tuple[ArpRequest, ...]:
    here, there = facts.primary[asker], facts.primary[wanted]
    return (ArpRequest(1, seen_at, "eth0", Direction.IN, here, there),)


def _request_of_gateway(pod: Place, facts: Facts) -> tuple[ArpRequest, ...]:
    gateway = facts.network.gateways[pod]
    return (ArpRequest(1, pod, "eth0", Direction.OUT, facts.primary[pod], gateway),)
