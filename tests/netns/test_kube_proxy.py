"""Which kube-proxies are started anew for another configuration, and with which."""

import json
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import pytest

from lab.errors import NotReady
from lab.model import NODES, Place, ProxyHas
from lab.netns.daemon import Daemon, Launcher
from lab.netns.interfaces import PodInterfaces
from lab.netns.kube_proxy import KubeProxies
from lab.profiles import ProxyMode

A, B, C = NODES


class Program:
    """A process that runs until it is told to end, if it obeys."""

    def __init__(self) -> None:
        self.has_ended = False
        self.obeys = True

    def poll(self) -> int | None:
        """Its exit code."""
        return 0 if self.has_ended else None

    def terminate(self) -> None:
        """It ends at once, or not."""
        self.has_ended = self.obeys

    def wait(self, seconds: float) -> None:
        """Returns if it has ended."""
        if not self.has_ended:
            raise subprocess.TimeoutExpired("kube-proxy", seconds)


class Noting(Launcher):
    """Starts nothing, and notes where what would have been started, and with which configuration."""

    configured: list[tuple[Place | str, bool]]

    def __init__(self, logs: Path) -> None:
        super().__init__(cast("Any", None), logs, {})
        # The launcher is frozen.
        object.__setattr__(self, "configured", [])

    def start(
        self, name: str, place: Place | str, argv: Sequence[str], environ: Mapping[str, str] | None = None
    ) -> Daemon:
        """Notes whether it masquerades all."""
        assert environ
        file = Path(argv[1].removeprefix("--config="))
        self.configured.append((place, json.loads(file.read_text())["iptables"]["masqueradeAll"]))
        return Daemon(name, tuple(argv), self.logs / f"{name}.log", cast("Any", Program()))


@pytest.fixture
def noting(tmp_path: Path) -> Noting:
    """A launcher for one lab."""
    return Noting(tmp_path)


@pytest.fixture
def proxies(noting: Noting, tmp_path: Path) -> KubeProxies:
    """Its kube-proxies, running with defaults."""
    made = KubeProxies(
        ProxyMode.IPTABLES,
        Path("kube-proxy"),
        noting,
        tmp_path / "kubeconfig",
        tmp_path,
        PodInterfaces("veth", "cni0"),
    )
    made.have(())
    assert noting.configured == [(A, False), (B, False), (C, False)]
    noting.configured.clear()
    return made


def test_only_those_configured_otherwise_are_started_anew(proxies: KubeProxies, noting: Noting) -> None:
    """On one node, and back; what others have been told before does not matter."""
    proxies.have([ProxyHas(masquerade_all=True, nodes=(B,))])
    assert noting.configured == [(B, True)]
    proxies.have([ProxyHas(masquerade_all=True, nodes=(B,)), ProxyHas(masquerade_all=True, nodes=(A,))])
    assert noting.configured == [(B, True), (A, True)]
    proxies.have(())
    assert sorted(noting.configured[2:]) == [(A, False), (B, False)]
    assert len(proxies.running()) == len(NODES)


def test_one_that_has_ended_is_started_anew(proxies: KubeProxies, noting: Noting) -> None:
    """Whatever it was configured with."""
    proxies.running()[1].process.terminate()
    proxies.have(())
    assert noting.configured == [(B, False)]


def test_one_that_does_not_end_is_not_forgotten(proxies: KubeProxies, noting: Noting) -> None:
    """Another beside it would write the same rules: it is waited for again, and no other is started until then."""
    stubborn = proxies.running()[1]
    process = cast("Any", stubborn.process)
    process.obeys = False
    wanted = [ProxyHas(masquerade_all=True, nodes=(B,))]
    for _ in range(2):
        with pytest.raises(NotReady, match="kube-proxy-worker-b has ended: not so"):
            proxies.have(wanted)
    assert noting.configured == []
    assert stubborn in proxies.running()
    process.obeys = True
    proxies.have(wanted)
    assert noting.configured == [(B, True)]
