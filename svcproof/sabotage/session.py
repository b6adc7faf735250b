"""One sabotage: every round's rules are broken, and what survives a round is tried again in those that follow.

A fault is first tried in the first round whose rules it can be made in, or not at all where the budget is spent; so
a fault that has survived to the end was seen by every claim that could have noticed it.
"""

import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace

from conformance.arranged import Arranged
from conformance.live import Live
from lab.netns import plan
from lab.netns.cluster import NetnsCluster
from lab.profiles import ProxyMode
from svcproof.sabotage import beside, of_iptables, of_network, of_nftables
from svcproof.sabotage.bench import Bench
from svcproof.sabotage.beside import Beside
from svcproof.sabotage.claims import Claim, Round
from svcproof.sabotage.equivalence import Proof
from svcproof.sabotage.fault import Fault, Kind, shape_of
from svcproof.sabotage.judges import Judges, ask
from svcproof.sabotage.order import SabotageOrder
from svcproof.sabotage.results import Fate, FaultResult
from svcproof.sabotage.sampling import shuffled
from svcproof.sabotage.score import is_open
from svcproof.sabotage.surroundings import surroundings_of
from svcproof.sabotage.trial import Trial

Say = Callable[[str], None]


@dataclass(slots=True)
class Session:
    """results: by name of fault. baseline: claims that were not as expected without any fault, with what was seen."""

    cluster: NetnsCluster
    rounds: Sequence[Round]
    open_flows: Sequence[Round]
    order: SabotageOrder
    say: Say
    results: dict[str, FaultResult] = field(default_factory=dict)
    baseline: dict[str, str] = field(default_factory=dict)
    fault_seconds: float = 0.0
    _last: dict[str, Round] = field(default_factory=dict)
    _homes: dict[str, list[Round]] = field(default_factory=dict)
    """The rounds in whose rules a fault can be made, in their order, by its name."""

    @property
    def known(self) -> Collection[str]:
        """The names of all faults of the rules that there were to choose from."""
        return self._homes.keys()

    def run(self) -> None:
        """Every round in its order; then survivors that are not on record are compared with twins and proven."""
        arranged, start = Arranged(self.cluster), time.monotonic()
        rounds = self._rounds_wanted()
        for done, round_ in enumerate(rounds):
            until = self._share(start, len(rounds) - done)
            with self._within(arranged, round_) as trial:
                self._try(trial, round_, until)
            about = ", ".join(service.name for service in round_.services) or "the pod network"
            self.say(f"  {len(self.results)} faults, {done + 1} of {len(rounds)} rounds: {about}")
        self._find_twins(arranged)
        self._name_twins()
        self._ask_open_flows(arranged)
        self._name_twins()
        for round_, names in self._grouped(self._unproven(), self._last):
            with self._within(arranged, round_) as trial:
                self._prove(trial, round_, names)

    def _rounds_wanted(self) -> Sequence[Round]:
        """All of them; the pod network's alone where nothing else is to be broken."""
        alone = set(self.order.kinds) == {Kind.POD_NETWORK}
        return [round_ for round_ in self.rounds if not (alone and round_.services)]

    def _share(self, start: float, left: int) -> float | None:
        """Until when this round may begin new faults."""
        if self.order.budget is None:
            return None
        now = time.monotonic()
        return now + max(0.0, start + self.order.budget - now) / left

    @contextmanager
    def _within(self, arranged: Arranged, round_: Round) -> Iterator[Trial]:
        """A round's circumstances for the body, with kube-proxy frozen and the claims sorted out."""
        opened = self._open_flows_of(arranged, round_)
        arranged.arrange(round_.services, round_.when)
        with closing(Bench(self.cluster)) as bench, bench.frozen():
            bench.hasten()
            if not opened:
                bench.forget_flows()
            judges = Judges(self._sound(bench, round_.claims))
            when = ", ".join(str(each) for each in round_.when)
            yield Trial(
                bench, judges, Proof(bench, round_.services, round_.when), full=self.order.full, when=when
            )

    def _open_flows_of(self, arranged: Arranged, round_: Round) -> bool:
        """Opens the flows of claims about open ones, in their past; whether there are any."""
        opened = [claim for claim in round_.claims if claim.past]
        for claim in opened:
            live = Live(self.cluster)
            first, *later = claim.past
            arranged.arrange(round_.services, first)
            live.open(claim.flow)
            for when in later:
                arranged.arrange(round_.services, when)
                live.go_on(claim.flow)
        return bool(opened)

    def _sound(self, bench: Bench, claims: Sequence[Claim]) -> Iterator[Claim]:
        """The claims that are as expected without any fault."""
        bench.forget()
        for claim in claims:
            [(_, notice, _)] = ask(bench, [claim], shares=True)
            if notice is None:
                yield claim
            else:
                self.baseline[claim.id] = notice.observed

    def _try(self, trial: Trial, round_: Round, until: float | None) -> None:
        if not round_.services:
            self._try_network(trial, round_)
            return
        candidates = {fault.name: fault for fault in self._faults(trial.bench, round_)}
        fresh = [fault for name, fault in candidates.items() if name not in self._homes]
        for name in candidates:
            self._homes.setdefault(name, []).append(round_)
        if self.order.listed:
            return
        self._try_beside(trial, round_)
        before = time.monotonic()
        for name, fault in candidates.items():
            if self._may_be_noticed_yet(name):
                self._note(trial.rules(fault), round_)
        for fault in shuffled(fresh, self.order.seed):
            if until is not None and time.monotonic() > until:
                break
            self._note(trial.rules(fault), round_)
        self.fault_seconds += time.monotonic() - before
        self._check_sound(trial)

    def _check_sound(self, trial: Trial) -> None:
        """Notes claims that are not as before the faults: the lab was not mended, and what they noticed is in doubt."""
        trial.bench.forget()
        trial.bench.forget_flows()
        for claim in trial.judges.asked(None):
            [(_, notice, _)] = ask(trial.bench, [claim], shares=False)
            if notice is not None:
                self.baseline[f"{claim.id}, behind the faults"] = notice.observed

    def _may_be_noticed_yet(self, name: str) -> bool:
        before = self.results.get(name)
        if before is None or before.fate is not Fate.SURVIVED:
            return False
        return self.order.full or not before.recorded

    def _try_beside(self, trial: Trial, round_: Round) -> None:
        """The faults beside the rules, where nothing but the Services is out of the ordinary."""
        if round_.when:
            return
        most = max(self.rounds, key=lambda each: len(each.claims) if each.services and not each.when else 0)
        for fault in beside.faults(round_.services):
            known = self.results.get(fault.name)
            again = known is None or known.fate in (Fate.SURVIVED, Fate.HARMLESS)
            # To start every kube-proxy anew takes seconds.
            here = fault.kind is not Kind.KUBE_PROXY_KILLED or round_ is most
            if self._wanted(fault) and again and here and not self._has_its_share(fault):
                self._note(trial.beside(fault), round_)

    def _try_network(self, trial: Trial, round_: Round) -> None:
        """The faults of the pod network: its own claims must notice."""
        for fault in () if self.order.listed else of_network.faults(self.cluster):
            if self._wanted(fault):
                self._note(trial.beside(fault), round_)

    def _has_its_share(self, fault: Beside) -> bool:
        """Within a budget one endpoint stands for all."""
        gone = [each.name for each in self.results.values() if each.kind is Kind.ENDPOINT_NAMESPACE_GONE]
        unplugs = fault.kind is Kind.ENDPOINT_NAMESPACE_GONE
        return self.order.budget is not None and unplugs and bool(gone) and fault.name not in gone

    def _faults(self, bench: Bench, round_: Round) -> Iterator[Fault]:
        """The faults of all nodes: an entry that several nodes hold is broken on all of them."""
        known = surroundings_of(self.cluster.facts(), round_.services, str(plan.POD_CIDR))
        of = of_nftables if self.cluster.profile.proxy_mode is ProxyMode.NFTABLES else of_iptables
        for rules in bench.rules.values():
            yield from (fault for fault in of.faults(rules, known) if self._wanted(fault))

    def _wanted(self, fault: Fault | Beside) -> bool:
        return not self.order.kinds or fault.kind in self.order.kinds

    def _note(self, result: FaultResult, round_: Round) -> None:
        """Keeps a result, with what earlier rounds asked before it."""
        before = self.results.get(result.name)
        if before is not None:
            seconds, judged = before.seconds + result.seconds, before.judged + result.judged
            result = replace(result, seconds=seconds, judged=judged)
        self.results[result.name] = result
        self._last[result.name] = round_
        if result.fate is Fate.ALARMED:
            self.say(f"  noticed that must not be: {result.name}")

    def _open(self) -> list[FaultResult]:
        return [result for result in self.results.values() if is_open(result) and result.where]

    def _missing_twins(self) -> list[str]:
        """Faults that were not tried, in the same rules of other Services as survivors for which no twin was."""
        shapes = {shape_of(result.name) for result in self._open()} - self._noticed().keys()
        return [name for name in self._homes if name not in self.results and shape_of(name) in shapes]

    def _unproven(self) -> list[str]:
        if self.order.full:
            return [each.name for each in self.results.values() if each.fate is Fate.SURVIVED and each.where]
        return [result.name for result in self._open()]

    def _noticed(self) -> dict[str, str]:
        """A fault that was noticed, by shape."""
        noticed = [name for name, result in self.results.items() if result.fate is Fate.NOTICED]
        return {shape_of(name): name for name in noticed}

    def _name_twins(self) -> None:
        noticed = self._noticed()
        for result in self._open():
            self.results[result.name] = replace(result, twin=noticed.get(shape_of(result.name), ""))

    def _grouped(self, names: Sequence[str], by: Mapping[str, Round]) -> list[tuple[Round, list[str]]]:
        groups = [(round_, [name for name in names if by[name] is round_]) for round_ in self.rounds]
        return [(round_, group) for round_, group in groups if group]

    def _find_twins(self, arranged: Arranged) -> None:
        """Tries the missing twins in every round of theirs, as the survivors were, until one of each is noticed."""
        missing = self._missing_twins()
        for round_ in self.rounds:
            here = [name for name in missing if any(home is round_ for home in self._homes[name])]
            names = [name for name in here if shape_of(name) not in self._noticed()]
            if names:
                with self._within(arranged, round_) as trial:
                    self._find(trial, round_, names)

    def _find(self, trial: Trial, round_: Round, names: Sequence[str]) -> None:
        """Tries faults until one of each shape is noticed."""
        candidates = {fault.name: fault for fault in self._faults(trial.bench, round_)}
        for name in names:
            if name in candidates and shape_of(name) not in self._noticed():
                self._note(trial.rules(candidates[name]), round_)

    def _ask_open_flows(self, arranged: Arranged) -> None:
        """Asks the claims about open flows of what is open still. A fault may end a flow: each has one of its own."""
        for survivor in self._open():
            for round_ in self.open_flows:
                if survivor.service and all(survivor.service != each.name for each in round_.services):
                    continue
                with self._within(arranged, round_) as trial:
                    if self._is_noticed(trial, round_, survivor.name):
                        break

    def _is_noticed(self, trial: Trial, round_: Round, name: str) -> bool:
        """Tries a fault, if there is such a rule, and keeps the result if it was noticed."""
        for fault in self._faults(trial.bench, round_):
            if fault.name == name:
                result = trial.rules(fault)
                if result.fate is Fate.NOTICED:
                    self._note(result, round_)
                    return True
        return False

    def _prove(self, trial: Trial, round_: Round, names: Sequence[str]) -> None:
        candidates = {fault.name: fault for fault in self._faults(trial.bench, round_)}
        for name in names:
            if name in candidates:
                equivalence = trial.proven(candidates[name])
                self.results[name] = replace(self.results[name], equivalence=equivalence)
                differs = len(equivalence.differences)
                self.say(f"  survived ({differs} of {equivalence.flows} flows differ): {name}")
