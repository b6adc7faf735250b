"""Programs the user hands in: taken as they are, once they say that they are what they should."""

from collections.abc import Collection, Mapping
from pathlib import Path

from lab.components.calico import CalicoProgram
from lab.components.disk import sha256_of
from lab.components.identity import version_of
from lab.components.products import KUBERNETES_VERSION, products
from lab.components.program import Component, Origin, Program
from lab.components.progress import Progress
from lab.components.sources import Sources
from lab.errors import ComponentError, UsageError


def supplied(
    programs: Collection[Program], sources: Sources, progress: Progress
) -> Mapping[Program, Component]:
    """Return what the user handed in of the wanted programs.

    Raises UsageError where a directory or a file is not there, ComponentError where a file is
    not what its name says.
    """
    found: dict[Program, Component] = {}
    if sources.directory is not None:
        found |= _from_directory(sources.directory, programs, sources, progress)
    if sources.kube_proxy is not None and Program.KUBE_PROXY in programs:
        found[Program.KUBE_PROXY] = _kube_proxy(sources.kube_proxy)
    for component in found.values():
        progress.say(
            f"{component.program} {component.version}: supplied, {component.path}, sha256 {component.sha256}"
        )
    return found


def _kube_proxy(path: Path) -> Component:
    if not path.exists():
        raise UsageError(
            f"looked for a kube-proxy at {path}, where there is nothing",
            next_step="give the path of a kube-proxy executable to --kube-proxy",
        )
    return _component(Program.KUBE_PROXY, path)


def _from_directory(
    directory: Path, programs: Collection[Program], sources: Sources, progress: Progress
) -> Mapping[Program, Component]:
    if not directory.is_dir():
        raise UsageError(
            f"looked for programs in {directory}, which is not a directory",
            next_step="give --components (SVCPROOF_COMPONENTS) a directory of executables",
        )
    present = {path.name for path in directory.iterdir()}
    if present.isdisjoint({*Program, *CalicoProgram}):
        raise UsageError(
            f"looked for programs in {directory}, which has none of {', '.join([*Program, *CalicoProgram])}",
            next_step="give --components (SVCPROOF_COMPONENTS) the directory that holds them",
        )
    found = {}
    for program in Program:
        if program not in programs or (program == Program.KUBE_PROXY and sources.kube_proxy):
            continue
        if program in present:
            found[program] = _component(program, directory / program)
            _check_version(found[program], sources, progress)
        else:
            progress.say(f"{directory} has no {program}: taking it from elsewhere")
    return found


def _component(program: Program, path: Path) -> Component:
    version = version_of(program, path)
    return Component(program, version, path.absolute(), sha256_of(path), Origin.SUPPLIED)


def _check_version(component: Component, sources: Sources, progress: Progress) -> None:
    """Refuse another Kubernetes than was asked for; tell of other versions than the pinned."""
    product = next(
        product for product in products(sources.kubernetes) if component.program in product.packages
    )
    if component.version == product.version:
        return
    if product.name == "kubernetes" and product.version != KUBERNETES_VERSION:
        raise ComponentError(
            f"{component.path} is of version {component.version}, but Kubernetes "
            f"{product.version} was asked for",
            next_step="leave out --kubernetes or --components, or hand in that version",
        )
    progress.say(f"{component.path} is of version {component.version}; pinned: {product.version}")
