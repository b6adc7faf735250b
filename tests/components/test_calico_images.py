"""Calico's programs out of images, got by stand-ins for the tools: the whole set, or a lab error and nothing kept."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from lab.components.calico import CALICO_VERSION, CalicoParts, CalicoProgram
from lab.components.calico_images import CalicoImages
from lab.components.image_tools import ImageTool
from lab.components.sources import Sources
from lab.errors import ComponentError, MissingRequirement
from tests.components.calico_set import CRDS_PATH, CRDS_SHA256, CRDS_YAML, says
from tests.components.image_stand_ins import DIGESTS, ImageStandIns, Link
from tests.components.recorder import Recorder
from tests.components.release_server import ReleaseServer, Reply

REFUSALS = {
    ImageTool.SKOPEO: "reading manifest v3.32.1 in quay.io/calico/node: StatusCode: 404, ",
    ImageTool.PODMAN: "Error: initializing source docker://quay.io/calico/node:v3.32.1: reading manifest v3.32.1 in "
    "quay.io/calico/node: manifest unknown: manifest unknown",
    ImageTool.DOCKER: "Error response from daemon: manifest for quay.io/calico/node:v3.32.1 not found",
    ImageTool.NERDCTL: "failed to resolve reference quay.io/calico/node:v3.32.1: not found",
}
"""How each tool tells that the registry has no such image."""


@pytest.fixture
def tools(tmp_path: Path) -> ImageStandIns:
    """A registry that has both images as Calico makes them, and no tool yet."""
    made = ImageStandIns(tmp_path / "tools")
    made.publish("node", {"bin": Link("usr/bin"), "usr/bin/calico-node": says()})
    made.publish("cni", {"opt/cni/bin/calico": says(), "opt/cni/bin/calico-ipam": Link("./calico")})
    return made


@pytest.fixture
def images(sources: Sources, server: ReleaseServer, tools: ImageStandIns, progress: Recorder) -> CalicoImages:
    """Images with an empty cache, the CRDs to be downloaded, and the stand-ins in PATH alone."""
    server.replies[CRDS_PATH] = Reply(CRDS_YAML)
    found = replace(
        sources,
        environ={"PATH": str(tools.path), "HOME": str(tools.directory)},
        calico_crds_sha256=CRDS_SHA256,
        image_seconds=10.0,
    )
    return CalicoImages(found, progress)


def kept(images: CalicoImages) -> list[Path]:
    """The files in the cache, half-written ones too."""
    everything = images.sources.cache.rglob("*")
    return [path for path in everything if path.is_file() and path.parent.name != "locks"]


@pytest.mark.parametrize("tool", ImageTool)
def test_each_tool_gets_the_whole_set(images: CalicoImages, tools: ImageStandIns, tool: ImageTool) -> None:
    """Programs out of both images, with the digest by which the registry knows each; CRDs from the manifests."""
    tools.install(tool)
    parts = images.get()
    assert (parts.version, set(parts.programs)) == (CALICO_VERSION, set(CalicoProgram))
    assert parts.origins == {
        CalicoProgram.NODE: f"image registry.invalid/calico/node:v3.32.1@{DIGESTS['node']}",
        CalicoProgram.CNI: f"image registry.invalid/calico/cni:v3.32.1@{DIGESTS['cni']}",
        CalicoProgram.IPAM: f"image registry.invalid/calico/cni:v3.32.1@{DIGESTS['cni']}",
    }
    assert [file.read_bytes() for file in parts.crds] == [CRDS_YAML]
    assert all(path.is_relative_to(images.sources.cache) for path in parts.programs.values())


def test_skopeo_copies_what_it_was_told_the_digest_of(images: CalicoImages, tools: ImageStandIns) -> None:
    """A tag that moves in between changes nothing."""
    tools.install(ImageTool.SKOPEO)
    images.get()
    assert f" docker://registry.invalid/calico/node@{DIGESTS['node']} " in tools.calls[1]


def test_the_second_time_needs_nothing(
    images: CalicoImages, server: ReleaseServer, tools: ImageStandIns
) -> None:
    """No tool, no registry and no download: all is in the cache, origin and all."""
    tools.install(ImageTool.DOCKER)
    first = images.get()
    server.replies.clear()
    asked, called = list(server.asked), tools.calls
    alone = replace(images, sources=replace(images.sources, environ={"PATH": "/nonexistent"}))
    assert (alone.is_cached, alone.cached(), alone.get()) == (True, first, first)
    assert (server.asked, tools.calls) == (asked, called)


def test_a_machine_without_a_tool_is_told_which(images: CalicoImages) -> None:
    """Nothing is kept of the attempt."""
    with pytest.raises(
        MissingRequirement, match="skopeo, podman, docker, nerdctl, and this machine has none"
    ) as error:
        images.get()
    assert "install --yes --no-install-recommends skopeo" in error.value.next_step
    assert kept(images) == []


@pytest.mark.parametrize("tool", [ImageTool.SKOPEO, ImageTool.PODMAN, ImageTool.DOCKER])
def test_a_no_of_the_registry_is_final(images: CalicoImages, tools: ImageStandIns, tool: ImageTool) -> None:
    """The next tool is not asked: it would be told the same."""
    tools.install(tool, f"echo '{REFUSALS[tool]}'; exit 1")
    tools.install(ImageTool.NERDCTL)
    with pytest.raises(ComponentError, match="which says no") as error:
        images.get()
    assert error.value.command[0] == tool
    assert error.value.output == REFUSALS[tool].strip()
    assert {call.split()[0] for call in tools.calls} == {tool}
    assert kept(images) == []


def test_a_no_told_by_nerdctl_is_understood(images: CalicoImages, tools: ImageStandIns) -> None:
    """It is the last one that is asked."""
    tools.install(ImageTool.NERDCTL, f"echo '{REFUSALS[ImageTool.NERDCTL]}'; exit 1")
    with pytest.raises(ComponentError, match="which says no"):
        images.get()


@pytest.mark.parametrize(
    "trouble",
    [
        pytest.param("exec sleep 60", id="a time-out"),
        pytest.param(
            "echo 'permission denied while trying to connect to the Docker daemon'; exit 1", id="denied"
        ),
        pytest.param("echo 'Cannot connect to the Docker daemon'; exit 1", id="no daemon"),
        pytest.param("echo 'dial tcp: lookup quay.io: no such host'; exit 125", id="no such host"),
        pytest.param("exit 0", id="no digest"),
        pytest.param(f"echo registry.invalid/calico/node@{DIGESTS['node']}", id="no file"),
    ],
)
def test_what_may_be_the_tools_own_trouble_leads_to_the_next_tool(
    images: CalicoImages, tools: ImageStandIns, trouble: str
) -> None:
    """And is an error where there is none."""
    hurried = replace(images, sources=replace(images.sources, image_seconds=3.0))
    tools.install(ImageTool.DOCKER, trouble)
    with pytest.raises(ComponentError, match=r"tried to get .*node:v3\.32\.1 with docker, in vain") as error:
        hurried.get()
    assert "docker " in error.value.output
    assert kept(images) == []
    tools.install(ImageTool.NERDCTL)
    assert hurried.get().version == CALICO_VERSION


def test_a_time_out_is_told(images: CalicoImages, tools: ImageStandIns) -> None:
    """With the command, and for how long it was waited for."""
    tools.install(ImageTool.PODMAN, "exec sleep 60")
    with pytest.raises(ComponentError) as error:
        replace(images, sources=replace(images.sources, image_seconds=1.0)).get()
    assert (
        error.value.output == "podman pull --quiet registry.invalid/calico/node:v3.32.1: not done after 1 s"
    )


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        pytest.param(
            lambda tools: tools.publish("node", {"usr/bin/other": says()}),
            "looked for bin/calico-node in the image",
            id="an image without the program",
        ),
        pytest.param(
            lambda tools: tools.publish("cni", {"opt/cni/bin/calico": says()}),
            "looked for opt/cni/bin/calico, opt/cni/bin/calico-ipam in the image",
            id="half a set",
        ),
        pytest.param(
            lambda tools: [
                tools.publish("node", {"bin/calico-node": says("v3.32.0")}),
                tools.publish(
                    "cni", {f"opt/cni/bin/{name}": says("v3.32.0") for name in ("calico", "calico-ipam")}
                ),
            ],
            "say that they are 3.32.0",
            id="another version",
        ),
        pytest.param(
            lambda tools: tools.publish("node", {"bin/calico-node": says("v3.31.4")}),
            "several versions: calico-node 3.31.4, calico 3.32.1",
            id="several versions",
        ),
        pytest.param(
            lambda tools: tools.publish("node", {"bin/calico-node": "for another machine"}),
            "could not be run",
            id="a program of another machine",
        ),
        pytest.param(
            lambda tools: (tools.directory / "cni.tar").write_text("<html>"),
            "looked for opt/cni/bin/calico",
            id="no image",
        ),
    ],
)
def test_images_that_will_not_do_are_lab_errors(
    images: CalicoImages, tools: ImageStandIns, spoil: Callable[[ImageStandIns], object], message: str
) -> None:
    """Each with what is wrong about it and what to try; nothing of it stays."""
    tools.install(ImageTool.SKOPEO)
    spoil(tools)
    with pytest.raises(ComponentError, match=message) as error:
        images.get()
    assert error.value.next_step
    assert kept(images) == []


def test_crds_that_cannot_be_had_are_a_lab_error(
    images: CalicoImages, server: ReleaseServer, tools: ImageStandIns
) -> None:
    """It comes before 150 MB are got."""
    tools.install(ImageTool.SKOPEO)
    server.replies.clear()
    with pytest.raises(ComponentError, match="tried to get Calico's CRDs") as error:
        images.get()
    assert "answers 404" in error.value.output
    assert tools.calls == []


def test_other_crds_than_the_pinned_are_a_lab_error(
    images: CalicoImages, server: ReleaseServer, tools: ImageStandIns
) -> None:
    """Neither kept nor used."""
    tools.install(ImageTool.SKOPEO)
    server.replies[CRDS_PATH] = Reply(CRDS_YAML + b"---\n")
    with pytest.raises(ComponentError, match="its sha256 is wrong"):
        images.get()
    assert kept(images) == []


@pytest.mark.parametrize(
    "spoil", [lambda file: file.write_text("damaged"), Path.unlink], ids=["damaged", "missing"]
)
@pytest.mark.parametrize("name", [*CalicoProgram, "crds/crds.yaml", "origin.json"])
def test_an_entry_that_is_not_whole_is_got_again(
    images: CalicoImages,
    tools: ImageStandIns,
    progress: Recorder,
    name: str,
    spoil: Callable[[Path], object],
) -> None:
    """It is not run, and that is said."""
    tools.install(ImageTool.SKOPEO)
    whole = images.get()
    spoil(whole.programs[CalicoProgram.NODE].parent / name)
    assert (images.is_cached, images.cached()) == (False, None)
    assert "in the cache " in progress.said[-1]
    assert name in progress.said[-1] or name == "origin.json"
    assert images.get() == whole


def test_the_cache_is_of_one_architecture(images: CalicoImages, tools: ImageStandIns) -> None:
    """A home directory may be shared by machines."""
    tools.install(ImageTool.SKOPEO)
    assert isinstance(images.get(), CalicoParts)
    assert replace(images, sources=replace(images.sources, machine="aarch64")).cached() is None
