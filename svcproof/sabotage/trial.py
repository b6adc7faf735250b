"""Tries a fault in one round: makes it, asks the claims, mends, and notes what became of it."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace

from svcproof.sabotage.bench import Bench, Refusal
from svcproof.sabotage.beside import Beside
from svcproof.sabotage.claims import Claim
from svcproof.sabotage.equivalence import Proof
from svcproof.sabotage.fault import OPPOSITES, Fault, Kind
from svcproof.sabotage.judges import Judges, ask
from svcproof.sabotage.recorded import record_of
from svcproof.sabotage.results import Equivalence, Fate, FaultResult, Notice
from svcproof.sabotage.survivors import RECORDED

_CLIENTS = 6
"""As so many new clients a claim is asked about a fault that concerns one endpoint of two: all miss it once in 64."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What the claims said. claims: that were asked, each as often as it was."""

    claims: tuple[Claim, ...]
    noticed: tuple[Notice, ...]
    untestable: tuple[Notice, ...]

    def behind(self, before: "_Asked") -> "_Asked":
        """What these said after those before."""
        return _Asked(
            claims=before.claims + self.claims,
            noticed=before.noticed + self.noticed,
            untestable=before.untestable + self.untestable,
        )

    def leaves(self, claims: Sequence[Claim]) -> list[Claim]:
        """Those that were not asked, and can be when the fault is made again: it may have ended open flows."""
        return [claim for claim in claims if claim not in self.claims and not claim.past]

    @property
    def untold(self) -> dict[str, Notice]:
        """The claims that could not tell, by their ids, with what they observed; one that noticed once could."""
        noticed = {each.claim for each in self.noticed}
        return {each.claim: each for each in self.untestable if each.claim not in noticed}

    @property
    def told(self) -> set[str]:
        """The others that were asked."""
        return {claim.id for claim in self.claims} - self.untold.keys()

    @property
    def quiet(self) -> tuple[str, ...]:
        """Those that could tell, and noticed nothing."""
        heard = self.told - {each.claim for each in self.noticed}
        return tuple(dict.fromkeys(claim.id for claim in self.claims if claim.id in heard))

    @property
    def is_ended_by_loss(self) -> bool:
        """Whether one that noticed, behind which no other was asked, turned out to have noticed nothing."""
        return not self.noticed and any(notice.again for notice in self.untestable)

    def fate(self, *, harmless: bool) -> Fate:
        """What became of the fault."""
        if self.noticed:
            return Fate.ALARMED if harmless else Fate.NOTICED
        if self.untestable:
            return Fate.NOT_TESTABLE
        return Fate.HARMLESS if harmless else Fate.SURVIVED


