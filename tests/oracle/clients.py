"""The clients that a lab remembers for session affinity, truly or not."""

from random import Random

from conformance.oracle.clients import without_affinity
from lab.model import Flow, Service, ServiceTarget
from tests.oracle.lies import Lie
from tests.oracle.topology import world_of


class Clients:
    """Which endpoint, by its number, each client has at each port of a Service."""

    def __init__(self, lie: Lie | None, remembered: int | None) -> None:
        """remembered: clients of an endpoint; None for all."""
        self._lie = lie
        self._remembered = remembered
        self._had: dict[tuple[Service, str], dict[int, int]] = {}
        self._silent: dict[tuple[Service, str], float] = {}
        self._of_the_first: dict[Service, set[int]] = {}
        self._turn = 0

    def let_pass(self, seconds: float) -> None:
        """Forgets the clients of Services whose time-out is not longer than they were silent."""
        if self._lie is Lie.AFFINITY_FOR_EVER:
            return
        for service, port in list(self._had):
            self._silent[service, port] += seconds
            if (service.session_affinity_seconds or 0) <= self._silent[service, port]:
                del self._had[service, port], self._silent[service, port]

    def endpoints_of(self, flow: Flow, count: int, endpoints: int) -> list[int]:
        """The endpoint of each of the first `count` clients; who has none yet chooses."""
        target = flow.target
        affine = without_affinity(flow, world_of(()))[0] != flow and self._lie is not Lie.AFFINITY_LOST
        if not affine or not isinstance(target, ServiceTarget):
            return self._chosen(count, endpoints)
        port = "" if self._lie is Lie.AFFINITY_FOR_EVER else target.port
        had = self._had.setdefault((target.service, port), {})
        if self._forgets(count, endpoints):
            had.clear()
        if self._lie is not Lie.AFFINITY_NOT_RENEWED or not had:
            self._silent[target.service, port] = 0.0
        had |= {who: one for who, one in enumerate(self._chosen(count, endpoints)) if who not in had}
        if self._lie is Lie.AFFINITY_OF_ONE_ENDPOINT:
            kept = self._of_the_first.setdefault(target.service, set())
            had |= dict.fromkeys(kept, 0)
            kept |= {who for who, one in had.items() if one == 0}
        return [had[who] for who in range(count)]

    def _forgets(self, count: int, endpoints: int) -> bool:
        """Whether each client in its turn is forgotten for another, before it comes again."""
        too_many = self._remembered is not None and count > self._remembered * endpoints
        return too_many and self._lie is not Lie.AFFINITY_FOR_EVER

    def _chosen(self, count: int, endpoints: int) -> list[int]:
        """A choice that differs each time."""
        self._turn += 1
        chance = Random(self._turn)  # noqa: S311 - to be the same in every run
        return [chance.randrange(endpoints) for _ in range(count)]
