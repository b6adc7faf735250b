"""Says when the pod network carries packets, by packets: from a pod of every node to a pod of every other node."""

from collections.abc import Callable, Mapping
from ipaddress import IPv4Address

from lab.model import NODES, PODS, Place, Transport
from lab.netns import plan
from lab.polling import Limit, wait_until
from lab.traffic.craft import Shape
from lab.traffic.exchange import Exchange
from lab.traffic.way import Way


def wait_pods_reach(
    exchange: Exchange, addresses: Mapping[Place, IPv4Address], check: Callable[[], None]
) -> None:
    """Returns when a probe has come through between each two nodes, both ways. What `check` raises ends the wait."""
    firsts = [min(pod for pod in PODS if pod.node is node) for node in NODES]
    for sender in firsts:
        for receiver in firsts:
            way = Way(sender, 0, addresses[receiver], plan.ECHO_PORTS[0], Shape(Transport.UDP))

            def look(way: Way = way, receiver: Place = receiver) -> bool | None:
                check()
                return exchange.reached(way, receiver, way.port) or None

            if sender is not receiver:
                wait_until(f"{sender} reaches {receiver} over the pod network", Limit.PODS_REACHED, look)
