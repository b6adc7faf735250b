"""The echoes that silent probes were bound for, and the sentinels that follow them there.

A probe that has left its sender's way waits in queues that no other sentinel passes: for the MAC of the one pod that it
goes to, and in the one socket that it is read from. What is sent to the same address waits behind it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address

from lab.model import Headers, Part, Place, PlaceKind, Transport
from lab.traffic.craft import Shape
from lab.traffic.flight import Flight
from lab.traffic.way import Way

_LOOPBACK = IPv4Address("127.0.0.1")
_SPOKEN = frozenset({Transport.TCP, Transport.UDP})


@dataclass(frozen=True, slots=True)
class Echoes:
    """Where the lab answers. at: pods and nodes by their addresses. ports: of each; pings are answered besides."""

    at: Mapping[IPv4Address, Place] = field(default_factory=dict)
    ports: frozenset[int] = frozenset()

    def answers(self, headers: Headers, transport: Transport) -> bool:
        """Whether an echo answers what is sent so. Elsewhere a kernel refuses, and no sentinel would be answered."""
        spoken = transport in _SPOKEN and headers.destination_port in self.ports
        return headers.destination in self.at and (transport is Transport.ICMP or spoken)


def sought(flight: Flight, transport: Transport, echoes: Echoes) -> Iterator[tuple[Way, Way]]:
    """Of each echo that silent probes were bound for: a sentinel from its node, and one from itself, past any link.

    None for what is lost anyway.
    """
    silent = flight.silent - flight.lost.keys()
    bound = {
        (sighting.headers.destination, sighting.headers.destination_port)
        for mark, sighting in flight.seen
        if mark in silent and sighting.part is Part.PROBE
        if echoes.answers(sighting.headers, transport)
    }
    for address, port in sorted(bound):
        place, shape = echoes.at[address], Shape(transport)
        # A node's own rules let pass what it sends to 127.0.0.1, whatever they do to its addresses.
        home = _LOOPBACK if place.kind is PlaceKind.NODE else address
        yield Way(place.node, 0, address, port, shape), Way(place, 0, home, port, shape)
