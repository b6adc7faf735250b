"""Real Calico's path through the lab, with stand-ins for its programs that do the least of what these do.

Calico's own programs are not to be had where these tests run; tests_lab/calico_stand_ins.py has what they leave out.
"""

import json
import os
from hashlib import sha256
from pathlib import Path

import pytest

from lab.components.calico import CalicoParts, CalicoProgram
from lab.components.calico_images import CalicoImages
from lab.components.image_tools import ImageTool
from lab.components.progress import Silence
from lab.components.sources import Sources
from lab.model import NODES, PODS
from lab.profiles import Encapsulation
from svcproof.settings import Settings
from tests.components.calico_set import CRDS_PATH
from tests.components.image_stand_ins import DIGESTS, ImageStandIns
from tests.components.release_server import Reply, serving
from tests_lab.calico_stand_ins import write_stand_ins
from tests_lab.commanded import Commanded


@pytest.fixture
def directory(svcproof: Commanded) -> Path:
    """A directory for --components."""
    return write_stand_ins(svcproof.home / "calico", svcproof.python)


@pytest.mark.parametrize("encapsulation", [Encapsulation.NONE, Encapsulation.VXLAN])
def test_calicos_programs_run_where_they_are_handed_in(
    svcproof: Commanded, directory: Path, encapsulation: Encapsulation
) -> None:
    """Each node starts up, gets its tunnel's address, and felix, again after 129; pods are attached by the plugin."""
    options = ("-n", "1", "--components", str(directory), "--encapsulation", encapsulation)
    finished = svcproof("run", "nftables-calico", *options, "--claim", "net-pod.*")
    assert finished.returncode == 0, finished.stderr + finished.stdout
    calls = (directory / "calls").read_text().splitlines()
    for node in NODES:
        assert [call for call in calls if call.startswith(node)] == [
            f"{node} -startup",
            f"{node} -allocate-tunnel-addrs -allocate-tunnel-addrs-run-once",
            f"{node} -felix",
            f"{node} -felix",
        ]
    for pod in PODS:
        asked, attached = f"calico-ipam ADD {pod}", f"calico {pod}"
        assert [call for call in calls if call.endswith(f" {pod}")] == [asked, attached]
    [lab] = json.loads((svcproof.home / "runs" / "latest" / "results.json").read_text())["labs"]
    assert lab["network"] == f"calico 3.32.1, encapsulation {encapsulation}"
    origins = {program["name"]: program["origin"] for program in lab["programs"]}
    assert {origins[name] for name in ("calico-node", "calico", "calico-ipam")} == {"supplied"}


def test_calicos_programs_run_out_of_their_images(svcproof: Commanded, directory: Path) -> None:
    """Got once with a docker, here a stand-in, and then taken from the cache by a lab that is left to itself."""
    cache = svcproof.home / "cache"
    (cache / "programs").mkdir(parents=True)
    for program in (Settings.from_env(os.environ).cache / "programs").iterdir():
        (cache / "programs" / program.name).symlink_to(program)
    got = images_of(directory, svcproof.home / "tools", cache)
    svcproof.environ["SVCPROOF_CACHE"] = str(cache)
    finished = svcproof("run", "nftables-calico", "-n", "1", "--claim", "net-pod.*")
    assert finished.returncode == 0, finished.stderr + finished.stdout
    [lab] = json.loads((svcproof.home / "runs" / "latest" / "results.json").read_text())["labs"]
    assert lab["network"] == "calico 3.32.1, encapsulation none"
    origins = {program["name"]: program["origin"] for program in lab["programs"]}
    assert {name: origins[name] for name in CalicoProgram} == got.origins
    assert DIGESTS["node"] in origins["calico-node"]


def images_of(directory: Path, tools: Path, cache: Path) -> CalicoParts:
    """Puts a set of programs into the cache, by way of images and a download of its CRDs."""
    registry = ImageStandIns(tools)
    registry.publish("node", {"bin/calico-node": (directory / "calico-node").read_text()})
    plugins = {f"opt/cni/bin/{name}": (directory / name).read_text() for name in ("calico", "calico-ipam")}
    registry.publish("cni", plugins)
    registry.install(ImageTool.DOCKER)
    crds = (directory / "crds" / "crds.yaml").read_bytes()
    with serving() as server:
        server.replies[CRDS_PATH] = Reply(crds)
        sources = Sources(
            cache=cache,
            environ={"PATH": str(registry.path)},
            calico_images="registry.invalid/calico",
            calico_sources=f"{server.url}/calico",
            calico_crds_sha256=sha256(crds).hexdigest(),
        )
        return CalicoImages(sources, Silence()).get()


def test_a_felix_that_ends_is_a_lab_error(svcproof: Commanded, directory: Path) -> None:
    """With the end of its log; any code but 129 is an end."""
    node = directory / "calico-node"
    node.rename(directory / "whole")
    node.write_text(
        f'#!/bin/sh\n[ "$1" = -felix ] && echo \'no dataplane\' && exit 1\nexec {directory}/whole "$@"\n'
    )
    node.chmod(0o755)
    finished = svcproof(
        "run", "nftables-calico", "-n", "1", "--components", str(directory), "--claim", "net-pod.*"
    )
    assert finished.returncode == 3
    assert "calico-node-worker-" in finished.stderr + finished.stdout
    assert "no dataplane" in finished.stderr + finished.stdout


def test_half_a_set_of_calicos_programs_is_a_lab_error(svcproof: Commanded, directory: Path) -> None:
    """The run does not begin; what is missing is named."""
    (directory / "calico-ipam").unlink()
    finished = svcproof("run", "nftables-calico", "--components", str(directory), "--claim", "net-pod.*")
    assert finished.returncode == 3
    assert "missing: calico-ipam" in finished.stderr
