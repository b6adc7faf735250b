"""The cache: whole entries or none, whatever the disk and other runs do."""

import errno
import json
import os
import resource
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from lab.components.program import Component, Origin, Program
from lab.components.progress import Beat
from lab.components.resolve import resolve
from lab.components.sources import Sources
from lab.errors import ComponentError
from tests.components.fakes import FakeGo, fake_program
from tests.components.recorder import Recorder
from tests.components.release_server import ReleaseServer
from tests.components.test_releases import PROXY, programs_in


def proxy(sources: Sources, progress: Recorder) -> Component:
    """Get a kube-proxy."""
    return resolve([Program.KUBE_PROXY], sources, progress)[Program.KUBE_PROXY]


def test_the_second_run_asks_nobody(server: ReleaseServer, sources: Sources, progress: Recorder) -> None:
    """What is in the cache is used as it is, with the origin it had."""
    server.publish(PROXY, fake_program(Program.KUBE_PROXY))
    first = proxy(sources, progress)
    server.asked.clear()
    assert proxy(sources, progress) == first
    assert server.asked == []


def test_beside_an_executable_lies_where_it_came_from(
    server: ReleaseServer, sources: Sources, progress: Recorder
) -> None:
    """The note names origin, version, sum and address."""
    server.publish(PROXY, fake_program(Program.KUBE_PROXY))
    component = proxy(sources, progress)
    assert json.loads((component.path.parent / "origin.json").read_text()) == {
        "origin": "release",
        "version": "1.36.3",
        "sha256": component.sha256,
        "source": f"{server.url}{PROXY}",
    }


def test_the_cache_may_be_read_only(sources: Sources, progress: Recorder) -> None:
    """Where everything is in the cache, nothing is written: not even a lock."""
    first = proxy(sources, progress)
    shutil.rmtree(sources.cache / "locks")
    (sources.cache / "locks").write_text("in the way of any lock")
    assert proxy(sources, progress) == first


def test_a_damaged_entry_is_got_again(sources: Sources, progress: Recorder, go: FakeGo) -> None:
    """An executable that has another sum than noted is replaced, which is said."""
    component = proxy(sources, progress)
    with component.path.open("ab") as file:
        file.write(b"\0")
    assert proxy(sources, progress) == component
    assert component.path.read_bytes() == fake_program(Program.KUBE_PROXY)
    assert progress.text.count("is damaged") == 1
    assert len(go.calls) == 2


@pytest.mark.parametrize("note", ["", "{}", "[]", '{"origin": "release"'])
def test_an_unreadable_note_is_got_again(sources: Sources, progress: Recorder, go: FakeGo, note: str) -> None:
    """An entry whose note cannot be read does not count."""
    component = proxy(sources, progress)
    (component.path.parent / "origin.json").write_text(note)
    assert proxy(sources, progress) == component
    assert len(go.calls) == 2


def test_other_modules_make_another_entry(sources: Sources, progress: Recorder, tmp_path: Path) -> None:
    """A changed go.sum is not answered by what was built from the old one."""
    modules = tmp_path / "modules"
    shutil.copytree(sources.modules, modules)
    changed = replace(sources, modules=modules)
    before = proxy(changed, progress).path
    with (modules / "kubernetes" / "go.sum").open("a") as file:
        file.write("\n")
    assert proxy(changed, progress).path != before


def test_what_a_killed_run_left_behind_goes(sources: Sources, progress: Recorder) -> None:
    """Half-made files of an earlier run are removed by the next one."""
    half = sources.cache / "staging" / "kubernetes 1.36.3" / "download"
    half.parent.mkdir(parents=True)
    half.write_bytes(b"half")
    component = proxy(sources, progress)
    note = component.path.parent / "origin.json"
    assert set(programs_in(sources.cache)) == {note, component.path}


def test_a_place_that_cannot_be_written(sources: Sources, progress: Recorder, tmp_path: Path) -> None:
    """The error names the directory and the cure."""
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(ComponentError, match=f"write to the cache {file}/cache") as caught:
        proxy(replace(sources, cache=file / "cache"), progress)
    assert "SVCPROOF_CACHE" in caught.value.next_step


def test_a_disk_that_fills_up_during_a_download(
    server: ReleaseServer, sources: Sources, progress: Recorder
) -> None:
    """A write that the kernel refuses is a clear error, and no half of the file stays."""
    server.publish(PROXY, fake_program(Program.KUBE_PROXY) + b"#" * 100_000)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, hard))
    try:
        with pytest.raises(ComponentError, match="write to the cache") as caught:
            proxy(sources, progress)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert "File too large" in caught.value.output
    assert programs_in(sources.cache) == []


def test_a_disk_that_is_full_at_the_end(
    sources: Sources, progress: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the disk did not take is not an entry, even where every write went well."""

    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(ComponentError, match="write to the cache") as caught:
        proxy(sources, progress)
    assert "No space left on device" in caught.value.output
    assert programs_in(sources.cache) == []


@dataclass(slots=True)
class Meeting(Recorder):
    """Says when it waits for another run; as the builder it first lets the other one wait."""

    waiting: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def step(self, text: str) -> Iterator[Beat]:
        """Meet the other run."""
        self.said.append(text)
        if "another run" in text:
            self.waiting.set()
        else:
            assert self.waiting.wait(5)

        def beat(detail: str = "") -> None:
            del detail

        yield beat


def test_two_runs_at_once_build_once(sources: Sources, go: FakeGo) -> None:
    """The second run waits for the first one and takes what that one built."""
    meeting = Meeting()
    found: list[Component] = []
    runs = [threading.Thread(target=lambda: found.append(proxy(sources, meeting))) for _ in range(2)]
    for run in runs:
        run.start()
    for run in runs:
        run.join()
    assert len(found) == 2
    assert found[0] == found[1]
    assert found[0].origin is Origin.BUILT
    assert len(go.calls) == 1
    assert "another run is getting kubernetes 1.36.3; waiting for it" in meeting.said
