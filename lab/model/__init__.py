"""The nouns: places, Services, flows, packets. Frozen facts that every room may name."""

from lab.model.facts import Facts, Interface, ServiceFacts
from lab.model.flow import (
    ClusterIP,
    ExternalIP,
    Flow,
    LoadBalancerIP,
    NodePort,
    PodIP,
    Target,
    Transport,
)
from lab.model.packet import (
    Direction,
    Headers,
    Part,
    Probe,
    Refusal,
    Sighting,
    Trace,
    Tunnel,
)
from lab.model.place import NODES, PODS, Place, PlaceKind
from lab.model.service import (
    Protocol,
    Service,
    ServicePort,
    ServiceType,
    TrafficPolicy,
)

__all__ = [
    "NODES",
    "PODS",
    "ClusterIP",
    "Direction",
    "ExternalIP",
    "Facts",
    "Flow",
    "Headers",
    "Interface",
    "LoadBalancerIP",
    "NodePort",
    "Part",
    "Place",
    "PlaceKind",
    "PodIP",
    "Probe",
    "Protocol",
    "Refusal",
    "Service",
    "ServiceFacts",
    "ServicePort",
    "ServiceType",
    "Sighting",
    "Target",
    "Trace",
    "TrafficPolicy",
    "Transport",
    "Tunnel",
]
