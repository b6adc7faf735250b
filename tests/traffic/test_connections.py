"""Connections are real: opened by a kernel, written to, and said to be broken when they are."""

import errno
import socket
from collections.abc import Iterator
from contextlib import closing, nullcontext
from ipaddress import IPv4Address

import pytest

from lab.errors import LabError, MissingRequirement
from lab.model import Place
from lab.traffic.connections import Connections

HERE, POD = IPv4Address("127.0.0.1"), Place.POD_A1


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """A socket that listens on this machine's loopback."""
    with socket.create_server((str(HERE), 0)) as sock:
        yield sock


@pytest.fixture
def connections() -> Iterator[Connections]:
    """Connections from the namespace that the test is in."""
    with closing(Connections(lambda _place: nullcontext())) as made:
        yield made


def free_port() -> int:
    """A port that nobody has."""
    with socket.socket() as sock:
        sock.bind((str(HERE), 0))
        port: int = sock.getsockname()[1]
    return port


def test_data_is_written_from_the_source_port(connections: Connections, listener: socket.socket) -> None:
    """What is written comes out at the other end, whose peer has the port that was asked for."""
    port = free_port()
    connections.open(POD, 0, port, HERE, listener.getsockname()[1])
    accepted, peer = listener.accept()
    with accepted:
        assert connections.write(POD, port, b"data") is None
        assert (accepted.recv(16), peer) == (b"data", (str(HERE), port))


def test_its_numbers_follow_what_is_sent_and_received(
    connections: Connections, listener: socket.socket
) -> None:
    """They move on by the bytes of each way, and the connection goes on after they were asked for."""
    port = free_port()
    connections.open(POD, 0, port, HERE, listener.getsockname()[1])
    accepted, _ = listener.accept()
    with accepted:
        before = connections.numbers(POD, port)
        connections.write(POD, port, b"data")
        assert accepted.recv(16) == b"data"
        accepted.send(b"no")
        after = connections.numbers(POD, port)
        assert (after.sent - before.sent) % (1 << 32) == 4
        assert (after.received - before.received) % (1 << 32) == 2
        assert connections.write(POD, port, b"more") is None
        assert accepted.recv(16) == b"more"


def test_a_kernel_that_does_not_tell_its_numbers_is_not_supported(connections: Connections) -> None:
    """TCP_REPAIR is not to be had everywhere; here it is asked of a socket that is none of TCP."""
    with socket.socket(type=socket.SOCK_DGRAM) as datagrams:
        connections._sockets[POD, 1] = datagrams
        with pytest.raises(MissingRequirement, match=r"\(TCP_REPAIR\): Protocol not available"):
            connections.numbers(POD, 1)


def test_a_broken_connection_is_an_errno(connections: Connections, listener: socket.socket) -> None:
    """Once the peer has reset the connection, the kernel takes no more data for it."""
    port = free_port()
    connections.open(POD, 0, port, HERE, listener.getsockname()[1])
    accepted, _ = listener.accept()
    accepted.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    accepted.close()
    assert connections.write(POD, port, b"data") in (errno.ECONNRESET, errno.EPIPE)


def test_one_that_cannot_be_opened_is_an_error(connections: Connections) -> None:
    """Nothing can be observed of a connection that never was."""
    with pytest.raises(LabError, match="could not open the connection"):
        connections.open(POD, 0, free_port(), HERE, free_port())
