"""Which claims are judged together: the rounds of a sabotage. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from lab.model import Circumstance, Service, ServiceIs
from svcproof.sabotage.claims import Claim


@dataclass(frozen=True, slots=True)
class Round:
    """The claims that can be judged together: those of the same Services in the same circumstances."""

    services: tuple[Service, ...]
    when: tuple[Circumstance, ...]
    claims: tuple[Claim, ...]

    @property
    def is_of_open_flows(self) -> bool:
        """Whether its claims are about flows that are open when they are observed."""
        return any(claim.past for claim in self.claims)

    @property
    def standing(self) -> tuple[Service, ...]:
        """The Services as the circumstances have them."""
        changed = {each.service: each.now for each in self.when if isinstance(each, ServiceIs)}
        return tuple(now for given in self.services if (now := changed.get(given, given)) is not None)


@dataclass(frozen=True, slots=True)
class Rounds:
    """fresh: about fresh flows; open_flows: about open ones; of_kube_proxy: of what kube-proxy itself answers."""

    fresh: Sequence[Round]
    open_flows: Sequence[Round] = ()
    of_kube_proxy: Sequence[Round] = ()


def all_rounds(claims: Sequence[Claim]) -> Rounds:
    """The rounds of all claims."""
    return Rounds(rounds(claims), rounds_of_open_flows(claims), rounds_of_kube_proxy(claims))


def rounds(claims: Sequence[Claim]) -> tuple[Round, ...]:
    """The claims about fresh flows by Services and circumstances.

    Those without circumstances, which ask most, come first; the claims of the pod network, which have no Services, are
    a round of their own, before all others.
    """
    groups: dict[tuple[bool, tuple[Service, ...], tuple[Circumstance, ...]], list[Claim]] = {}
    of_packets = [claim for claim in claims if not claim.asks_kube_proxy]
    for claim in of_packets:
        if claim.given and not claim.past:
            groups.setdefault((bool(claim.when), claim.given, claim.when), []).append(claim)
    ordered = sorted(groups.items(), key=lambda group: group[0][0])
    network = tuple(claim for claim in of_packets if not claim.given)
    first = (Round((), (), network),) if network else ()
    return (*first, *(Round(given, when, tuple(group)) for (_, given, when), group in ordered))


def rounds_of_kube_proxy(claims: Sequence[Claim]) -> tuple[Round, ...]:
    """The claims of which kube-proxy itself is asked, by Services and circumstances."""
    groups: dict[tuple[tuple[Service, ...], tuple[Circumstance, ...]], list[Claim]] = {}
    for claim in claims:
        if claim.asks_kube_proxy:
            groups.setdefault((claim.given, claim.when), []).append(claim)
    return tuple(Round(given, when, tuple(group)) for (given, when), group in groups.items())


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
