"""The kernel's own account of which rules one probe passes, by nf_tables' packet tracing.

A table of its own, there for one probe only, sets `nftrace` on packets that bear the probe's mark. The kernel then
tells a netlink group of each rule, by table, chain and handle; rules of iptables-nft are told alike. Messages
are sent while the packet passes, so what is not in the socket's queue afterwards did not happen.
Numbers: the kernel's include/uapi/linux/netfilter/nf_tables.h and nfnetlink.h.
"""

import socket
import struct
from collections.abc import Iterable, Iterator

from lab.commands import run
from lab.model import Transport
from lab.rules.netlink import attributes, number
from lab.traffic.decode import ASKED

_NETLINK_NETFILTER = 12
_SOL_NETLINK, _ADD_MEMBERSHIP, _GROUP_TRACE = 270, 1, 9
_TRACE = (10 << 8) | 17
_HEADER = struct.Struct("=IHHII")
_GENERIC_BYTES = 4
_TABLE, _CHAIN, _HANDLE, _TYPE, _VERDICT, _FAMILY, _POLICY = 1, 2, 3, 4, 5, 15, 16
_VERDICT_CODE, _VERDICT_CHAIN = 1, 2
_FAMILIES = {1: "inet", 2: "ip", 5: "netdev", 7: "bridge", 10: "ip6"}
_VERDICTS = {0: "drop", 1: "accept", 2: "stolen", 3: "queue", -1: "continue", -2: "break", -5: "return"}
_JUMP, _GOTO = -3, -4
_ROOM = 1 << 20

_OWN_TABLE = "svcproof-trace"
_MARK_AT = {
    # A SYN's sequence number; or the payload of a connection's data, behind a header without or with a time stamp.
    Transport.TCP: ((32, False), (192, True), (288, True)),
    Transport.UDP: ((96, True),),
    Transport.ICMP: ((96, True),),
    Transport.SCTP: ((128, False),),
}
"""Bits from the transport's header to the mark, and whether ASKED stands before it, as in no answer: traffic.decode."""
_ASKED = f"{int.from_bytes(ASKED):#x}"

Told = tuple[str, str, int, str]
"""Table with its family, chain, handle (0 for a chain's policy), verdict."""


def start(transport: Transport, mark: int) -> None:
    """Has the kernel tell of packets of this mark, in the namespace that this thread is in."""
    protocol = transport.value.lower()
    rules = "; ".join(
        f"meta l4proto {protocol} @th,{bits},32 {mark:#x} "
        f"{f'@th,{bits - 32},32 {_ASKED} ' if asked else ''}meta nftrace set 1"
        for bits, asked in _MARK_AT[transport]
    )
    chains = "".join(
        f"chain {hook} {{ type filter hook {hook} priority -450; {rules}; }}\n"
        for hook in ("prerouting", "output")
    )
    run(["nft", "-f", "-"], stdin=f"table ip {_OWN_TABLE} {{\n{chains}}}\n")


def stop() -> None:
    """The inverse of start."""
    run(["nft", "delete", "table", "ip", _OWN_TABLE])


def open_socket() -> socket.socket:
    """A socket that hears of every traced packet of the namespace that this thread is in."""
    heard = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_NONBLOCK, _NETLINK_NETFILTER)
    heard.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _ROOM)
    heard.bind((0, 0))
    heard.setsockopt(_SOL_NETLINK, _ADD_MEMBERSHIP, _GROUP_TRACE)
    return heard


def drain(heard: socket.socket) -> Iterator[Told]:
    """What the socket holds."""
    while True:
        try:
            data = heard.recv(_ROOM)
        except BlockingIOError:
            return
        yield from parse(data)


def of_first(told: Iterable[Told]) -> Iterator[Told]:
    """What is told of the first packet of a mark, but for the lab's own rule. Pure.

    What a kernel sends on a connection of its own it sends again where nobody answers: then a packet comes to the
    lab's own rule of a hook for the second time.
    """
    entered = set()
    for each in told:
        table, chain, handle, _ = each
        if table != f"ip {_OWN_TABLE}":
            yield each
        elif handle and chain in entered:
            return
        elif handle:
            entered.add(chain)


def parse(data: bytes) -> Iterator[Told]:
    """The messages of one datagram. Pure."""
    at = 0
    while at + _HEADER.size <= len(data):
        length, kind, _, _, _ = _HEADER.unpack_from(data, at)
        if length < _HEADER.size:
            return
        if kind == _TRACE:
            yield _told(attributes(data[at + _HEADER.size + _GENERIC_BYTES : at + length]))
        at += length + (-length % 4)


def _told(found: dict[int, bytes]) -> Told:
    family = _FAMILIES.get(number(found.get(_FAMILY, b"")), "?")
    handle = number(found.get(_HANDLE, b""))
    verdict = attributes(found.get(_VERDICT, b""))
    said = _verdict(verdict) if verdict else f"policy {_VERDICTS.get(number(found.get(_POLICY, b'')), '?')}"
    return f"{family} {_text(found.get(_TABLE, b''))}", _text(found.get(_CHAIN, b"")), handle, said


def _verdict(found: dict[int, bytes]) -> str:
    [code] = struct.unpack(">i", found[_VERDICT_CODE])
    if code in (_JUMP, _GOTO):
        return f"{'jump' if code == _JUMP else 'goto'} {_text(found.get(_VERDICT_CHAIN, b''))}"
    return _VERDICTS.get(code if code < 0 else code & 0xFF, str(code))


def _text(data: bytes) -> str:
    return data.rstrip(b"\0").decode(errors="replace")
