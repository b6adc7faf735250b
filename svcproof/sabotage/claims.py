"""The claims of the scenarios, collected by pytest without running anything."""

from collections.abc import Callable, Sequence
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
    ServiceIs,
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
class Round:
    """The claims that can be judged together: those of the same Services in the same circumstances."""

    services: tuple[Service, ...]
    when: tuple[Circumstance, ...]
    claims: tuple[Claim, ...]

    @property
    def standing(self) -> tuple[Service, ...]:
        """The Services as the circumstances have them."""
        changed = {each.service: each.now for each in self.when if isinstance(each, ServiceIs)}
        return tuple(now for given in self.services if (now := changed.get(given, given)) is not None)


def collect(profile: Profile, kubernetes: str) -> tuple[Claim, ...]:
    """The claims of all scenarios, but for those that need kube-proxy at work while they are observed.

    It answers at health check ports itself, and a change is what it follows. No rule has a part in what the API says.
    """
    claims = [_claim(item, profile, kubernetes) for item in scenario_items() if not _needs_more(item)]
    return tuple(claim for claim in claims if not isinstance(claim.flow.target, HttpTarget | Creation))


def _needs_more(item: pytest.Item) -> bool:
    """Whether a claim needs more than rules that stand still: a change is what it observes."""
    mark = item.get_closest_marker("when")
    return mark is not None and mark.kwargs.get("before") is not None


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


def rounds(claims: Sequence[Claim]) -> tuple[Round, ...]:
    """The claims about fresh flows by Services and circumstances.

    Those without circumstances, which ask most, come first; the claims of the pod network, which have no Services, are
    a round of their own, before all others.
    """
    groups: dict[tuple[bool, tuple[Service, ...], tuple[Circumstance, ...]], list[Claim]] = {}
    for claim in claims:
        if claim.given and not claim.past:
            groups.setdefault((bool(claim.when), claim.given, claim.when), []).append(claim)
    ordered = sorted(groups.items(), key=lambda group: group[0][0])
    network = tuple(claim for claim in claims if not claim.given)
    first = (Round((), (), network),) if network else ()
    return (*first, *(Round(given, when, tuple(group)) for (_, given, when), group in ordered))


def rounds_of_open_flows(claims: Sequence[Claim]) -> tuple[Round, ...]:
    """The claims about open flows by their past and present. Those that are set up with the fewest changes come first.

    Flows that are opened together do not meet: each has a port of its own.
    """
    groups: dict[tuple[object, ...], list[Claim]] = {}
    for claim in claims:
        if claim.past:
            groups.setdefault((claim.given, claim.past, claim.when), []).append(claim)
    ordered = sorted(groups.values(), key=lambda group: len({*group[0].past, group[0].when}))
    return tuple(Round(group[0].given, group[0].when, tuple(group)) for group in ordered)
