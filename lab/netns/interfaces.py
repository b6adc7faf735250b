"""The names of a node's interfaces towards its pods, by which kube-proxy may know their traffic."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PodInterfaces:
    """How a node's interfaces towards its pods are named: what kube-proxy's detectLocalMode can go by.

    bridge: the one that all pods hang on; a name that no interface has where there is none.
    """

    prefix: str
    bridge: str
