"""Which TCP ports a node's programs listen at, as its kernel has it: /proc/net/tcp, proc_net_tcp(5)."""

from collections.abc import Collection
from functools import partial
from pathlib import Path

from lab.model import NODES, Place
from lab.netns.namespaces import Namespaces
from lab.polling import Limit, wait_until

_TABLES = ("tcp", "tcp6")
_LISTENING = "0A"


def wait_closed(namespaces: Namespaces, ports: Collection[int]) -> None:
    """Returns when no node listens at any of these ports.

    Go closes a socket when the goroutine that waits at it has noticed, which may be after the call that closes it.
    """
    for node in NODES if ports else ():
        what = f"kube-proxy on {node} has closed its health check ports {sorted(ports)}"
        wait_until(what, Limit.ENDED, partial(_are_closed, namespaces, node, frozenset(ports)))


def _are_closed(namespaces: Namespaces, node: Place, ports: frozenset[int]) -> bool | None:
    return None if ports_listened_at(namespaces, node) & ports else True


def ports_listened_at(namespaces: Namespaces, place: Place) -> frozenset[int]:
    """The ports, over IPv4 and IPv6."""
    with namespaces.inside(place):
        # A kernel without IPv6 has no table of it.
        found = [path for table in _TABLES if (path := Path("/proc/thread-self/net", table)).exists()]
        tables = [path.read_text() for path in found]
    return frozenset(port for table in tables for port in listening(table))


def listening(table: str) -> frozenset[int]:
    """The local ports of the sockets in a table that listen."""
    _, *sockets = (line.split() for line in table.splitlines())
    return frozenset(
        int(local.rpartition(":")[2], 16) for _, local, _, state, *_ in sockets if state == _LISTENING
    )
