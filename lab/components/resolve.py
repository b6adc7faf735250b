"""Getting every program from the first origin that has it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from lab.components.build import build
from lab.components.cache import Cache, Key
from lab.components.disk import lock, staging
from lab.components.download import Downloads
from lab.components.fetch import fetch
from lab.components.identity import version_of
from lab.components.order import Order
from lab.components.products import Product, products
from lab.components.program import Component, Origin, Program
from lab.components.progress import Progress, Silence
from lab.components.release import assets
from lab.components.sources import Sources
from lab.components.supplied import supplied
from lab.components.wrapper import digest
from lab.errors import ComponentError


def resolve(
    programs: Collection[Program], sources: Sources, progress: Progress
) -> Mapping[Program, Component]:
    """Return all wanted programs, each from the first origin that has it.

    In this order: handed in by the user, the cache, the official release, a build. Raises
    UsageError for what the user handed in wrongly, ComponentError for everything else.
    """
    # What is built is built in another directory.
    sources = replace(sources, cache=sources.cache.absolute())
    found = dict(supplied(programs, sources, progress))
    downloads = Downloads(
        sources.environ,
        connect_seconds=sources.connect_seconds,
        stall_seconds=sources.stall_seconds,
    )
    for product in products(sources.kubernetes):
        wanted = [name for name in product.packages if name in programs and name not in found]
        if wanted:
            found |= _Getting(product, sources, downloads, progress).get(wanted)
    return found


@dataclass(frozen=True, slots=True)
class Missing:
    """A program that neither the user nor the cache has, and what getting it takes.

    published: an official release with a checksum is tried first.
    build_seconds: where that cannot be reached; for its whole product, on two cores.
    """

    program: Program
    version: str
    published: bool
    build_seconds: int


def missing(programs: Collection[Program], sources: Sources) -> Sequence[Missing]:
    """Return what resolve() would have to download or build, without getting anything."""
    there = supplied(programs, sources, Silence())
    return [
        Missing(
            program,
            product.version,
            bool(assets(product, [program], sources)),
            product.build_seconds,
        )
        for product in products(sources.kubernetes)
        for program in product.packages
        if program in programs and program not in there
        if _cached(product, program, sources, Silence()) is None
    ]


@dataclass(frozen=True, slots=True)
class _Getting:
    """One product's programs on their way into the cache."""

    product: Product
    sources: Sources
    downloads: Downloads
    progress: Progress

    def get(self, wanted: Sequence[Program]) -> Mapping[Program, Component]:
        """Return all of them. Only one run at a time gets the same product."""
        found = self._cached(wanted, Silence())
        if len(found) == len(wanted):
            return found
        root, name = self.sources.cache, str(self.product)
        with lock(root, name, self.progress), staging(root, name) as stage:
            found = self._cached(wanted, self.progress)
            for origin in (Origin.RELEASE, Origin.BUILT):
                if rest := [program for program in wanted if program not in found]:
                    order = Order(self.product, rest, self.sources, stage, self.progress)
                    found |= {item.program: item for item in self._admitted(order, origin)}
        return found

    def _cached(self, wanted: Sequence[Program], progress: Progress) -> dict[Program, Component]:
        looked = (_cached(self.product, program, self.sources, progress) for program in wanted)
        return {component.program: component for component in looked if component}

    def _admitted(self, order: Order, origin: Origin) -> Iterator[Component]:
        """Take what an origin delivers into the cache, if it says that it is what was wanted."""
        for item in fetch(order, self.downloads) if origin is Origin.RELEASE else build(order):
            if (version := version_of(item.program, item.path)) != self.product.version:
                raise ComponentError(
                    f"got {item.program} {self.product.version} from {item.source}, but it says "
                    f"that it is {version}",
                    next_step="hand in the program by --components DIR",
                )
            key = _key(self.product, item.program, origin, self.sources)
            yield Cache(self.sources.cache).store(key, item.path, origin, item.source)


def _cached(product: Product, program: Program, sources: Sources, progress: Progress) -> Component | None:
    """Return a program from the cache, however it first came there."""
    cache = Cache(sources.cache)
    for origin in (Origin.RELEASE, Origin.BUILT):
        if component := cache.find(_key(product, program, origin, sources), progress):
            return component
    return None


def _key(product: Product, program: Program, origin: Origin, sources: Sources) -> Key:
    variant = "built-" + digest(product, sources) if origin is Origin.BUILT else "release"
    return Key(program, product.version, sources.architecture, variant)
