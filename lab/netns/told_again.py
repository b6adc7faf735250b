"""kube-proxies that missed at their start what they should know, and learn it when their node changes once more."""

from collections.abc import Callable

from lab.errors import NotReady
from lab.kube import Kube
from lab.model import NODES, Place
from lab.netns import plan
from lab.polling import Limit


def told_again(kube: Kube, wait_known: Callable[[Place, Limit], None]) -> list[Place]:
    """Returns when every node's kube-proxy knows; the nodes whose zone label had to be written again for that.

    wait_known: returns when the one of this node knows; NotReady when the limit has passed.
    """
    missed = []
    for node in NODES:
        try:
            wait_known(node, Limit.ZONE_KNOWN)
        except NotReady:
            missed.append(node)
            kube.label_node(node.value, {plan.ZONE_LABEL: None})
            kube.label_node(node.value, {plan.ZONE_LABEL: plan.ZONES[node]})
            wait_known(node, Limit.RULES_PROGRAMMED)
    return missed