@dataclass(frozen=True, slots=True)
class Trial:
    """full: every claim is asked about every fault. when: the circumstances, in words.

    asked: about how many faults each claim was asked and could tell, by its id; could_not_tell: about how many it was
    asked and could not. Both are counted on here.
    """

    bench: Bench
    judges: Judges
    proof: Proof
    full: bool
    when: str
    asked: Counter[str] = field(default_factory=Counter)
    could_not_tell: Counter[str] = field(default_factory=Counter)

    def rules(self, fault: Fault) -> FaultResult:
        """One fault of the rules."""
        result = FaultResult(
            name=fault.name,
            kind=fault.kind,
            service=fault.service,
            where=f"{fault.spot.table} {fault.spot.name}",
            entry=fault.entry,
            becomes=fault.becomes,
            nodes=tuple(self.bench.holders(fault)),
            when=self.when,
            fate=Fate.SURVIVED,
        )
        return self._tried(
            result,
            lambda: self.bench.broken(fault),
            self.judges.asked(fault),
            full=self.full,
            harmless=False,
            shares=fault.chooses,
            times=_CLIENTS if fault.sticks and fault.kind is not Kind.TIME_OUT else 1,
        )

    def beside(self, beside: Beside) -> FaultResult:
        """One fault beside the rules."""
        result = FaultResult(
            name=beside.name,
            kind=beside.kind,
            when=self.when,
            fate=Fate.SURVIVED,
        )
        return self._tried(
            result,
            lambda: beside.make(self.bench),
            self.judges.all if beside.asks_all else self.judges.asked(None),
            full=self.full or beside.asks_all,
            harmless=beside.harmless,
            shares=False,
            all_asked=beside.asks_all,
        )

    def proven(self, fault: Fault) -> Equivalence:
        """What packets say of a fault, whatever the claims say."""
        with self._made(self.bench.broken(fault)):
            sent = self.proof.outcomes(self.proof.flows_of(fault.service))
        return self.proof.compared(sent)

    @contextmanager
    def _made(self, fault: AbstractContextManager[None]) -> Iterator[None]:
        """The fault for the body.

        What was lost without it says nothing of what is lost with it, nor which addresses were sent from; nor the other
        way.
        """
        self._forget()
        try:
            with fault:
                yield
        finally:
            self._forget()

    def _forget(self) -> None:
        exchange = self.bench.cluster.exchange
        exchange.forget()
        exchange.forget_sources()

    def _tried(
        self,
        result: FaultResult,
        make: Callable[[], AbstractContextManager[None]],
        claims: Sequence[Claim],
        *,
        full: bool,
        harmless: bool,
        shares: bool,
        times: int = 1,
        all_asked: bool = False,
    ) -> FaultResult:
        start, uncaptured = time.monotonic(), self.bench.packets_lost()
        record = record_of(result.name, self.bench.cluster.profile, RECORDED)
        if record is not None:
            result = replace(result, recorded=record.why, owed=record.owed)
        try:
            own, others = list(claims), self.judges.but(claims)
            asked = now = self._once(make, own, others, full=full, shares=shares, times=times)
            while now.is_ended_by_loss and not full:
                own, others = asked.leaves(own), asked.leaves(others)
                if not own:
                    own, others = others, []
                if not own:
                    break
                now = self._once(make, own, others, full=full, shares=shares, times=times)
                asked = now.behind(asked)
        except Refusal as error:
            return replace(result, fate=Fate.REFUSED, error=str(error), seconds=time.monotonic() - start)
        self.asked.update(asked.told)
        self.could_not_tell.update(asked.untold.keys())
        return replace(
            result,
            fate=asked.fate(harmless=harmless),
            judged=len(asked.claims),
            told=_told(claims, asked) if result.kind in OPPOSITES else (),
            quiet=asked.quiet if all_asked else (),
            untold=tuple(asked.untold.values()) if all_asked else (),
            notices=asked.noticed or asked.untestable,
            seconds=time.monotonic() - start,
            uncaptured=self.bench.packets_lost() - uncaptured,
        )

    def _once(
        self,
        make: Callable[[], AbstractContextManager[None]],
        claims: Sequence[Claim],
        others: Sequence[Claim],
        *,
        full: bool,
        shares: bool,
        times: int,
    ) -> _Asked:
        """What claims say of a fault that is made once, up to the first that notices it.

        others: asked where these cannot tell: where sentinels are lost, more is hurt than the fault's own Service.
        """
        with self._made(make()):
            asked = self._asked(claims, full=full, shares=shares)
            for _ in range(times - 1):
                if asked.noticed:
                    break
                self.bench.forget()
                # Claims of many clients have asked enough of them the first time.
                few = [claim for claim in claims if not claim.flow.own_addresses]
                asked = self._asked(few, full=full, shares=shares).behind(asked)
            if asked.untestable and not asked.noticed:
                asked = self._asked(others, full=full, shares=False).behind(asked)
        return self._confirmed(asked)

    def _confirmed(self, asked: _Asked) -> _Asked:
        """What was said, without those who only missed what was lost, and miss it without the fault, too.

        Sentinels can be lost for seconds on a machine that has too much to do. An open flow cannot be asked once more:
        the fault may have ended it. It is opened anew for that when the round is over.
        """
        told = [
            replace(notice, again=self._without_fault(notice)) if notice.lost else notice
            for notice in asked.noticed
        ]
        noticed, doubtful = (tuple(each for each in told if bool(each.again) is out) for out in (False, True))
        return replace(asked, noticed=noticed, untestable=(*asked.untestable, *doubtful))

    def _without_fault(self, notice: Notice) -> str:
        """What a claim observes now, without any fault, if that is not as expected."""
        claim = self.judges.named(notice.claim)
        if claim.past:
            return ""
        self.bench.forget()
        [(_, again, _)] = ask(self.bench, [claim], shares=False)
        return "" if again is None else again.observed

    def _asked(self, claims: Sequence[Claim], *, full: bool, shares: bool) -> _Asked:
        noticed: list[Notice] = []
        untestable: list[Notice] = []
        said: list[Claim] = []
        for claim, notice, testable in ask(self.bench, claims, shares=shares, every=full):
            said.append(claim)
            if notice is not None:
                (noticed if testable else untestable).append(notice)
                if testable and (claim.past or not notice.lost):
                    self.judges.noticed(claim)
            if noticed and not full:
                break
        return _Asked(claims=tuple(said), noticed=tuple(noticed), untestable=tuple(untestable))


def _told(claims: Sequence[Claim], asked: _Asked) -> tuple[str, ...]:
    """Those given Services that could tell: to claims of the network alone, opposites may be all the same."""
    return tuple(claim.id for claim in claims if claim.given and claim.id in asked.told)
