"""Tries faults: makes each, asks the claims, mends, and notes what became of it."""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace

from conformance.outcome import Outcome
from lab.model import Flow
from svcproof.sabotage.bench import Bench, Refusal
from svcproof.sabotage.beside import Beside
from svcproof.sabotage.claims import Claim
from svcproof.sabotage.equivalence import Proof
from svcproof.sabotage.fault import Fault
from svcproof.sabotage.judges import Judges, ask
from svcproof.sabotage.recorded import reason_for
from svcproof.sabotage.results import Fate, FaultResult, Notice


@dataclass(frozen=True, slots=True)
class Trial:
    """full: every claim is asked about every fault, and every survivor is proven."""

    bench: Bench
    judges: Judges
    proof: Proof
    full: bool
    when: str = ""

    def rules(self, fault: Fault) -> FaultResult:
        """One fault of the rules."""
        nodes = tuple(self.bench.holders(fault))
        result = FaultResult(
            name=fault.name,
            kind=fault.kind,
            service=fault.service,
            where=f"{fault.spot.table} {fault.spot.name}",
            entry=fault.entry,
            becomes=fault.becomes,
            nodes=nodes,
            when=self.when,
            fate=Fate.SURVIVED,
            judged=0,
            recorded=reason_for(fault.name, self.bench.cluster.profile.proxy_mode),
        )
        flows = self.proof.flows_of(fault.service)
        return self._tried(result, self.bench.broken(fault), self.judges.asked(fault), flows, harmless=False)

    def beside(self, beside: Beside) -> FaultResult:
        """One fault beside the rules."""
        result = FaultResult(
            name=beside.name,
            kind=beside.kind,
            service="",
            where="",
            entry="",
            becomes=(),
            nodes=(),
            when=self.when,
            fate=Fate.SURVIVED,
            judged=0,
            recorded=reason_for(beside.name, self.bench.cluster.profile.proxy_mode),
        )
        made, claims = beside.make(self.bench), self.judges.asked(None)
        return self._tried(result, made, claims, self.proof.flows_of(""), harmless=beside.harmless)

    def _tried(
        self,
        result: FaultResult,
        fault: AbstractContextManager[None],
        claims: Sequence[Claim],
        flows: Sequence[Flow],
        *,
        harmless: bool,
    ) -> FaultResult:
        start = time.monotonic()
        sent: Mapping[Flow, Outcome] | None = None
        try:
            with fault:
                result = self._asked(result, claims, harmless=harmless)
                if result.fate is Fate.SURVIVED and (self.full or not result.recorded):
                    sent = self.proof.outcomes(flows)
        except Refusal as error:
            result = replace(result, fate=Fate.REFUSED, error=str(error))
        if sent is not None:
            result = replace(result, equivalence=self.proof.compared(sent))
        return replace(result, seconds=time.monotonic() - start)

    def _asked(self, result: FaultResult, claims: Sequence[Claim], *, harmless: bool) -> FaultResult:
        noticed: list[Notice] = []
        judged, untestable = 0, None
        for claim, notice, testable in ask(self.bench, claims):
            judged += 1
            if notice is not None and testable:
                noticed.append(notice)
                self.judges.noticed(claim)
                if not self.full:
                    break
            elif notice is not None:
                untestable = notice
        notices = tuple(noticed) or ((untestable,) if untestable else ())
        fate = _fate(noticed=bool(noticed), untestable=untestable is not None, harmless=harmless)
        return replace(result, fate=fate, judged=judged, notices=notices)


def _fate(*, noticed: bool, untestable: bool, harmless: bool) -> Fate:
    if noticed:
        return Fate.ALARMED if harmless else Fate.NOTICED
    if untestable:
        return Fate.NOT_TESTABLE
    return Fate.HARMLESS if harmless else Fate.SURVIVED


def within(budget: float | None, faults: Iterable[Fault], start: float) -> Iterator[Fault]:
    """The faults that can be begun within the budget, counted from `start`."""
    for fault in faults:
        if budget is not None and time.monotonic() - start > budget:
            return
        yield fault
