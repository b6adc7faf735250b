"""Which claims are asked about a fault, and in which order: those that are likely to notice come first."""

from collections.abc import Iterable, Iterator, Sequence

from conformance.live import Live
from lab.errors import LabError
from lab.model import Place
from svcproof.sabotage.bench import Bench
from svcproof.sabotage.claims import Claim
from svcproof.sabotage.fault import Fault, Kind
from svcproof.sabotage.results import Notice

_UNTESTABLE_ENOUGH = 2
"""A claim that cannot be tested costs seconds; after so many of them a fault is not testable."""


class Judges:
    """The claims that can notice. Remembers which did: the last that noticed is asked first the next time."""

    def __init__(self, claims: Iterable[Claim]) -> None:
        self._claims = list(claims)
        self._witnesses: dict[Claim, None] = {}

    def asked(self, fault: Fault | None) -> list[Claim]:
        """The claims for a fault, in order; of all Services for one beside the rules (None).

        Claims that take seconds are asked about the time that clients are remembered, and they alone could notice.
        """
        lasting = fault is not None and fault.kind is Kind.TIME_OUT
        claims = [claim for claim in self._claims if claim.takes_time == lasting]
        if fault is None or not fault.service:
            return list(claims)
        own = [claim for claim in claims if claim.service == fault.service]
        # A rule that all packets come to may, once it is wider, take those of other Services.
        wider = fault.kind is Kind.WIDEN and not fault.owned
        others = [claim for claim in claims if claim.service != fault.service] if wider else []
        return own + others

    @property
    def witnesses(self) -> tuple[Claim, ...]:
        """The claims that noticed something so far."""
        return tuple(self._witnesses)

    def noticed(self, claim: Claim) -> None:
        """Moves a claim to the front."""
        self._claims.remove(claim)
        self._claims.insert(0, claim)
        self._witnesses[claim] = None


def ask(
    bench: Bench, claims: Sequence[Claim], *, shares: bool
) -> Iterator[tuple[Claim, Notice | None, bool]]:
    """Each claim with what it noticed, and whether it could be tested. shares: whether these may have changed.

    What could not be tested for one sender is not tried again for the same; too many such senders end it.
    """
    untestable: set[Place] = set()
    for claim in claims:
        if claim.flow.sender in untestable:
            continue
        live = Live(bench.cluster, claim.when, after=claim.after)
        try:
            observed = claim.observe(live, shares=shares)
        except LabError as error:
            untestable.add(claim.flow.sender)
            yield claim, Notice(claim.id, str(claim.expect), str(error)), False
            if len(untestable) == _UNTESTABLE_ENOUGH:
                return
            continue
        bench.count(live.observations)
        same = observed == claim.expect
        yield claim, None if same else Notice(claim.id, str(claim.expect), str(observed)), True
