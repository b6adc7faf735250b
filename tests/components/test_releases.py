"""Programs from official releases, served by a local server that also fails in every way."""

from dataclasses import replace
from pathlib import Path

import pytest

from lab.components.program import Origin, Program
from lab.components.resolve import resolve
from lab.components.sources import Sources
from lab.errors import ComponentError
from tests.components.fakes import FakeGo, fake_program
from tests.components.recorder import Recorder
from tests.components.release_server import ReleaseServer, Reply, archive

PROXY = "/release/v1.36.3/bin/linux/amd64/kube-proxy"
ETCD = "/github/etcd-io/etcd/releases/download/v3.6.8"
CNI = "/github/containernetworking/plugins/releases/download/v1.9.1"


def programs_in(cache: Path) -> list[Path]:
    """Return the executables a cache holds, half-written ones too."""
    return [path for path in cache.rglob("*") if path.is_file() and path.parent.name != "locks"]


def test_a_published_file_is_used(server: ReleaseServer, sources: Sources, progress: Recorder) -> None:
    """A file that has the published sum becomes an executable in the cache."""
    server.publish(PROXY, fake_program(Program.KUBE_PROXY))
    component = resolve([Program.KUBE_PROXY], sources, progress)[Program.KUBE_PROXY]
    assert (component.origin, component.version) == (Origin.RELEASE, "1.36.3")
    assert component.path.read_bytes() == fake_program(Program.KUBE_PROXY)
    assert component.path.is_relative_to(sources.cache)


def test_archives_are_unpacked(server: ReleaseServer, sources: Sources, progress: Recorder) -> None:
    """Out of an archive come exactly the wanted programs."""
    name = "etcd-v3.6.8-linux-amd64"
    etcd = archive({f"{name}/README.md": b"", f"{name}/etcd": fake_program(Program.ETCD)})
    server.publish(f"{ETCD}/{name}.tar.gz", etcd)
    checksum = server.replies[f"{ETCD}/{name}.tar.gz.sha256"].body.decode()
    server.replies[f"{ETCD}/SHA256SUMS"] = Reply(
        f"{'0' * 64}  other.zip\n{checksum}  {name}.tar.gz\n".encode()
    )
    plugins = archive({f"./{program}": fake_program(program) for program in Program})
    server.publish(f"{CNI}/cni-plugins-linux-amd64-v1.9.1.tgz", plugins)
    wanted = [Program.ETCD, Program.BRIDGE, Program.PORTMAP]
    found = resolve(wanted, sources, progress)
    assert {found[program].path.read_bytes() for program in wanted} == {
        fake_program(program) for program in wanted
    }
    assert {component.origin for component in found.values()} == {Origin.RELEASE}


def test_an_archive_without_the_program_is_an_error(
    server: ReleaseServer, sources: Sources, progress: Recorder
) -> None:
    """An archive with the right sum that lacks the program names both."""
    server.publish(f"{CNI}/cni-plugins-linux-amd64-v1.9.1.tgz", archive({"./README.md": b"text"}))
    with pytest.raises(ComponentError, match=r"looked for bridge in .*v1\.9\.1\.tgz"):
        resolve([Program.BRIDGE], sources, progress)
    assert programs_in(sources.cache) == []


def test_arm64_has_its_own_files(server: ReleaseServer, sources: Sources, progress: Recorder) -> None:
    """The architecture of the machine is part of the address."""
    server.publish(PROXY.replace("amd64", "arm64"), fake_program(Program.KUBE_PROXY))
    found = resolve([Program.KUBE_PROXY], replace(sources, machine="aarch64"), progress)
    assert found[Program.KUBE_PROXY].origin is Origin.RELEASE


def test_not_found_is_built(server: ReleaseServer, sources: Sources, progress: Recorder, go: FakeGo) -> None:
    """Where the release has no such file, the program is built, and that is said."""
    found = resolve([Program.KUBE_PROXY], sources, progress)
    assert found[Program.KUBE_PROXY].origin is Origin.BUILT
    assert server.asked == [f"{PROXY}.sha256"]
    assert "answers 404" in progress.text
    assert len(go.calls) == 1


def test_a_wrong_sum_is_an_error(
    server: ReleaseServer, sources: Sources, progress: Recorder, go: FakeGo
) -> None:
    """A file that differs from its sum is neither kept nor replaced by a build."""
    server.publish(PROXY, fake_program(Program.KUBE_PROXY))
    server.replies[PROXY] = Reply(fake_program(Program.KUBE_PROXY, "6.6.6"))
    with pytest.raises(ComponentError, match="sha256 is wrong") as caught:
        resolve([Program.KUBE_PROXY], sources, progress)
    assert PROXY in str(caught.value)
    assert "published in" in caught.value.output
    assert programs_in(sources.cache) == []
    assert go.calls == []


