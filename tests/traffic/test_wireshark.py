"""Dumps as Wireshark reads them, where it is."""

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from lab.traffic.pcapng import Captured, pcapng, rewritten
from lab.traffic.readdressed import readdressed
from tests.traffic.test_pcapng import ASKED, NAMES, REFUSED, TUNNELLED, rename

_TSHARK = shutil.which("tshark")
_CHECKED = tuple(f"{layer}.check_checksum:TRUE" for layer in ("ip", "tcp", "udp"))
_GOOD, _NONE = "1", "3"

pytestmark = pytest.mark.skipif(_TSHARK is None, reason="there is no tshark here: apt-get install tshark")


def _fields(dump: bytes, directory: Path, names: Sequence[str]) -> list[list[str]]:
    """What Wireshark says of each packet; of a field that a packet has more than once, all values."""
    file = directory / "packets.pcapng"
    file.write_bytes(dump)
    options = [word for each in _CHECKED for word in ("-o", each)]
    wanted = [word for name in names for word in ("-e", name)]
    argv = ["tshark", "-r", str(file), "-d", "udp.port==8472,vxlan", *options, "-T", "fields", *wanted]
    done = subprocess.run(argv, capture_output=True, text=True, check=True)
    return [line.split("\t") for line in done.stdout.splitlines()]


def _dump() -> bytes:
    packets = (("pod-a1", "eth0", ASKED), ("worker-a", "eth1", TUNNELLED), ("worker-a", "veth1", REFUSED))
    return pcapng(
        [
            Captured(
                1_700_000_000_000_000_000 + number,
                place,
                interface,
                number != 1,
                bytes(packet),
                f"no. {number}",
            )
            for number, (place, interface, packet) in enumerate(packets)
        ]
    )


def test_wireshark_names_places_and_ways(tmp_path: Path) -> None:
    """Interfaces bear place and interface; each packet has its comment, its direction and its nanosecond."""
    names = ("frame.interface_name", "frame.comment", "frame.packet_flags_direction", "frame.time_delta")
    assert _fields(_dump(), tmp_path, names) == [
        ["pod-a1 eth0", "no. 0", "0x00000002", "0.000000000"],
        ["worker-a eth1", "no. 1", "0x00000001", "0.000000001"],
        ["worker-a veth1", "no. 2", "0x00000002", "0.000000001"],
    ]


def test_wireshark_looks_into_tunnels_and_errors(tmp_path: Path) -> None:
    """Outer and inner addresses, and those that an ICMP error quotes."""
    assert [row[0].split(",") for row in _fields(_dump(), tmp_path, ["ip.src"])] == [
        ["10.244.1.2"],
        ["172.18.0.11", "10.244.1.2"],
        ["10.244.1.1", "10.244.1.2"],
    ]


def test_redacted_packets_are_sound_and_bear_no_address(tmp_path: Path) -> None:
    """Every address in every header is another one, and Wireshark finds each checksum right or absent."""
    dump = rewritten(_dump(), lambda packet: readdressed(packet, rename))
    sums = ("ip.checksum.status", "tcp.checksum.status", "udp.checksum.status", "icmp.checksum.status")
    for *addresses, _ in _fields(dump, tmp_path, ("ip.src", "ip.dst", "frame.number")):
        seen = {address for cell in addresses for address in cell.split(",")}
        assert seen <= set(NAMES.values())
    found = {
        value for row in _fields(dump, tmp_path, sums) for cell in row for value in cell.split(",") if value
    }
    assert found <= {_GOOD, _NONE}
    assert _GOOD in found


def test_wireshark_follows_a_connection(tmp_path: Path) -> None:
    """Packets of one flow at several places are one stream."""
    copies = [
        Captured(number, place, "eth0", outgoing=False, packet=bytes(ASKED))
        for number, place in enumerate(("pod-a1", "worker-a"))
    ]
    assert _fields(pcapng(copies), tmp_path, ["tcp.stream"]) == [["0"], ["0"]]
