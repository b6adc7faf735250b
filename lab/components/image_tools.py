"""Getting an image from its registry, with skopeo or a container engine that the machine has."""

import re
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from lab.components.command import Finished, run, tied
from lab.components.progress import Beat, Progress
from lab.errors import ComponentError, MissingRequirement

_NO = re.compile(
    r"manifest unknown|name unknown|manifest for \S+ not found|repository \S+ not found|unauthorized|"
    r"pull access denied|requested access to the resource is denied|invalid status code from registry 40[134]|"
    r"status ?code:? 40[134]|received unexpected HTTP status: 40[134]|"
    r"failed to resolve reference .*(?:not found|forbidden)",
    re.IGNORECASE,
)
"""How these tools tell what a registry answered. Any other failure may be the tool's own."""
_DIGEST = r"sha256:[0-9a-f]{64}"
_POLICIES = (Path("/etc/containers/policy.json"), Path(".config/containers/policy.json"))


class ImageTool(StrEnum):
    """A program that gets images, in the order in which they are tried. skopeo needs no engine and keeps nothing."""

    SKOPEO = "skopeo"
    PODMAN = "podman"
    DOCKER = "docker"
    NERDCTL = "nerdctl"


@dataclass(frozen=True, slots=True)
class SavedAs:
    """An image that was got. digest: by which its registry knows it, with `sha256:` before it."""

    digest: str
    tool: ImageTool


def image_tools(environ: Mapping[str, str]) -> tuple[ImageTool, ...]:
    """Those that PATH has."""
    return tuple(tool for tool in ImageTool if shutil.which(tool, path=environ.get("PATH", "")))


class _Failed(Exception):
    """A tool could not get the image, and another one may."""


@dataclass(frozen=True, slots=True)
class ImageTools:
    """The tools of one machine. seconds: that one command of them may take."""

    environ: Mapping[str, str]
    seconds: float
    progress: Progress

    def save(self, image: str, target: Path) -> SavedAs:
        """Writes an image, as `docker save` does. image: registry, name and tag; target: in a directory that is there.

        MissingRequirement where there is no tool; ComponentError where the registry says no, which is final, or no
        tool gets the image: a time-out, or an engine that does not run, leads to the next tool.
        """
        tools = image_tools(self.environ)
        if not tools:
            raise MissingRequirement(
                f"{image} is got with {', '.join(ImageTool)}, and this machine has none of them",
                next_step="apt-get install --yes --no-install-recommends skopeo, or hand in the programs by "
                "--components DIR",
            )
        failures = []
        for tool in tools:
            target.unlink(missing_ok=True)
            try:
                with self.progress.step(f"getting {image} with {tool}") as beat:
                    return SavedAs(self._save(tool, image, target, beat), tool)
            except _Failed as failure:
                failures.append(str(failure))
        raise ComponentError(
            f"tried to get {image} with {', '.join(tools)}, in vain",
            output="\n".join(failures),
            next_step="see that the registry can be reached from here, or hand in the programs by --components DIR",
        )

    def _save(self, tool: ImageTool, image: str, target: Path, beat: Beat) -> str:
        """The tool runs where the file is to be, and is told its name alone: skopeo ends a path at its first colon."""

        def do(*arguments: str) -> Finished:
            return self._run([tool, *arguments], image, target.parent, beat)

        digest = (
            _by_skopeo(do, image, target.name, self.environ)
            if tool is ImageTool.SKOPEO
            else _by_engine(do, image, target.name)
        )
        if target.exists():
            return digest
        raise _Failed(f"{tool} ended well, but wrote no {target.name}")

    def _run(self, command: Sequence[str], image: str, directory: Path, beat: Beat) -> Finished:
        shown = " ".join(command)
        try:
            finished = run(
                tied(command), environ=self.environ, directory=directory, seconds=self.seconds, beat=beat
            )
        except TimeoutError:
            raise _Failed(f"{shown}: not done after {self.seconds:.0f} s") from None
        except OSError as error:
            raise _Failed(f"{shown}: {error}") from error
        if finished.status == 0:
            return finished
        if _NO.search(finished.output.strip()):
            raise ComponentError(
                f"asked its registry for {image}, which says no",
                command=command,
                output=finished.last_lines,
                next_step="see whether something between here and the registry answers in its place, or hand in the "
                "programs by --components DIR",
            )
        raise _Failed(f"{shown}: status {finished.status}\n{finished.last_lines}")


def _by_skopeo(do: Callable[..., Finished], image: str, target: str, environ: Mapping[str, str]) -> str:
    """Asks for the digest first, and then for what has this digest."""
    places = (Path(environ.get("HOME", "/")) / policy for policy in _POLICIES)
    # Debian's skopeo only recommends the package that has the usual policy, which is to accept anything.
    policy = () if any(place.exists() for place in places) else ("--insecure-policy",)
    digest = _digest(do(*policy, "inspect", "--no-tags", "--format", "{{.Digest}}", f"docker://{image}"))
    name = image.rpartition(":")[0]
    do(*policy, "copy", "--quiet", f"docker://{name}@{digest}", f"docker-archive:{target}:{image}")
    return digest


def _by_engine(do: Callable[..., Finished], image: str, target: str) -> str:
    """The image stays in the engine's own store, where its user finds it."""
    do("pull", "--quiet", image)
    known = do("image", "inspect", "--format", "{{json .RepoDigests}}", image)
    do("save", "--output", target, image)
    return _digest(known, image.rpartition(":")[0])


def _digest(finished: Finished, name: str = "") -> str:
    """The digest in an answer: of the image of this name, where it lists several."""
    prefix = re.escape(f"{name}@") if name else ""
    if found := re.search(rf"{prefix}({_DIGEST})", finished.output):
        return found[1]
    raise _Failed(f"{' '.join(finished.command)}: no digest in its answer\n{finished.last_lines}")
