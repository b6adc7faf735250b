"""One sabotage: every round's rules are broken, and what survives a round is tried again in those that follow.

A fault is first tried in the first round whose rules it can be made in, or not at all where the budget is spent; so
a fault that has survived to the end was seen by every claim that could have noticed it, or is said not to be settled.
"""

import time
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from conformance.arranged import Arranged
from lab.netns.cluster import NetnsCluster
from svcproof.sabotage import beside, of_conntrack, of_kube_proxy, of_network, opposites
from svcproof.sabotage.arrangement import Arrangement
from svcproof.sabotage.beside import Beside
from svcproof.sabotage.budget import Budget
from svcproof.sabotage.fault import Fault, Kind
from svcproof.sabotage.ledger import UNDECIDED, Ledger
from svcproof.sabotage.order import SabotageOrder
from svcproof.sabotage.results import Fate, FaultResult
from svcproof.sabotage.rounds import Round, Rounds
from svcproof.sabotage.sampling import shuffled
from svcproof.sabotage.settling import Settling
from svcproof.sabotage.trial import Trial

Say = Callable[[str], None]

_NOT_OF_SERVICES = frozenset({Kind.POD_NETWORK, Kind.CONNTRACK_LIBERAL})
"""What no claim about fresh flows to Services is asked about."""
_LATER_ROUNDS = "there was no time to ask the claims of later rounds"


