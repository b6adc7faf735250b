"""Every claim that the scenarios make literally: taken from their marks, without running them."""

import importlib.util
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

from conformance.again import After
from conformance.live import Live, Observation
from conformance.outcome import Outcome
from lab.api import Cluster
from lab.model import Circumstance, Flow, Service

SCENARIOS = Path(__file__).parents[2] / "scenarios"
_PAST = ("opened", "meanwhile")
MODULES = tuple(sorted(SCENARIOS.glob("test_*.py")))


@dataclass(frozen=True, slots=True)
class LiteralClaim:
    """A claim as a scenario writes it. id: as in results. services: those that its module is given.

    past: of an open flow, the circumstances in which it carried packets before, in their order.
    before: of a claim about a change, the circumstances from which it leads to `when`.
    """

    id: str
    flow: Flow
    expect: Outcome
    when: tuple[Circumstance, ...]
    services: tuple[Service, ...]
    test: FunctionType
    past: tuple[tuple[Circumstance, ...], ...] = ()
    after: After | None = None
    before: tuple[Circumstance, ...] | None = None

    def observe(self, cluster: Cluster, change: Callable[[], None] = lambda: None) -> Observation:
        """What the scenario's own test observes in a lab, whatever it asserts. change: what `before` changes into."""
        live = Live(cluster, self.when, change, self.after)
        with suppress(AssertionError):
            self.test(live=live, flow=self.flow, expect=self.expect)
        [observation] = live.observations
        return observation


@cache
def literal_claims() -> tuple[LiteralClaim, ...]:
    """The claims of every scenario."""
    return tuple(claim for path in MODULES for claim in claims_in(loaded(path)))


def claims_in(module: ModuleType) -> Iterator[LiteralClaim]:
    """The claims of a scenario's tests, with the Services that it is given."""
    marks = _marks(getattr(module, "pytestmark", ()))
    services = tuple(each for mark in marks if mark.name == "given" for each in mark.args[0])
    for test in scenario_tests(module).values():
        yield from claims_of(test, services)


@cache
def loaded(path: Path) -> ModuleType:
    """A scenario module, imported from its file."""
    spec = importlib.util.spec_from_file_location(f"scenarios.{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def scenario_tests(module: ModuleType) -> dict[str, FunctionType]:
    """The test functions of a scenario module by name."""
    found = {name: it for name, it in vars(module).items() if name.startswith("test_")}
    return {name: it for name, it in found.items() if isinstance(it, FunctionType)}


def claims_of(test: FunctionType, services: tuple[Service, ...]) -> Iterator[LiteralClaim]:
    """The claims of one test: what `@requirement` and `@claims` left on it."""
    marks = _marks(getattr(test, "pytestmark", ()))
    [requirement] = [mark.args[0] for mark in marks if mark.name == "requirement"]
    for mark in marks:
        if mark.name == "parametrize" and tuple(mark.args[0]) == ("flow", "expect"):
            for case in mark.args[1]:
                flow, expect = case.values
                [when] = [each for each in _marks(case.marks) if each.name == "when"]
                past = tuple(when.kwargs[name] for name in _PAST if when.kwargs[name] is not None)
                yield LiteralClaim(
                    f"{requirement}.{case.id}",
                    flow,
                    expect,
                    when.args[0],
                    services,
                    test,
                    past,
                    when.kwargs["after"],
                    when.kwargs["before"],
                )


def _marks(given: Any) -> Sequence[Any]:  # noqa: ANN401 - a mark, its decorator, or several of them
    several = given if isinstance(given, Sequence) else (given,)
    return [getattr(each, "mark", each) for each in several]
