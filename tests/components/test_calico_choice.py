"""Whether a lab runs Calico itself: what was handed in, the cache, the images where it was asked for them."""

from dataclasses import replace
from pathlib import Path

import pytest

from lab.components.calico import BuiltDatapath, CalicoParts, CalicoProgram
from lab.components.calico_choice import calico_for, is_at_hand
from lab.components.calico_images import CalicoImages
from lab.components.image_tools import ImageTool
from lab.components.sources import Sources
from lab.errors import ComponentError, UsageError
from lab.profiles import Implementation, profile_named
from tests.components.calico_set import CRDS_PATH, CRDS_SHA256, CRDS_YAML, says, write_set
from tests.components.image_stand_ins import ImageStandIns
from tests.components.recorder import Recorder
from tests.components.release_server import ReleaseServer, Reply

CALICO = profile_named("iptables-calico")


@pytest.fixture
def tools(tmp_path: Path, server: ReleaseServer) -> ImageStandIns:
    """A registry that has everything, and a docker that gets it."""
    server.replies[CRDS_PATH] = Reply(CRDS_YAML)
    made = ImageStandIns(tmp_path / "tools")
    made.publish("node", {"bin/calico-node": says()})
    made.publish("cni", {f"opt/cni/bin/{name}": says() for name in ("calico", "calico-ipam")})
    made.install(ImageTool.DOCKER)
    return made


@pytest.fixture
def reaching(sources: Sources, tools: ImageStandIns) -> Sources:
    """Sources with that docker in PATH, and nothing at hand."""
    return replace(sources, environ={"PATH": str(tools.path)}, calico_crds_sha256=CRDS_SHA256)


@pytest.mark.parametrize("wanted", [None, Implementation.REAL])
def test_what_was_handed_in_is_taken(
    reaching: Sources, tools: ImageStandIns, progress: Recorder, tmp_path: Path, wanted: Implementation | None
) -> None:
    """By itself, and when it is asked for; no image is got."""
    (tmp_path / "own").mkdir()
    own = replace(reaching, directory=write_set(tmp_path / "own"))
    assert is_at_hand(own)
    parts = calico_for(CALICO, wanted, own, progress)
    assert isinstance(parts, CalicoParts)
    assert progress.said == ["calico 3.32.1: supplied"]
    assert tools.calls == []


def test_left_to_itself_a_lab_gets_no_image(
    reaching: Sources, tools: ImageStandIns, progress: Recorder
) -> None:
    """It builds the data path and says why, and what would get the programs."""
    assert not is_at_hand(reaching)
    built = calico_for(CALICO, None, reaching, progress)
    assert isinstance(built, BuiltDatapath)
    assert built.because == "its programs were neither handed in nor in the cache"
    assert progress.said == [
        f"calico: its data path, built by the lab; {built.because}",
        "calico: --network-implementation real gets 3.32.1 from its images by docker",
    ]
    assert tools.calls == []


def test_without_a_tool_one_is_named(sources: Sources, progress: Recorder) -> None:
    """What a user would have to install first."""
    calico_for(CALICO, None, replace(sources, environ={"PATH": "/nonexistent"}), progress)
    assert progress.said[-1].endswith("once skopeo or a container engine is installed")


def test_images_that_were_got_once_are_taken(
    reaching: Sources, progress: Recorder, server: ReleaseServer
) -> None:
    """From the cache, by a lab that is left to itself, with nothing in reach."""
    asked = calico_for(CALICO, Implementation.REAL, reaching, progress)
    server.replies.clear()
    away = replace(reaching, environ={"PATH": "/nonexistent"})
    assert is_at_hand(away)
    assert calico_for(CALICO, None, away, progress) == asked
    assert "image registry.invalid/calico/node:v3.32.1@sha256:aaa" in progress.said[-1]


def test_a_damaged_cache_is_not_run(reaching: Sources, progress: Recorder) -> None:
    """A lab that is left to itself says so and builds the data path."""
    parts = calico_for(CALICO, Implementation.REAL, reaching, progress)
    assert isinstance(parts, CalicoParts)
    parts.programs[CalicoProgram.CNI].write_text("damaged")
    assert not is_at_hand(reaching)
    assert isinstance(calico_for(CALICO, None, reaching, progress), BuiltDatapath)
    assert any("is damaged (calico)" in said for said in progress.said)


def test_the_data_path_can_be_asked_for(reaching: Sources, progress: Recorder, tmp_path: Path) -> None:
    """Though the programs are there."""
    (tmp_path / "own").mkdir()
    own = replace(reaching, directory=write_set(tmp_path / "own"))
    assert isinstance(calico_for(CALICO, Implementation.DATAPATH, own, progress), BuiltDatapath)


@pytest.mark.parametrize("wanted", [None, Implementation.REAL])
def test_half_a_set_is_never_made_whole(
    reaching: Sources, tools: ImageStandIns, progress: Recorder, tmp_path: Path, wanted: Implementation | None
) -> None:
    """Neither by the data path nor by the images: the user wanted these programs."""
    (tmp_path / "own").mkdir()
    own = replace(reaching, directory=write_set(tmp_path / "own"))
    (tmp_path / "own" / "calico-ipam").unlink()
    with pytest.raises(ComponentError, match="missing: calico-ipam"):
        calico_for(CALICO, wanted, own, progress)
    assert tools.calls == []


def test_a_directory_without_any_of_them_does_not_count(
    reaching: Sources, progress: Recorder, tmp_path: Path
) -> None:
    """It may hold a kube-proxy only."""
    own = replace(reaching, directory=tmp_path)
    assert isinstance(calico_for(CALICO, None, own, progress), BuiltDatapath)
    assert CalicoImages(own, progress).cached() is None


def test_flannel_has_one_implementation(sources: Sources, progress: Recorder) -> None:
    """Its programs are always real; a data path of it is a usage error."""
    flannel = profile_named("nftables-flannel")
    assert calico_for(flannel, Implementation.REAL, sources, progress) is None
    with pytest.raises(UsageError, match="no data path"):
        calico_for(flannel, Implementation.DATAPATH, sources, progress)
