"""A cache of its own for each test, a local release server and a fake Go."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab.components.sources import Sources
from tests.components.fakes import FakeGo
from tests.components.recorder import Recorder
from tests.components.release_server import ReleaseServer, serving


@pytest.fixture
def server() -> Iterator[ReleaseServer]:
    """Serve in place of the release hosts; there are no files yet."""
    with serving() as running:
        yield running


@pytest.fixture
def refused() -> str:
    """Return the URL of a port at which nothing listens."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{closed.getsockname()[1]}"


@pytest.fixture
def go(tmp_path: Path) -> FakeGo:
    """Return a Go that builds the fake programs."""
    fake = FakeGo(tmp_path / "fake-go")
    fake.install()
    return fake


@pytest.fixture
def sources(tmp_path: Path, server: ReleaseServer, go: FakeGo) -> Sources:
    """Return sources that reach nothing but the local server and the fake Go."""
    return Sources(
        cache=tmp_path / "cache",
        environ={"PATH": str(go.path)},
        kubernetes_releases=f"{server.url}/release",
        github=f"{server.url}/github",
        calico_images="registry.invalid/calico",
        calico_sources=f"{server.url}/calico",
        connect_seconds=10.0,
        stall_seconds=10.0,
        python="/nonexistent/python",
        machine="x86_64",
    )


@pytest.fixture
def progress() -> Recorder:
    """Return a Progress that keeps what was said."""
    return Recorder()
