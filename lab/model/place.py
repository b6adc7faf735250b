"""Where packets are sent and captured. A place is one network namespace in which a socket can be opened."""

from enum import StrEnum
from functools import cached_property


class PlaceKind(StrEnum):
    """What stands at a place."""

    NODE = "node"
    POD = "pod"
    OUTSIDE = "outside"


class Place(StrEnum):
    """The places of a lab, by symbolic name. A pod's letter is the letter of its node."""

    WORKER_A = "worker-a"
    WORKER_B = "worker-b"
    WORKER_C = "worker-c"
    POD_A1 = "pod-a1"
    POD_A2 = "pod-a2"
    POD_A3 = "pod-a3"
    POD_B1 = "pod-b1"
    POD_B2 = "pod-b2"
    POD_B3 = "pod-b3"
    POD_C1 = "pod-c1"
    POD_C2 = "pod-c2"
    POD_C3 = "pod-c3"
    POD_C4 = "pod-c4"
    CLIENT = "client"
    """Outside the cluster, on the network that the nodes are on."""
    FAR_CLIENT = "far-client"
    """Outside the cluster, beyond the nodes' default router."""
    ROUTER = "router"
    """The nodes' default router: sees what leaves the nodes untranslated."""

    @cached_property
    def kind(self) -> PlaceKind:
        """Node, pod or outside."""
        if self.startswith("worker-"):
            return PlaceKind.NODE
        return PlaceKind.POD if self.startswith("pod-") else PlaceKind.OUTSIDE

    @property
    def node(self) -> "Place":
        """The node that a pod runs on; a node is its own. ValueError for a place outside."""
        match self.kind:
            case PlaceKind.NODE:
                return self
            case PlaceKind.POD:
                return Place(f"worker-{self.value[4]}")
            case PlaceKind.OUTSIDE:
                raise ValueError(f"{self} is not on a node")


NODES = tuple(place for place in Place if place.kind is PlaceKind.NODE)
PODS = tuple(place for place in Place if place.kind is PlaceKind.POD)