@dataclass(slots=True)
class Session:
    """fault_seconds: what the faults of the rules took together. settling_seconds: what their survivors took."""

    cluster: NetnsCluster
    rounds: Rounds
    order: SabotageOrder
    say: Say
    fault_seconds: float = 0.0
    settling_seconds: float = 0.0
    _ledger: Ledger = field(default_factory=Ledger)
    _baseline: Mapping[str, str] = field(default_factory=dict)
    _behind: Mapping[str, str] = field(default_factory=dict)
    _asked: Counter[str] = field(default_factory=Counter)
    _could_not_tell: Counter[str] = field(default_factory=Counter)

    @property
    def known(self) -> Collection[str]:
        """The names of all faults of the rules that there were to choose from."""
        return self._ledger.homes.keys()

    @property
    def results(self) -> Sequence[FaultResult]:
        """What became of the faults that were tried."""
        return tuple(self._ledger.results.values())

    @property
    def baseline(self) -> Mapping[str, str]:
        """The claims that were not as expected before the faults, with what was seen: they were not asked."""
        return self._baseline

    @property
    def asked(self) -> Counter[str]:
        """About how many faults each claim was asked and could tell."""
        return self._asked

    @property
    def could_not_tell(self) -> Counter[str]:
        """About how many faults each claim was asked and could not tell."""
        return self._could_not_tell

    @property
    def behind(self) -> Mapping[str, str]:
        """The claims that had noticed faults, and were not as expected behind them."""
        return self._behind

    def run(self) -> None:
        """Every round in its order; then survivors that are not on record are compared with twins and proven."""
        network = [claim for round_ in self.rounds.fresh if not round_.services for claim in round_.claims]
        arrangement = Arrangement(self.cluster, Arranged(self.cluster), self.order, network)
        self._baseline, self._behind = arrangement.baseline, arrangement.behind
        self._asked, self._could_not_tell = arrangement.asked, arrangement.could_not_tell
        budget = Budget(time.monotonic(), self.order.budget)
        rounds = self._rounds_wanted()
        for done, round_ in enumerate(rounds):
            if budget.is_spent(time.monotonic()):
                self._leave_open()
                break
            with arrangement.within(round_) as trial:
                self._try(arrangement, trial, round_, budget, len(rounds) - done)
            about = ", ".join(service.name for service in round_.services) or "the pod network"
            self.say(f"  {len(self.results)} faults, {done + 1} of {len(rounds)} rounds: {about}")
        self._ask_of_open_flows(arrangement)
        self._ask_of_kube_proxy(arrangement)
        start = time.monotonic()
        fresh, open_flows = self.rounds.fresh, self.rounds.open_flows
        Settling(arrangement, self._ledger, fresh, open_flows, budget, self.say).settle()
        self.settling_seconds = time.monotonic() - start

    def _leave_open(self) -> None:
        for survivor in self._ledger.open():
            self._ledger.leave_unsettled(survivor.name, _LATER_ROUNDS)

    def _rounds_wanted(self) -> Sequence[Round]:
        """All of them; the pod network's alone where nothing is to be broken that concerns Services."""
        kinds = set(self.order.kinds)
        alone = bool(kinds) and kinds <= _NOT_OF_SERVICES
        return [round_ for round_ in self.rounds.fresh if not (alone and round_.services)]

    def _try(
        self, arrangement: Arrangement, trial: Trial, round_: Round, budget: Budget, rounds_left: int
    ) -> None:
        if not round_.services:
            self._try_network(arrangement, trial, round_)
            self._try_beside(arrangement, trial, round_)
            arrangement.check_sound(trial)
            return
        candidates = arrangement.candidates(trial.bench, round_)
        fresh = [candidates[name] for name in self._ledger.enter(candidates.keys(), round_)]
        if self.order.listed:
            return
        self._try_beside(arrangement, trial, round_)
        before = time.monotonic()
        at_home = self.order.budget is None
        for name, fault in candidates.items():
            if not self._ledger.may_be_noticed_yet(name, recorded_too=self.order.full, at_home=at_home):
                continue
            if budget.is_spent(time.monotonic()):
                self._ledger.leave_unsettled(name, _LATER_ROUNDS)
            else:
                self._note(trial.rules(fault), round_)
        # From here on: to bring a round about, and what is beside the rules, can take more than its share.
        until = budget.round_ends(time.monotonic(), rounds_left)
        for fault in shuffled(fresh, self.order.seed):
            if until is not None and time.monotonic() > until:
                break
            self._note(trial.rules(fault), round_)
        self._try_twins(trial, round_, candidates, budget.round_ends(time.monotonic(), rounds_left))
        self.fault_seconds += time.monotonic() - before
        arrangement.check_sound(trial)
        self._try_opposites(arrangement, trial, round_)

    def _try_twins(
        self, trial: Trial, round_: Round, candidates: Mapping[str, Fault], until: float | None
    ) -> None:
        """Tries what this round has of the missing twins of a sample's survivors, while the round is there."""
        for name in self._ledger.missing_twins():
            if until is not None and time.monotonic() > until:
                break
            if name in candidates and not self._ledger.has_twin(name):
                self._note(trial.rules(candidates[name]), round_)

    def _try_beside(self, arrangement: Arrangement, trial: Trial, round_: Round) -> None:
        """The faults beside the rules, where nothing but the Services is out of the ordinary."""
        if round_.when or self.order.listed:
            return
        most = max(
            self.rounds.fresh, key=lambda each: len(each.claims) if each.services and not each.when else 0
        )
        for fault in beside.faults(round_.services):
            known = self._ledger.results.get(fault.name)
            again = known is None or known.fate in (*UNDECIDED, Fate.HARMLESS)
            # To start every kube-proxy anew takes seconds.
            here = fault.kind is not Kind.KUBE_PROXY_KILLED or round_ is most
            if arrangement.is_wanted(fault) and again and here and not self._has_its_share(fault):
                self._note(trial.beside(fault), round_)

    def _try_network(self, arrangement: Arrangement, trial: Trial, round_: Round) -> None:
        """The faults of the pod network: its own claims must notice."""
        for fault in () if self.order.listed else of_network.faults(self.cluster):
            if arrangement.is_wanted(fault):
                self._note(trial.beside(replace(fault, asks_all=self._has_time)), round_)

    def _try_opposites(self, arrangement: Arrangement, trial: Trial, round_: Round) -> None:
        """What every claim of the round must notice one of. Behind each, those that noticed are as expected again."""
        for fault in self._wanted(arrangement, opposites.faults()):
            self._ledger.gather(trial.beside(fault), round_)
            arrangement.check_sound(trial)

    def _ask_of_open_flows(self, arrangement: Arrangement) -> None:
        """The same for the claims about open flows, and what conntrack takes for invalid, for those about that.

        A fault may end flows: each has some of its own.
        """
        for done, round_ in enumerate(self.rounds.open_flows):
            faults = self._wanted(arrangement, (*opposites.faults(), *of_conntrack.faults(round_.claims)))
            for fault in faults:
                with arrangement.within(round_) as trial:
                    self._ledger.gather(trial.beside(fault), round_)
            if faults:
                about = ", ".join(service.name for service in round_.services)
                self.say(f"  open flows, {done + 1} of {len(self.rounds.open_flows)} rounds: {about}")

    def _ask_of_kube_proxy(self, arrangement: Arrangement) -> None:
        """The faults of kube-proxy itself: the claims that ask it must notice."""
        found = self._wanted(arrangement, of_kube_proxy.faults())
        for round_ in self.rounds.of_kube_proxy if found else ():
            with arrangement.at_work(round_) as trial:
                for fault in found:
                    self._ledger.gather(trial.beside(fault), round_)
                arrangement.check_sound(trial)
        if found:
            self.say("  kube-proxy was asked itself")

    def _wanted(self, arrangement: Arrangement, found: Sequence[Beside]) -> list[Beside]:
        """Those that all claims are asked about and that are to be made: none of them in a sample."""
        made = self._has_time and not self.order.listed
        return [fault for fault in found if made and arrangement.is_wanted(fault)]

    @property
    def _has_time(self) -> bool:
        """Whether every claim can be asked, also where one has noticed."""
        return self.order.budget is None

    def _has_its_share(self, fault: Beside) -> bool:
        """Within a budget one endpoint stands for all."""
        gone = [each.name for each in self.results if each.kind is Kind.ENDPOINT_NAMESPACE_GONE]
        unplugs = fault.kind is Kind.ENDPOINT_NAMESPACE_GONE
        return self.order.budget is not None and unplugs and bool(gone) and fault.name not in gone

    def _note(self, result: FaultResult, round_: Round) -> None:
        self._ledger.note(result, round_)
        if result.fate is Fate.ALARMED:
            self.say(f"  noticed that must not be: {result.name}")
