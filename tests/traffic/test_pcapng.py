"""Dumps for Wireshark, read back by scapy; packets with other addresses, their checksums still right."""

from ipaddress import IPv4Address
from pathlib import Path

import pytest
from scapy.layers.inet import ICMP, IP, TCP, UDP, IPerror, UDPerror
from scapy.layers.l2 import Ether
from scapy.layers.vxlan import VXLAN
from scapy.packet import Packet, Raw
from scapy.utils import PcapNgReader

from lab.traffic.pcapng import Captured, packets_of, pcapng, rewritten
from lab.traffic.readdressed import readdressed

ASKED = IP(src="10.244.1.2", dst="10.96.0.10") / TCP(sport=33000, dport=80, seq=7)
TUNNELLED = (
    IP(src="172.18.0.11", dst="172.18.0.12")
    / UDP(sport=4711, dport=8472, chksum=0)
    / VXLAN(vni=1)
    / Ether(src="0a:00:00:00:00:01", dst="0a:00:00:00:00:02")
    / IP(src="10.244.1.2", dst="10.244.2.2")
    / UDP(sport=33000, dport=8080)
    / Raw(b"svcp1234")
)
REFUSED = (
    IP(src="10.244.1.1", dst="10.244.1.2")
    / ICMP(type=3, code=3)
    / IPerror(src="10.244.1.2", dst="10.96.0.10")
    / UDPerror(sport=33000, dport=53)
    / Raw(b"svcp1234")
)
NAMES = {
    "10.244.1.2": "198.18.0.1",
    "10.96.0.10": "198.18.0.2",
    "172.18.0.11": "198.18.0.3",
    "172.18.0.12": "198.18.0.4",
    "10.244.2.2": "198.18.0.5",
    "10.244.1.1": "198.18.0.6",
}


def rename(address: IPv4Address) -> IPv4Address:
    """The other address."""
    return IPv4Address(NAMES[str(address)])


def test_a_dump_is_read_by_others(tmp_path: Path) -> None:
    """Packets in the order of time, each with its place and interface, to the nanosecond's microsecond."""
    packets = [bytes(ASKED), bytes(TUNNELLED)]
    dump = pcapng(
        [
            Captured(1_700_000_000_000_002_000, "worker-a", "eth0", outgoing=True, packet=packets[1]),
            Captured(
                1_700_000_000_000_001_000, "pod-a1", "eth0", outgoing=False, packet=packets[0], comment="one"
            ),
        ]
    )
    (tmp_path / "dump.pcapng").write_bytes(dump)
    with PcapNgReader(str(tmp_path / "dump.pcapng")) as reader:
        found = list(reader)
    assert [bytes(packet) for packet in found] == packets
    assert [packet.sniffed_on for packet in found] == ["pod-a1 eth0", "worker-a eth0"]
    assert [packet.direction for packet in found] == [1, 2]
    assert found[0].comments == [b"one"]
    assert float(found[1].time) - float(found[0].time) == pytest.approx(1e-6, rel=0.3)
    assert list(packets_of(dump)) == packets


@pytest.mark.parametrize("packet", [ASKED, TUNNELLED, REFUSED], ids=["TCP", "VXLAN", "ICMP error"])
def test_addresses_change_everywhere(packet: Packet) -> None:
    """No header keeps its addresses, outer, inner or quoted, and every checksum is what scapy computes anew."""
    before = bytes(packet)
    after = readdressed(before, rename)
    assert len(after) == len(before)
    layer: Packet | None = IP(after)
    seen = []
    while layer:
        if isinstance(layer, IP | IPerror):
            seen += [layer.src, layer.dst]
        layer = layer.payload or None
    assert set(seen) <= set(NAMES.values())
    assert after == _with_new_checksums(after)


def test_a_cut_packet_is_no_trouble() -> None:
    """A capture keeps the first bytes only; however few they are, their length stays."""
    for packet in (ASKED, TUNNELLED, REFUSED):
        for size in range(len(bytes(packet))):
            assert len(readdressed(bytes(packet)[:size], rename)) == size


@pytest.mark.parametrize("said", [b"GET / HTTP/1.1\r\nHost: 10.96.0.10:80\r\n\r\n", b"odd 10.96.0.10"])
def test_an_address_in_the_data_is_masked(said: bytes) -> None:
    """What a request spells out keeps its length, and the checksum is right again."""
    before = IP(src="10.244.1.2", dst="10.96.0.10") / TCP(sport=33000, dport=80, flags="PA") / Raw(said)
    after = IP(readdressed(bytes(before), rename))
    assert bytes(after[TCP].payload) == said.replace(b"10.96.0.10", b"xx.xx.x.xx")
    assert bytes(after) == _with_new_checksums(bytes(after))
    outer = (
        IP(src="172.18.0.11", dst="172.18.0.12")
        / UDP(sport=4711, dport=8472, chksum=0)
        / VXLAN(vni=1)
        / Ether()
    )
    tunnelled = readdressed(bytes(outer / before), rename)
    assert tunnelled == _with_new_checksums(tunnelled)
    assert said not in tunnelled


def test_a_dump_is_rewritten_in_place() -> None:
    """Every packet of a dump gets other addresses; all else stays."""
    dump = pcapng([Captured(1, "worker-a", "eth0", outgoing=True, packet=bytes(ASKED), comment="one")])
    again = rewritten(dump, lambda packet: readdressed(packet, rename))
    assert len(again) == len(dump)
    assert list(packets_of(again)) == [readdressed(bytes(ASKED), rename)]
    with pytest.raises(ValueError, match="length"):
        rewritten(dump, lambda packet: packet[1:])


def _with_new_checksums(packet: bytes) -> bytes:
    """What scapy makes of the packet when it computes each checksum itself; a UDP one of 0 stays."""
    whole = IP(packet)
    layer: Packet | None = whole
    while layer:
        if isinstance(layer, IP | TCP | ICMP) or (isinstance(layer, UDP) and layer.chksum):
            del layer.chksum
        layer = layer.payload or None
    return bytes(whole)
