"""The sockets of a lab: one capture per place, one raw socket per sender and route, opened once and kept."""

import fcntl
import select
import socket
import struct
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from ipaddress import IPv4Address

from lab.errors import LabError
from lab.model import ArpRequest, Direction, Place, PlaceKind, Sighting
from lab.side_by_side import side_by_side
from lab.traffic import arp
from lab.traffic.checksum import with_sum
from lab.traffic.decode import Decoded, Known, decoder
from lab.traffic.inbox import Inbox, open_sockets
from lab.traffic.ring import Ring

_ETH_P_ALL, _ETH_P_IP = 3, 0x0800
_SIOCGIFHWADDR = 0x8927
_REQUESTS_KEPT = 4096
"""The latest: neighbours are asked for once a minute or so, and who wants to know looks at once."""
_LINK = "eth0"
"""What the interface to the underlay is called in every place."""

Inside = Callable[[Place], AbstractContextManager[None]]
"""Puts the calling thread into a place's network namespace."""


def open_capture() -> socket.socket:
    """A packet socket of all interfaces, now and later, of the namespace that this thread is in."""
    return socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(_ETH_P_ALL))


class Captures:
    """The rings of all places, and the inboxes of nodes."""

    def __init__(self, inside: Inside, places: Iterable[Place], ignored: IPv4Address) -> None:
        self._inside = inside
        self._rings: dict[Place, Ring] = {}
        self._inboxes: dict[Place, Inbox] = {}
        self._names: dict[Place, dict[int, str]] = {}
        self._requests: deque[ArpRequest] = deque(maxlen=_REQUESTS_KEPT)
        self._poll = select.poll()
        for place in places:
            self._names[place] = {}
            with inside(place):
                self._rings[place] = Ring(open_capture(), ignored)
                if place.kind is PlaceKind.NODE:
                    self._inboxes[place] = Inbox(open_sockets(), ignored)
        for ring in self._rings.values():
            self._poll.register(ring, select.POLLIN)
        for inbox in self._inboxes.values():
            inbox.register(self._poll)

    def wait(self, milliseconds: int) -> None:
        """Returns when some place has a packet, or after this time."""
        self._poll.poll(milliseconds)

    def sightings(self, known: Known) -> Iterator[tuple[int, Sighting]]:
        """What has been captured by now of the known probes: mark and sighting."""
        decoded = decoder(known)
        yield from self._at_interfaces(decoded)
        yield from self._at_sockets(decoded)

    def _at_interfaces(self, decoded: Callable[[bytes], Decoded | None]) -> Iterator[tuple[int, Sighting]]:
        for place, ring in self._rings.items():
            for time_ns, index, outgoing, packet in ring.read():
                direction = Direction.OUT if outgoing else Direction.IN
                found = decoded(packet)
                if found is not None:
                    mark, part, headers, tunnel, refusal = found
                    interface = self._names[place].get(index) or self._interface(place, index)
                    yield (
                        mark,
                        Sighting(
                            time_ns, place, interface, direction, part, headers, tunnel, refusal, packet
                        ),
                    )
                elif arp.is_request(packet):
                    interface = self._interface(place, index)
                    self._requests.append(ArpRequest(time_ns, place, interface, direction, *arp.ends(packet)))

    def _at_sockets(self, decoded: Callable[[bytes], Decoded | None]) -> Iterator[tuple[int, Sighting]]:
        for place, inbox in self._inboxes.items():
            for time_ns, packet in inbox.read():
                found = decoded(packet)
                # A tunnel's packet is the tunnel's, not a program's: what it carries goes on from here.
                if found is not None and found.tunnel is None:
                    mark, part, headers, _, refusal = found
                    local = Direction.LOCAL
                    yield mark, Sighting(time_ns, place, "socket", local, part, headers, None, refusal)

    def arp_requests(self, since_ns: int) -> Sequence[ArpRequest]:
        """Those among what sightings() has read of frames since then, in the order of time."""
        found = (each for each in self._requests if each.time_ns >= since_ns)
        return tuple(sorted(found, key=lambda each: each.time_ns))

    def counts(self) -> tuple[int, int]:
        """Packets captured and lost in all places since the start."""
        each = [capture.counts() for capture in self._every()]
        return sum(captured for captured, _ in each), sum(dropped for _, dropped in each)

    def close(self) -> None:
        """Ends all captures. The kernel takes its time for each: it waits until nobody can still be at it."""
        side_by_side(lambda capture: capture.close(), self._every())

    def _every(self) -> list[Ring | Inbox]:
        return [*self._rings.values(), *self._inboxes.values()]

    def _interface(self, place: Place, index: int) -> str:
        names = self._names[place]
        if index not in names:
            with self._inside(place):
                names.update(dict(socket.if_nameindex()))
        return names.get(index, f"#{index}")


