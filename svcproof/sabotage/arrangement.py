"""Brings a lab into the circumstances of a round, with kube-proxy frozen and the claims sorted out."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field

from conformance.arranged import Arranged
from conformance.live import Live
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

    @contextmanager
    def within(self, round_: Round, *, known: bool = False) -> Iterator[Trial]:
        """A round's circumstances for the body. known: whether it was seen before which claims are as expected."""
        with closing(Bench(self.cluster)) as bench:
            opened = self._open_flows_of(bench, round_)
            self.arranged.arrange(round_.services, round_.when)
            with bench.frozen():
                if not opened:
                    bench.forget_flows()
                yield self._trial(bench, self._judges(bench, round_, known=known), round_)

    def _judges(self, bench: Bench, round_: Round, *, known: bool) -> Judges:
        pods_are_as_at_first = all(isinstance(each, ServiceIs) for each in round_.when)
        network = self._holding(self.network) if pods_are_as_at_first else ()
        if known:
            return Judges(self._holding(round_.claims), network)
        # In a sample, what has noticed a fault is asked behind the faults, and by that alone.
        opened = any(claim.past for claim in round_.claims)
        at_once = self.order.budget is None or opened or not round_.services
        return Judges(self._sound(bench, round_.claims) if at_once else round_.claims, network)

    def _holding(self, claims: Sequence[Claim]) -> list[Claim]:
        """Those that were not seen to be other than expected."""
        return [claim for claim in claims if claim.id not in self.baseline]

    @contextmanager
    def at_work(self, round_: Round) -> Iterator[Trial]:
        """A round's circumstances for the body, with kube-proxy at work: what answers is itself."""
        self.arranged.arrange(round_.services, round_.when)
        with closing(Bench(self.cluster)) as bench:
            bench.read()
            yield self._trial(bench, Judges(self._sound(bench, round_.claims)), round_)

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
        trial.bench.forget()
        trial.bench.forget_flows()
        for claim in trial.judges.witnesses:
            [(_, notice, _)] = ask(trial.bench, [claim], shares=True)
            if notice is not None:
                self.behind[claim.id] = notice.observed

    def _open_flows_of(self, bench: Bench, round_: Round) -> bool:
        """Opens the flows of claims about open ones, in their past, which they share; whether there are any.

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
