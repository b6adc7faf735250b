"""Programs the user hands in, rightly and wrongly."""

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from lab.components.program import Origin, Program
from lab.components.resolve import resolve
from lab.components.sources import Sources
from lab.errors import ComponentError, UsageError
from tests.components.fakes import fake_program, write_executable
from tests.components.recorder import Recorder


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """Return a directory with all programs."""
    for program in Program:
        write_executable(tmp_path / "mine" / program, fake_program(program))
    return tmp_path / "mine"


def test_a_directory_comes_first(sources: Sources, progress: Recorder, directory: Path) -> None:
    """All programs are taken as they are, with what they say and what they hash to."""
    found = resolve(list(Program), replace(sources, directory=directory), progress)
    assert set(found) == set(Program)
    for program, component in found.items():
        content = fake_program(program)
        assert component.origin is Origin.SUPPLIED
        assert component.path == directory / program
        assert component.sha256 == hashlib.sha256(content).hexdigest()
        assert f"{program} {component.version}: supplied, {component.path}" in progress.text
    assert not sources.cache.exists()


def test_what_a_directory_lacks_comes_from_elsewhere(
    sources: Sources, progress: Recorder, directory: Path
) -> None:
    """The other origins fill in, which is said."""
    (directory / "etcd").unlink()
    wanted = [Program.ETCD, Program.BRIDGE]
    found = resolve(wanted, replace(sources, directory=directory), progress)
    assert found[Program.ETCD].origin is Origin.BUILT
    assert found[Program.BRIDGE].origin is Origin.SUPPLIED
    assert f"{directory} has no etcd: taking it from elsewhere" in progress.said


def test_one_kube_proxy_comes_before_a_directory(
    sources: Sources, progress: Recorder, directory: Path, tmp_path: Path
) -> None:
    """A kube-proxy of any name and version may be tried."""
    mine = write_executable(tmp_path / "my-proxy", fake_program(Program.KUBE_PROXY, "1.38.0-dirty"))
    tried = replace(sources, directory=directory, kube_proxy=mine)
    found = resolve([Program.KUBE_PROXY, Program.ETCD], tried, progress)
    assert (found[Program.KUBE_PROXY].path, found[Program.KUBE_PROXY].version) == (
        mine,
        "1.38.0-dirty",
    )
    assert found[Program.ETCD].path == directory / "etcd"


def test_unwanted_files_are_not_looked_at(sources: Sources, progress: Recorder, directory: Path) -> None:
    """A broken file of a program that is not wanted does no harm."""
    (directory / "flanneld").write_text("broken")
    found = resolve([Program.ETCD], replace(sources, directory=directory), progress)
    assert set(found) == {Program.ETCD}


def test_no_directory(sources: Sources, progress: Recorder, tmp_path: Path) -> None:
    """A directory that does not exist is the caller's error."""
    nowhere = replace(sources, directory=tmp_path / "nowhere")
    with pytest.raises(UsageError, match="nowhere, which is not a directory"):
        resolve([Program.ETCD], nowhere, progress)


def test_a_directory_of_something_else(sources: Sources, progress: Recorder, tmp_path: Path) -> None:
    """A directory with none of the programs is most likely the wrong one."""
    (tmp_path / "etcd.txt").touch()
    with pytest.raises(UsageError, match="which has none of kube-proxy, "):
        resolve([Program.ETCD], replace(sources, directory=tmp_path), progress)


def test_no_kube_proxy(sources: Sources, progress: Recorder, tmp_path: Path) -> None:
    """A kube-proxy file that does not exist is the caller's error."""
    nothing = replace(sources, kube_proxy=tmp_path / "nothing")
    with pytest.raises(UsageError, match="nothing, where there is nothing"):
        resolve([Program.KUBE_PROXY], nothing, progress)


def test_a_file_that_is_not_executable(sources: Sources, progress: Recorder, directory: Path) -> None:
    """The file is named; no other origin takes its place."""
    (directory / "etcd").chmod(0o644)
    with pytest.raises(ComponentError, match="mine/etcd as etcd, but it is not an executable file"):
        resolve([Program.ETCD], replace(sources, directory=directory), progress)


def test_a_dangling_link(sources: Sources, progress: Recorder, directory: Path) -> None:
    """A link to nowhere is a wrong file, not a missing one."""
    (directory / "etcd").unlink()
    (directory / "etcd").symlink_to(directory / "gone")
    with pytest.raises(ComponentError, match="mine/etcd as etcd, but it is not an executable file"):
        resolve([Program.ETCD], replace(sources, directory=directory), progress)


def test_a_file_that_cannot_be_run(sources: Sources, progress: Recorder, directory: Path) -> None:
    """A program for another machine, or a cut off one, is named with what the kernel says."""
    write_executable(directory / "etcd", b"\x7fELF\x00 and no more")
    with pytest.raises(ComponentError, match="mine/etcd as etcd, but it could not be run") as error:
        resolve([Program.ETCD], replace(sources, directory=directory), progress)
    assert "Exec format error" in error.value.output


def test_a_file_that_does_not_answer(
    sources: Sources, progress: Recorder, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program that goes on running is ended and named."""
    monkeypatch.setattr("lab.components.identity._ANSWER_SECONDS", 0.1)
    write_executable(directory / "etcd", "#!/bin/sh\nexec sleep 60\n")
    with pytest.raises(ComponentError, match="whether it is etcd: no answer"):
        resolve([Program.ETCD], replace(sources, directory=directory), progress)


@pytest.mark.parametrize("program", Program)
def test_another_program_under_its_name(
    sources: Sources, progress: Recorder, directory: Path, program: Program
) -> None:
    """Each program is told from the others, also those that answer --version alike."""
    other = next(name for name in reversed(Program) if name != program)
    if program is Program.KUBE_PROXY:
        other = Program.KUBE_APISERVER
    content = fake_program(other).replace(b"-kube-subnet-mgr", b"")
    write_executable(directory / program, content)
    with pytest.raises(ComponentError, match=f"does not say that it is {program}") as caught:
        resolve([program], replace(sources, directory=directory), progress)
    assert caught.value.command[0] == str(directory / program)


def test_another_version_than_the_pinned_is_told(
    sources: Sources, progress: Recorder, directory: Path
) -> None:
    """A user's own version is used, but not silently."""
    path = write_executable(directory / "etcd", fake_program(Program.ETCD, "3.5.0"))
    found = resolve([Program.ETCD], replace(sources, directory=directory), progress)
    assert found[Program.ETCD].version == "3.5.0"
    assert f"{path} is of version 3.5.0; pinned: 3.6.8" in progress.said


def test_another_version_than_asked_for_is_an_error(
    sources: Sources, progress: Recorder, directory: Path
) -> None:
    """--kubernetes and --components must not contradict each other."""
    asked = replace(sources, directory=directory, kubernetes_version="1.35.2")
    with pytest.raises(ComponentError, match=r"of version 1\.36\.3, but Kubernetes 1\.35\.2 was"):
        resolve([Program.KUBE_PROXY], asked, progress)
