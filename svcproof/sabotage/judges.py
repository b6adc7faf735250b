"""Which claims are asked about a fault, and in which order: those that are likely to notice come first."""

from collections.abc import Collection, Iterable, Iterator, Sequence

from conformance.live import Live
from conformance.outcome import Dropped, Forwarded, LocalError, Unanswered
from conformance.verdict import has_lost, is_told
from lab.errors import LabError
from lab.model import Place, lost_behind
from svcproof.sabotage.bench import Bench
from svcproof.sabotage.claims import Claim
from svcproof.sabotage.fault import Fault, Kind
from svcproof.sabotage.results import Notice

_UNTESTABLE_ENOUGH = 2
"""A claim that cannot be tested costs seconds; after those of so many senders a fault is not testable."""


class Judges:
    """The claims that can notice. Remembers which did: the last that noticed is asked first the next time.

    network: claims that ask no Service of the round, for faults that hurt more than its Services.
    """

    def __init__(self, claims: Iterable[Claim], network: Collection[Claim] = ()) -> None:
        self._claims = list(claims)
        self._network = network
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
    def all(self) -> list[Claim]:
        """All of them, those that take seconds too."""
        return list(self._claims)

    @property
    def witnesses(self) -> tuple[Claim, ...]:
        """The claims that noticed something so far."""
        return tuple(self._witnesses)

    def named(self, claim_id: str) -> Claim:
        """One of them, or of the network's, by its id."""
        return next(claim for claim in (*self._claims, *self._network) if claim.id == claim_id)

    def but(self, asked: Collection[Claim]) -> list[Claim]:
        """Those of all Services, and of the network, that were not asked."""
        return [claim for claim in (*self.asked(None), *self._network) if claim not in asked]

    def noticed(self, claim: Claim) -> None:
        """Moves a claim to the front, one of the network among the others."""
        self._claims = [claim, *(each for each in self._claims if each != claim)]
        self._witnesses[claim] = None


def ask(
    bench: Bench, claims: Sequence[Claim], *, shares: bool, every: bool = False
) -> Iterator[tuple[Claim, Notice | None, bool]]:
    """Each claim with what it noticed, and whether it could be tested. shares: whether these may have changed.

    What could not be tested for one sender is not tried again for the same; too many such senders end it. Where only
    silence could not be proven, that goes for the sender's other claims of silence. every: none of this holds, and
    each claim says for itself whether it could tell.
    """
    untestable: set[Place] = set()
    unproven: set[Place] = set()
    for claim in claims:
        sender = claim.flow.sender
        alike = sender in untestable or (sender in unproven and _awaits_silence(claim))
        if alike and not every:
            continue
        live = Live(bench.cluster, claim.when, after=claim.after)
        try:
            observed = claim.observe(live, shares=shares)
        except LabError as error:
            untestable.add(sender)
            yield claim, Notice(claim.id, str(claim.expect), str(error)), False
            if len(untestable) == _UNTESTABLE_ENOUGH and not every:
                return
            continue
        sentinels = tuple(str(each) for each in lost_behind(live.observations[-1].traces))
        notice = Notice(
            claim.id, str(claim.expect), str(observed), lost=has_lost(observed), sentinels=sentinels
        )
        if not is_told(claim.expect, observed):
            unproven.add(sender)
            yield claim, notice, False
            continue
        yield claim, None if observed == claim.expect else notice, True


def _awaits_silence(claim: Claim) -> bool:
    return isinstance(claim.expect, Dropped | Unanswered | Forwarded | LocalError)
