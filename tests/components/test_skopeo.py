"""The real skopeo gets images from a local registry, and what it says is understood."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from lab.components.calico import CALICO_VERSION, CalicoProgram
from lab.components.calico_images import CalicoImages
from lab.components.sources import Sources
from lab.errors import ComponentError
from tests.components.calico_set import CRDS_PATH, CRDS_SHA256, CRDS_YAML, says
from tests.components.image_stand_ins import Layer, Link
from tests.components.recorder import Recorder
from tests.components.registry import Registry, serving_images
from tests.components.release_server import ReleaseServer, Reply

SKOPEO = shutil.which("skopeo")
pytestmark = pytest.mark.skipif(SKOPEO is None, reason="there is no skopeo on this machine")


@pytest.fixture
def registry() -> Iterator[Registry]:
    """Serve in place of Calico's registry."""
    with serving_images() as running:
        yield running


@pytest.fixture
def images(
    sources: Sources, server: ReleaseServer, registry: Registry, progress: Recorder, tmp_path: Path
) -> CalicoImages:
    """Images of that registry, for a user whose settings allow it to go without TLS; skopeo alone in PATH."""
    server.replies[CRDS_PATH] = Reply(CRDS_YAML)
    settings = tmp_path / "home" / ".config" / "containers" / "registries.conf"
    settings.parent.mkdir(parents=True)
    settings.write_text(f'[[registry]]\nlocation = "{registry.host}"\ninsecure = true\n')
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "skopeo").symlink_to(str(SKOPEO))
    environ = {"PATH": str(tmp_path / "bin"), "HOME": str(tmp_path / "home")}
    host = f"{registry.host}/calico"
    found = replace(sources, environ=environ, calico_images=host, calico_crds_sha256=CRDS_SHA256)
    return CalicoImages(replace(found, image_seconds=30.0), progress)


def test_skopeo_gets_the_whole_set(images: CalicoImages, registry: Registry) -> None:
    """Out of an index for several machines, with the digest of that index."""
    tag = f"v{CALICO_VERSION}"
    node = registry.publish("calico/node", tag, {"bin": Link("usr/bin"), "usr/bin/calico-node": says()})
    plugins: Layer = {"opt/cni/bin/calico": says(), "opt/cni/bin/calico-ipam": Link("./calico")}
    cni = registry.publish("calico/cni", tag, plugins)
    parts = images.get()
    assert parts.version == CALICO_VERSION
    assert parts.origins[CalicoProgram.NODE].endswith(f"/calico/node:{tag}@{node}")
    assert parts.origins[CalicoProgram.IPAM].endswith(f"/calico/cni:{tag}@{cni}")
    assert parts.programs[CalicoProgram.IPAM].read_text() == says()


def test_a_cache_may_have_a_colon_in_its_name(
    images: CalicoImages, registry: Registry, tmp_path: Path
) -> None:
    """Though to skopeo the path of an archive ends at the first one."""
    tag = f"v{CALICO_VERSION}"
    registry.publish("calico/node", tag, {"bin/calico-node": says()})
    registry.publish("calico/cni", tag, {"opt/cni/bin/calico": says(), "opt/cni/bin/calico-ipam": says()})
    elsewhere = replace(images, sources=replace(images.sources, cache=tmp_path / "a:b"))
    assert elsewhere.get().version == CALICO_VERSION


@pytest.mark.parametrize("status", [401, 403, 404])
def test_what_skopeo_tells_of_a_no_is_understood(
    images: CalicoImages, registry: Registry, status: int
) -> None:
    """Whatever it is that the registry refuses by."""
    registry.refusal = status
    with pytest.raises(ComponentError, match="which says no"):
        images.get()


def test_what_skopeo_tells_of_a_broken_registry_is_no_no(images: CalicoImages, registry: Registry) -> None:
    """Another tool may be luckier, by way of another proxy."""
    registry.refusal = 500
    with pytest.raises(ComponentError, match="in vain") as error:
        images.get()
    assert "500" in error.value.output
