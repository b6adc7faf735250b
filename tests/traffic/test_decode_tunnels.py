"""What the decoder makes of packets in tunnels between nodes."""

import pytest

from lab.model import Part, Transport, Tunnel
from lab.traffic.decode import Decoded, Known, decode
from tests.traffic.packets import (
    ACK,
    KNOWN,
    MARK,
    NEXT,
    NODE,
    ROUTER,
    RST,
    SYN,
    headers,
    ipip,
    packet,
    probe,
    tcp,
    vxlan,
)

TCP = 6

each_transport = pytest.mark.parametrize("transport", Transport, ids=str)


@pytest.mark.parametrize("port", [4789, 8472])
@each_transport
def test_vxlan_is_looked_into(transport: Transport, port: int) -> None:
    """A probe in a VXLAN packet keeps its own headers and names the tunnel's ends."""
    tunnel = Tunnel("vxlan", NODE, ROUTER)
    expected = Decoded(MARK, Part.PROBE, headers(transport), tunnel)
    assert decode(vxlan(probe(transport), port), KNOWN) == expected


@each_transport
def test_ipip_is_looked_into(transport: Transport) -> None:
    """A probe in an IPIP packet keeps its own headers and names the tunnel's ends."""
    expected = Decoded(MARK, Part.PROBE, headers(transport), Tunnel("ipip", NODE, ROUTER))
    assert decode(ipip(probe(transport)), KNOWN) == expected


def test_an_outer_packet_in_fragments_is_told() -> None:
    """The first fragment of a tunnel's packet says that there are more; the packet within is read all the same."""
    more_fragments = 0x2000
    found = decode(vxlan(probe(Transport.UDP), fragment=more_fragments), KNOWN)
    assert found is not None
    assert found.headers == headers(Transport.UDP)
    assert found.tunnel == Tunnel("vxlan", NODE, ROUTER, in_pieces=True)


@pytest.mark.parametrize("wrap", [vxlan, ipip], ids=["vxlan", "ipip"])
def test_replies_and_refusals_travel_in_tunnels_too(wrap: object) -> None:
    """What comes back inside a tunnel is decoded as outside of it, and names the tunnel."""
    assert callable(wrap)
    for inner in (packet(TCP, tcp(RST | ACK, 0, NEXT)), packet(TCP, tcp(SYN | ACK, 5, NEXT))):
        plain, wrapped = decode(inner, KNOWN), decode(wrap(inner), KNOWN)
        assert plain is not None
        assert wrapped is not None
        assert (plain.part, plain.headers, plain.refusal) == (
            wrapped.part,
            wrapped.headers,
            wrapped.refusal,
        )
        assert (plain.tunnel, wrapped.tunnel is None) == (None, False)


def test_of_nested_tunnels_the_outermost_counts() -> None:
    """The wire shows the outermost packet."""
    found = decode(vxlan(ipip(probe(Transport.TCP))), KNOWN)
    assert found is not None
    assert (found.mark, found.headers) == (MARK, headers(Transport.TCP))
    assert found.tunnel == Tunnel("vxlan", NODE, ROUTER)


@each_transport
def test_a_tunnel_with_nothing_of_ours_is_nothing(transport: Transport) -> None:
    """A packet in a tunnel is ours by its mark, not by being in a tunnel."""
    nothing = Known(frozenset({NEXT}), {})
    assert decode(vxlan(probe(transport)), nothing) is None
    assert decode(ipip(probe(transport)), nothing) is None