@dataclass(frozen=True, slots=True)
class Frame:
    """What goes on the link past all routes: from this address, to the network interface of this place."""

    source: IPv4Address
    to: Place


class Senders:
    """Raw sockets by place and mark. Packets pass the place's own OUTPUT hook, as those of its programs do."""

    def __init__(self, inside: Inside) -> None:
        self._inside = inside
        self._sockets: dict[tuple[Place, int], socket.socket] = {}
        self._sources: dict[tuple[Place, int, IPv4Address], IPv4Address] = {}
        self._links: dict[Place, socket.socket] = {}

    def send(self, place: Place, mark: int, packet: bytes, destination: IPv4Address) -> int | None:
        """Hands one packet to the kernel; the errno where it refuses."""
        try:
            self._socket(place, mark).sendto(packet, (str(destination), 0))
        except OSError as error:
            return error.errno
        return None

    def prepare(self, place: Place, mark: int, destination: IPv4Address) -> None:
        """Opens what is needed to send there, so that it can be done from another thread."""
        self._socket(place, mark)
        self.source(place, mark, destination)

    def send_frame(self, place: Place, to: Place, packet: bytes) -> int | None:
        """Puts one packet on the link to another place, past routes and hooks; the errno where the kernel refuses."""
        if place not in self._links:
            with self._inside(place):
                self._links[place] = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, 0)
        try:
            self._links[place].sendto(with_sum(packet), (_LINK, _ETH_P_IP, 0, 0, self._hardware(to)))
        except OSError as error:
            return error.errno
        return None

    def _hardware(self, place: Place) -> bytes:
        """The link-layer address of a place's interface (netdevice(7), SIOCGIFHWADDR)."""
        with self._inside(place), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
            answer = fcntl.ioctl(asking, _SIOCGIFHWADDR, struct.pack("16s16x", _LINK.encode()))
        return answer[18:24]

    def forget_sources(self) -> None:
        """Has kernels be asked anew from which address they send: routes and addresses may be others now."""
        self._sources.clear()

    def source(self, place: Place, mark: int, destination: IPv4Address) -> IPv4Address:
        """The address that the place's kernel would send from. LabError where it has no route."""
        key = (place, mark, destination)
        if key not in self._sources:
            with self._inside(place), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
                asking.setsockopt(socket.SOL_SOCKET, socket.SO_MARK, mark)
                try:
                    asking.connect((str(destination), 9))
                except OSError as error:
                    raise LabError(f"{place} has no route to {destination}: {error.strerror}") from error
                self._sources[key] = IPv4Address(asking.getsockname()[0])
        return self._sources[key]

    def close(self) -> None:
        """Closes every socket."""
        for sock in (*self._sockets.values(), *self._links.values()):
            sock.close()

    def _socket(self, place: Place, mark: int) -> socket.socket:
        key = (place, mark)
        if key not in self._sockets:
            with self._inside(place):
                sock = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_MARK, mark)
            self._sockets[key] = sock
        return self._sockets[key]
