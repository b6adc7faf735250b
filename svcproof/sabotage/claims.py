"""The claims of the scenarios, collected by pytest without running anything."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

import pytest

from conformance.live import Live
from conformance.outcome import Balanced, Delivered, Outcome
from lab.errors import LabError
from lab.model import Circumstance, Flow, PodIP, Service, Unallocated
from lab.profiles import Profile
from svcproof.collected import claim_of, given_services
from svcproof.scenario_items import scenario_items


@dataclass(frozen=True, slots=True)
class Claim:
    """documented: what the scenario asks for. expect: what this profile answers: that, or a known difference.

    scenario: the test function, which says how the flow is to be observed.
    """

    id: str
    flow: Flow
    documented: Outcome
    expect: Outcome
    scenario: Callable[..., None]
    given: tuple[Service, ...] = ()
    when: tuple[Circumstance, ...] = ()

    def observe(self, live: Live, *, shares: bool) -> Outcome:
        """What the scenario observes now. LabError where the lab cannot tell.

        shares: whether endpoints' shares may have changed. Where they cannot, or where a few flows reach others than
        they should, thousands would tell no more.
        """
        if isinstance(self.expect, Balanced):
            few = live.observe(self.flow)
            if not isinstance(few, Delivered) or few.arrivals != self.expect.arrivals:
                return few
            if not shares and few.answered_from is self.expect.answered_from:
                return self.expect
        # Whether the scenario's own assertion holds says less: a known difference breaks it.
        with suppress(AssertionError):
            self.scenario(live=live, flow=self.flow, expect=self.documented)
        return live.observations[-1].outcome

    @property
    def service(self) -> str:
        """The name of the Service that the flow asks; empty where it asks none."""
        match self.flow.target:
            case PodIP() | Unallocated():
                return ""
            case target:
                return target.service.name


@dataclass(frozen=True, slots=True)
class Round:
    """The claims that can be judged together: those of the same Services in the same circumstances."""

    services: tuple[Service, ...]
    when: tuple[Circumstance, ...]
    claims: tuple[Claim, ...]


def collect(profile: Profile) -> tuple[Claim, ...]:
    """The claims of all scenarios, but for those that need kube-proxy at work while they are observed."""
    return tuple(_claim(item, profile) for item in scenario_items() if not _opens(item))


def _opens(item: pytest.Item) -> bool:
    """Whether a claim's flow is opened before kube-proxy changes the rules, or the change itself is observed."""
    mark = item.get_closest_marker("when")
    return mark is not None and any(mark.kwargs.get(name) is not None for name in ("opened", "before"))


def _claim(item: pytest.Item, profile: Profile) -> Claim:
    if not isinstance(item, pytest.Function):
        raise LabError(f"{item.nodeid} is not a test function")
    found = claim_of(item, profile)
    mark = item.get_closest_marker("when")
    when = () if mark is None else tuple(mark.args[0])
    expect = found.expect if found.difference is None else found.difference.instead
    return Claim(found.id, found.flow, found.expect, expect, item.function, given_services([item]), when)


def rounds(claims: Sequence[Claim]) -> tuple[Round, ...]:
    """The claims by Services and circumstances. Those without circumstances, which ask most, come first."""
    groups: dict[tuple[bool, tuple[Service, ...], tuple[Circumstance, ...]], list[Claim]] = {}
    for claim in claims:
        if claim.given:
            groups.setdefault((bool(claim.when), claim.given, claim.when), []).append(claim)
    ordered = sorted(groups.items(), key=lambda group: group[0][0])
    return tuple(Round(given, when, tuple(group)) for (_, given, when), group in ordered)
