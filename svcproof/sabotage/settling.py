"""Settles survivors: their twins in other Services are tried, open flows are asked, what is left is shown by packets.

Within a budget there may be no time for all of it. Then a survivor is not settled, and the table says what is missing.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from svcproof.sabotage.arrangement import Arrangement
from svcproof.sabotage.budget import Budget
from svcproof.sabotage.fault import shape_of
from svcproof.sabotage.ledger import Ledger
from svcproof.sabotage.results import Fate
from svcproof.sabotage.rounds import Round
from svcproof.sabotage.trial import Trial

_TWINS = "there was no time to try it in the same rules of other Services"
_OPEN_FLOWS = "there was no time to ask all open flows"
_PROOF = "there was no time to prove it by packets"


@dataclass(frozen=True, slots=True)
class Settling:
    """rounds: those about fresh flows; open_flows: those about open ones."""

    arrangement: Arrangement
    ledger: Ledger
    rounds: Sequence[Round]
    open_flows: Sequence[Round]
    budget: Budget
    say: Callable[[str], None]

    def settle(self) -> None:
        """Does what there is time for, what says most first."""
        self._find_twins()
        self.ledger.name_twins()
        self._ask_open_flows()
        self.ledger.name_twins()
        names = self._unproven()
        for round_, group in self._grouped(names, self.ledger.last):
            if self._is_late():
                break
            with self.arrangement.within(round_) as trial:
                self._prove(trial, round_, group)
        for name in names:
            if self.ledger.results[name].equivalence is None:
                self.ledger.leave_unsettled(name, _PROOF)

    def _is_late(self) -> bool:
        return self.budget.is_spent(time.monotonic())

    def _find_twins(self) -> None:
        """Tries the missing twins in every round of theirs, as the survivors were, until one of each is noticed."""
        missing, homes = self.ledger.missing_twins(), self.ledger.homes
        for round_ in self.rounds:
            here = [name for name in missing if any(home is round_ for home in homes[name])]
            names = [name for name in here if not self.ledger.has_twin(name)]
            if names and self._is_late():
                self._leave({shape_of(name) for name in names}, _TWINS)
            elif names:
                with self.arrangement.within(round_) as trial:
                    self._find(trial, round_, names)
                    self.arrangement.check_sound(trial)

    def _find(self, trial: Trial, round_: Round, names: Sequence[str]) -> None:
        """Tries faults until one of each shape is noticed."""
        candidates = self.arrangement.candidates(trial.bench, round_)
        for name in names:
            if name not in candidates or self.ledger.has_twin(name):
                continue
            if self._is_late():
                self._leave({shape_of(name)}, _TWINS)
            else:
                self.ledger.note(trial.rules(candidates[name]), round_)

    def _leave(self, shapes: set[str], why: str) -> None:
        for survivor in self.ledger.open():
            if shape_of(survivor.name) in shapes:
                self.ledger.leave_unsettled(survivor.name, why)

    def _ask_open_flows(self) -> None:
        """Asks the claims about open flows of what is open still. A fault may end a flow: each has one of its own.

        What noticed one survivor is asked first about the next; a survivor whose twin was noticed needs no more.
        """
        order = list(self.open_flows)
        for survivor in self.ledger.open():
            for round_ in self._concerned(order, survivor.service):
                if self.ledger.has_twin(survivor.name):
                    break
                if self._is_late():
                    self.ledger.leave_unsettled(survivor.name, _OPEN_FLOWS)
                    break
                with self.arrangement.within(round_) as trial:
                    if self._is_noticed(trial, round_, survivor.name):
                        order.remove(round_)
                        order.insert(0, round_)

    def _concerned(self, order: Sequence[Round], service: str) -> Iterator[Round]:
        """The rounds that have this Service; all of them for a rule that all share."""
        for round_ in tuple(order):
            if not service or any(service == each.name for each in round_.services):
                yield round_

    def _is_noticed(self, trial: Trial, round_: Round, name: str) -> bool:
        """Tries a fault, if there is such a rule, and keeps the result if it was noticed."""
        fault = self.arrangement.candidates(trial.bench, round_).get(name)
        if fault is None:
            return False
        result = trial.rules(fault)
        if result.fate is Fate.NOTICED:
            self.ledger.note(result, round_)
        return result.fate is Fate.NOTICED

    def _unproven(self) -> list[str]:
        if self.arrangement.order.full:
            results = self.ledger.results.values()
            return [each.name for each in results if each.fate is Fate.SURVIVED and each.where]
        return [result.name for result in self.ledger.open()]

    def _grouped(self, names: Sequence[str], by: Mapping[str, Round]) -> list[tuple[Round, list[str]]]:
        groups = [(round_, [name for name in names if by[name] is round_]) for round_ in self.rounds]
        return [(round_, group) for round_, group in groups if group]

    def _prove(self, trial: Trial, round_: Round, names: Sequence[str]) -> None:
        candidates = self.arrangement.candidates(trial.bench, round_)
        for name in names:
            if name in candidates and not self._is_late():
                equivalence = trial.proven(candidates[name])
                self.ledger.results[name] = replace(self.ledger.results[name], equivalence=equivalence)
                self.say(f"  survived ({equivalence}): {name}")
