"""What places know of their neighbours: the gateways of pods, and how to make everybody ask anew."""

import json
from ipaddress import IPv4Address

from lab.commands import run
from lab.model import NODES, PODS, Place
from lab.netns.namespaces import Namespaces


def forget(namespaces: Namespaces) -> None:
    """Has pods and nodes forget every neighbour but those that were configured, so that they must ask by ARP.

    Who learns of one again has been asked, or has asked, in the meantime.
    """
    for place in (*PODS, *NODES):
        run(["ip", "-n", namespaces.name(place), "neighbour", "flush", "all"])


def gateway(namespaces: Namespaces, pod: Place) -> IPv4Address:
    """Where a pod's default route leads, from the kernel."""
    [route] = json.loads(run(["ip", "-json", "-n", namespaces.name(pod), "route", "show", "default"]))
    return IPv4Address(route["gateway"])
