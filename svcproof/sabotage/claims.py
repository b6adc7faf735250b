"""The claims of the scenarios, collected by pytest without running anything."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass

import pytest

from conformance.again import After
from conformance.live import Live
from conformance.outcome import Balanced, Delivered, Outcome
from lab.errors import LabError
from lab.model import (
    Circumstance,
    Creation,
    Flow,
    Host,
    HttpTarget,
    PodIP,
    ProxyHealth,
    Service,
    Unallocated,
)
from lab.profiles import Profile
from svcproof.collected import claim_of, given_services
from svcproof.scenario_items import scenario_items


@dataclass(frozen=True, slots=True)
class Claim:
    """documented: what the scenario asks for. expect: what this profile answers: that, or a known difference.

    scenario: the test function, which says how the flow is to be observed.
    past: of a flow that is open when it is observed, the circumstances in which it was opened, and went on.
    """

    id: str
    flow: Flow
    documented: Outcome
    expect: Outcome
    scenario: Callable[..., None]
    given: tuple[Service, ...] = ()
    when: tuple[Circumstance, ...] = ()
    after: After | None = None
    past: tuple[tuple[Circumstance, ...], ...] = ()

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
    def asks_kube_proxy(self) -> bool:
        """Whether kube-proxy answers itself, over HTTP: no claim about rules that stand still."""
        return isinstance(self.flow.target, HttpTarget)

    @property
    def takes_time(self) -> bool:
        """Whether seconds must pass before it can be observed."""
        return self.after is not None and self.after.idle_seconds > 0

    @property
    def service(self) -> str:
        """The name of the Service that the flow asks; empty where it asks none."""
        match self.flow.target:
            case PodIP() | Host() | Unallocated() | ProxyHealth():
                return ""
            case target:
                return target.service.name


@dataclass(frozen=True, slots=True)
class Collected:
    """claims: those that can be asked about faults. not_asked: why the others cannot, by their ids."""

    claims: tuple[Claim, ...]
    not_asked: Mapping[str, str]


def collect(profile: Profile, kubernetes: str) -> Collected:
    """The claims of all scenarios."""
    claims: list[Claim] = []
    not_asked: dict[str, str] = {}
    for item in scenario_items():
        claim = _claim(item, profile, kubernetes)
        why = _why_not(item, claim)
        if why:
            not_asked[claim.id] = why
        else:
            claims.append(claim)
    return Collected(tuple(claims), not_asked)


def _why_not(item: pytest.Item, claim: Claim) -> str:
    """Why a claim is not asked about faults; nothing where it is."""
    mark = item.get_closest_marker("when")
    if mark is not None and mark.kwargs.get("before") is not None:
        return "how fast a change is followed: that takes kube-proxy at work, which would mend every fault"
    if isinstance(claim.flow.target, Creation):
        return "what the API answers: no packet to a Service, no rule and no kube-proxy has a part in it"
    return ""


def _past(mark: pytest.Mark) -> tuple[tuple[Circumstance, ...], ...]:
    given = (mark.kwargs.get(name) for name in ("opened", "meanwhile"))
    return tuple(when for when in given if when is not None)


def _claim(item: pytest.Item, profile: Profile, kubernetes: str) -> Claim:
    if not isinstance(item, pytest.Function):
        raise LabError(f"{item.nodeid} is not a test function")
    found = claim_of(item, profile, kubernetes)
    mark = item.get_closest_marker("when")
    when = () if mark is None else tuple(mark.args[0])
    expect = found.expect if found.difference is None else found.difference.instead
    after = None if mark is None else mark.kwargs.get("after")
    given = given_services([item])
    past = () if mark is None else _past(mark)
    return Claim(found.id, found.flow, found.expect, expect, item.function, given, when, after, past)
