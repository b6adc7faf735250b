"""Where packets of the lab are sent: from which place, to which address, in which shape."""

from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv4Address

from lab.model import Headers, Place, Transport
from lab.traffic.craft import TTL, Shape, template
from lab.traffic.places import Frame


@dataclass(frozen=True, slots=True)
class Way:
    """Where a batch or a sentinel goes.

    mark: the socket mark that chooses the route, 0 for none. source_port: of every probe, 0 for a new one each;
    TCP with a source port of its own is data on a connection, which must have been opened.
    frame: for what no route leads to.
    stray_of: the way of an open connection of which probes are segments, far outside its window.
    sources: addresses of the sender that probes have in turn; none for the one that its kernel would choose.
    """

    sender: Place
    mark: int
    destination: IPv4Address
    port: int
    shape: Shape
    fragment_bytes: int = 0
    source_port: int = 0
    frame: Frame | None = None
    sources: tuple[IPv4Address, ...] = ()
    stray_of: "Way | None" = None

    @property
    def is_data(self) -> bool:
        """Whether probes are data of a connection, its kernel's own or crafted."""
        return self.shape.transport is Transport.TCP and self.source_port != 0

    @property
    def is_connection(self) -> bool:
        """Whether probes are written to an open connection."""
        return self.is_data and self.stray_of is None


def maker(way: Way, source: IPv4Address) -> tuple[Headers, Callable[[int, int], bytes]]:
    """The headers of a way's probes from one address, but for the source port, and the maker of their bytes."""
    headers = Headers(source, 0, way.destination, way.port, way.shape.transport, TTL)
    return headers, template(way.shape, headers)
