"""What would have to be got, as the doctor tells it."""

from dataclasses import replace
from pathlib import Path

from lab.components.program import Program
from lab.components.resolve import missing, resolve
from lab.components.sources import Sources
from tests.components.fakes import FakeGo, fake_program, write_executable
from tests.components.recorder import Recorder
from tests.components.release_server import ReleaseServer


def test_everything_is_missing_at_first(sources: Sources, server: ReleaseServer, go: FakeGo) -> None:
    """Each program is listed with what it takes, and nothing is got for that."""
    found = {item.program: item for item in missing(list(Program), sources)}
    assert set(found) == set(Program)
    assert found[Program.KUBE_PROXY].published
    assert not found[Program.FLANNELD].published
    assert all(item.build_seconds >= 10 for item in found.values())
    assert (server.asked, go.calls, sources.cache.exists()) == ([], [], False)


def test_what_is_there_is_not_missing(sources: Sources, progress: Recorder, tmp_path: Path) -> None:
    """Neither the cached nor the handed in programs are listed."""
    mine = write_executable(tmp_path / "mine" / "bridge", fake_program(Program.BRIDGE)).parent
    resolve([Program.ETCD], sources, progress)
    there = missing([Program.ETCD, Program.BRIDGE, Program.PORTMAP], replace(sources, directory=mine))
    assert [(item.program, item.version) for item in there] == [(Program.PORTMAP, "1.9.1")]


def test_another_version_is_missing(sources: Sources, progress: Recorder) -> None:
    """A cached kube-proxy does not answer for another version of it."""
    resolve([Program.KUBE_PROXY], sources, progress)
    other = missing([Program.KUBE_PROXY], replace(sources, kubernetes_version="v1.35.2"))
    assert [item.version for item in other] == ["1.35.2"]