def test_a_sum_that_is_none_is_an_error(server: ReleaseServer, sources: Sources, progress: Recorder) -> None:
    """A login page in place of the sum is not taken for one."""
    server.publish(PROXY, fake_program(Program.KUBE_PROXY))
    server.replies[f"{PROXY}.sha256"] = Reply(b"<html>please log in</html>")
    with pytest.raises(ComponentError, match="it holds none") as caught:
        resolve([Program.KUBE_PROXY], sources, progress)
    assert "please log in" in caught.value.output


def test_a_cut_off_download_is_an_error(
    server: ReleaseServer, sources: Sources, progress: Recorder, go: FakeGo
) -> None:
    """A body shorter than announced is an error, and nothing of it stays."""
    body = fake_program(Program.KUBE_PROXY)
    server.publish(PROXY, body)
    server.replies[PROXY] = Reply(body[:20], announced=len(body))
    with pytest.raises(ComponentError, match="cut off") as caught:
        resolve([Program.KUBE_PROXY], sources, progress)
    assert caught.value.output == f"20 bytes of {len(body)}"
    assert programs_in(sources.cache) == []
    assert go.calls == []


def test_a_stalled_download_is_built(server: ReleaseServer, sources: Sources, progress: Recorder) -> None:
    """A server that stops sending is given up, which is said."""
    server.publish(PROXY, fake_program(Program.KUBE_PROXY))
    server.replies[PROXY] = Reply(b"#!/bin/sh\n", announced=1000, stalls=True)
    found = resolve([Program.KUBE_PROXY], replace(sources, stall_seconds=1.0), progress)
    assert found[Program.KUBE_PROXY].origin is Origin.BUILT
    assert "sent nothing for 1 s, 10 bytes into" in progress.text


def test_a_refusing_host_is_asked_once(refused: str, sources: Sources, progress: Recorder) -> None:
    """Where a host cannot be reached, all its programs are built, after one attempt."""
    nowhere = replace(sources, kubernetes_releases=refused, github=refused)
    found = resolve([Program.KUBE_PROXY, Program.ETCD, Program.BRIDGE], nowhere, progress)
    assert {component.origin for component in found.values()} == {Origin.BUILT}
    assert progress.text.count("cannot be reached ([Errno 111]") == 3


def test_a_silent_host_is_asked_once(server: ReleaseServer, sources: Sources, progress: Recorder) -> None:
    """A host that takes the connection and says nothing costs one wait, not one per file."""
    server.replies[f"{CNI}/cni-plugins-linux-amd64-v1.9.1.tgz.sha256"] = Reply()
    server.replies[f"{ETCD}/SHA256SUMS"] = Reply(b"", announced=64, stalls=True)
    resolve([Program.ETCD, Program.BRIDGE], replace(sources, stall_seconds=1.0), progress)
    assert server.asked == [f"{ETCD}/SHA256SUMS"]
    assert progress.text.count("sent nothing") == 2


def test_the_given_proxy_is_used(server: ReleaseServer, sources: Sources, progress: Recorder) -> None:
    """Proxies are the given environment's, and are told the whole address."""
    base = "http://release.invalid"
    server.publish(f"{base}{PROXY}", fake_program(Program.KUBE_PROXY))
    environ = {**sources.environ, "http_proxy": server.url, "no_proxy": "other.invalid"}
    proxied = replace(sources, environ=environ, kubernetes_releases=f"{base}/release")
    found = resolve([Program.KUBE_PROXY], proxied, progress)
    assert found[Program.KUBE_PROXY].origin is Origin.RELEASE


def test_no_proxy_is_respected(
    server: ReleaseServer, refused: str, sources: Sources, progress: Recorder
) -> None:
    """A host in no_proxy is asked directly."""
    server.publish(PROXY, fake_program(Program.KUBE_PROXY))
    environ = {**sources.environ, "http_proxy": refused, "no_proxy": "127.0.0.1"}
    found = resolve([Program.KUBE_PROXY], replace(sources, environ=environ), progress)
    assert found[Program.KUBE_PROXY].origin is Origin.RELEASE


def test_a_release_of_another_program_is_an_error(
    server: ReleaseServer, sources: Sources, progress: Recorder
) -> None:
    """A published file that says it is of another version is not kept."""
    server.publish(PROXY, fake_program(Program.KUBE_PROXY, "1.36.2"))
    with pytest.raises(ComponentError, match=r"kube-proxy 1\.36\.3 .* says that it is 1\.36\.2"):
        resolve([Program.KUBE_PROXY], sources, progress)
    assert programs_in(sources.cache) == []
