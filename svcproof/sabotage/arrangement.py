"""Brings a lab into the circumstances of a round, with kube-proxy frozen and the claims sorted out."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field

from conformance.arranged import Arranged
from conformance.live import Live
from lab.errors import DaemonDied, LabError
from lab.model import ServiceIs
from lab.netns import plan
from lab.netns.cluster import NetnsCluster
from lab.profiles import ProxyMode
from svcproof.sabotage import of_iptables, of_nftables
from svcproof.sabotage.bench import Bench
from svcproof.sabotage.beside import Beside
from svcproof.sabotage.claims import Claim
from svcproof.sabotage.equivalence import Proof
from svcproof.sabotage.fault import Fault
from svcproof.sabotage.judges import Judges, ask
from svcproof.sabotage.order import SabotageOrder
from svcproof.sabotage.rounds import Round
from svcproof.sabotage.surroundings import surroundings_of
from svcproof.sabotage.trial import Trial


@dataclass(slots=True)
class Arrangement:
    """network: the claims of the pod network, which hold wherever pods, nodes and kube-proxies are as at first.

    baseline: claims that were not as expected before the faults of their round, with what was seen; they are not asked.
    behind: those that had noticed faults, and were not as expected behind them.
    asked: about how many faults each claim was asked and could tell; could_not_tell: about how many it could not.
    """

    cluster: NetnsCluster
    arranged: Arranged
    order: SabotageOrder
    network: Sequence[Claim] = ()
    baseline: dict[str, str] = field(default_factory=dict)
    behind: dict[str, str] = field(default_factory=dict)
    asked: Counter[str] = field(default_factory=Counter)
    could_not_tell: Counter[str] = field(default_factory=Counter)
    _asked_before: set[Round] = field(default_factory=set)

    @contextmanager
    def within(self, round_: Round) -> Iterator[Trial]:
        """A round's circumstances for the body.

        Being asked may end an open flow: each is opened anew, and goes through its whole story again, for the body, for
        the first time that its claim is asked without any fault, and for those that noticed some behind the body.
        """
        if round_.is_of_open_flows and round_ not in self._asked_before:
            with self._brought_about(round_) as bench:
                self._ask_before(bench, round_.claims)
            self._asked_before.add(round_)
        with self._brought_about(round_) as bench:
            trial = self._trial(bench, self._judges(bench, round_), round_)
            yield trial
        if round_.is_of_open_flows and trial.judges.witnesses:
            self._ask_anew(round_, trial.judges.witnesses)

    def _ask_anew(self, round_: Round, claims: Sequence[Claim]) -> None:
        """Asks claims behind a fault that they noticed, about flows that are opened anew; or notes why none can be."""
        try:
            with self._brought_about(round_) as bench:
                self._ask_behind(bench, claims)
        except DaemonDied:
            raise
        except LabError as error:
            self.behind.update(dict.fromkeys((claim.id for claim in claims), str(error)))

    @contextmanager
    def _brought_about(self, round_: Round) -> Iterator[Bench]:
        """A round's circumstances for the body, with its flows open, and kube-proxy frozen."""
        with closing(Bench(self.cluster)) as bench:
            self._open_flows_of(bench, round_)
            self.arranged.arrange(round_.services, round_.when)
            with bench.frozen():
                if not round_.is_of_open_flows:
                    bench.forget_flows()
                yield bench

    def _judges(self, bench: Bench, round_: Round) -> Judges:
        pods_are_as_at_first = all(isinstance(each, ServiceIs) for each in round_.when)
        network = self._holding(self.network) if pods_are_as_at_first else ()
        # In a sample, what has noticed a fault is asked behind the faults, and by that alone.
        at_once = self.order.budget is None or not round_.services
        if at_once and not round_.is_of_open_flows:
            self._ask_before(bench, round_.claims)
        return Judges(self._holding(round_.claims), network)

    def _holding(self, claims: Sequence[Claim]) -> list[Claim]:
        """Those that were not seen to be other than expected."""
        return [claim for claim in claims if claim.id not in self.baseline]

    @contextmanager
    def at_work(self, round_: Round) -> Iterator[Trial]:
        """A round's circumstances for the body, with kube-proxy at work: what answers is itself."""
        self.arranged.arrange(round_.services, round_.when)
        with closing(Bench(self.cluster)) as bench:
            bench.read()
            self._ask_before(bench, round_.claims)
            yield self._trial(bench, Judges(self._holding(round_.claims)), round_)

    def _trial(self, bench: Bench, judges: Judges, round_: Round) -> Trial:
        proof = Proof(bench, round_.standing, round_.when)
        when = ", ".join(str(each) for each in round_.when)
        return Trial(
            bench,
            judges,
            proof,
            full=self.order.full,
            when=when,
            asked=self.asked,
            could_not_tell=self.could_not_tell,
        )

    def faults(self, bench: Bench, round_: Round) -> Iterator[Fault]:
        """The faults of all nodes: an entry that several nodes hold is broken on all of them."""
        services = (*round_.services, *round_.standing)
        known = surroundings_of(self.cluster.facts(), services, str(plan.POD_CIDR))
        of = of_nftables if self.cluster.profile.proxy_mode is ProxyMode.NFTABLES else of_iptables
        for rules in bench.rules.values():
            yield from (fault for fault in of.faults(rules, known) if self.is_wanted(fault))

    def candidates(self, bench: Bench, round_: Round) -> dict[str, Fault]:
        """The same by their names: one that several nodes can have is one fault."""
        return {fault.name: fault for fault in self.faults(bench, round_)}

    def is_wanted(self, fault: Fault | Beside) -> bool:
        """Whether the order is for faults of this kind."""
        return not self.order.kinds or fault.kind in self.order.kinds

    def check_sound(self, trial: Trial) -> None:
        """Notes claims that are not as before the faults: the lab was not mended, and what they noticed is in doubt.

        Those that noticed nothing are as they should be: the last fault that they were asked about shows it.
        """
        if not trial.judges.witnesses:
            return
        trial.bench.forget_flows()
        self._ask_behind(trial.bench, trial.judges.witnesses)

    def _open_flows_of(self, bench: Bench, round_: Round) -> None:
        """Opens the flows of claims about open ones, in their past, which they share, if there are any.

        First those that were open before are ended and forgotten: they had the same ports, and later it would be too
        late to forget any.
        """
        opened = [claim for claim in round_.claims if claim.past]
        if opened:
            self.cluster.exchange.disconnect()
            bench.forget_flows()
        live = Live(self.cluster)
        for stage, when in enumerate(opened[0].past if opened else ()):
            self.arranged.arrange(round_.services, when)
            for claim in opened:
                (live.go_on if stage else live.open)(claim.flow)

    def _ask_before(self, bench: Bench, claims: Sequence[Claim]) -> None:
        """Notes which claims are not as expected without any fault."""
        self.baseline.update(_not_as_expected(bench, claims))

    def _ask_behind(self, bench: Bench, claims: Sequence[Claim]) -> None:
        """The same of claims that have noticed faults, behind these."""
        self.behind.update(_not_as_expected(bench, claims))


def _not_as_expected(bench: Bench, claims: Sequence[Claim]) -> Iterator[tuple[str, str]]:
    """The claims that are not, by their ids, with what is observed."""
    bench.forget()
    for claim in claims:
        [(_, notice, _)] = ask(bench, [claim], shares=True)
        if notice is not None:
            yield claim.id, notice.observed
