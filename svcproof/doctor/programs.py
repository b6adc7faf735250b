"""The programs of a cluster: which are at hand, and what getting the others takes."""

from collections.abc import Sequence
from itertools import groupby

from lab.components.products import Product, products
from lab.components.resolve import Missing
from lab.components.sources import Sources
from lab.errors import LabError
from svcproof.doctor.finding import Finding, State
from svcproof.doctor.machine import Machine
from svcproof.doctor.needs import EVERY
from svcproof.doctor.packages import cure_by_packages

_COMPILER_PACKAGES = ("gcc", "libc6-dev")


def program_findings(machine: Machine, sources: Sources) -> list[Finding]:
    """One finding where all are at hand, else one for each product that must be got."""
    try:
        missing = machine.missing_programs(sources)
        if not missing:
            return [_finding("programs", State.OK, "all are in the cache or were handed in")]
        go = machine.go(sources)
        return [_product(machine, sources, product, items, go) for product, items in _by_product(missing, sources)]
    except LabError as error:
        return [_finding("programs", State.MISSING, error.attempted, error.next_step)]
