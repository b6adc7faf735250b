"""The program of a sabotage's capsule: brings a lab up, breaks its rules one at a time, writes what was noticed."""

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from conformance.arranged import Arranged
from conformance.verdict import INTERRUPTED
from lab.errors import LabError
from lab.model import Circumstance
from lab.netns import plan
from lab.netns.bring_up import lab_up
from lab.netns.cluster import NetnsCluster
from lab.netns.order import read_order as read_lab_order
from lab.profiles import ProxyMode
from svcproof.invocation import ORDER_FILE, read_invocation
from svcproof.sabotage import beside, of_iptables, of_nftables
from svcproof.sabotage.bench import Bench
from svcproof.sabotage.claims import Claim, Collected, circumstances, collect
from svcproof.sabotage.equivalence import Proof
from svcproof.sabotage.fault import Fault
from svcproof.sabotage.judges import Judges, ask
from svcproof.sabotage.order import SabotageOrder, read_order
from svcproof.sabotage.results import RESULTS_FILE, Fate, FaultResult, Sabotage, write_sabotage
from svcproof.sabotage.sampling import shuffled
from svcproof.sabotage.surroundings import Surroundings, surroundings_of
from svcproof.sabotage.trial import Trial, within

_LAB = "lab"


class Session:
    """One sabotage: the faults tried so far, in all circumstances."""

    def __init__(self, cluster: NetnsCluster, collected: Collected, order: SabotageOrder) -> None:
        self._cluster = cluster
        self._collected = collected
        self._order = order
        self._arranged = Arranged(cluster)
        self._results: dict[str, FaultResult] = {}
        self._seen: dict[str, Fault] = {}
        self._start = 0.0
        self.baseline: dict[str, str] = {}
        self.fault_seconds = 0.0

    @property
    def results(self) -> tuple[FaultResult, ...]:
        """What is known of every fault that was tried."""
        return tuple(self._results.values())

    @property
    def known(self) -> int:
        """How many faults of the rules there were to choose from."""
        return len(self._seen)

    @property
    def listed(self) -> tuple[str, ...]:
        """The names of those faults."""
        return tuple(sorted(self._seen))

    def run(self) -> None:
        """Everything that the budget allows, the circumstances of most claims first."""
        with closing(Bench(self._cluster)) as bench:
            for when in circumstances(self._collected.claims):
                self._arranged.arrange(when)
                with bench.frozen():
                    self._round(bench, when)
                if self._spent():
                    return

    def _round(self, bench: Bench, when: tuple[Circumstance, ...]) -> None:
        """The faults of these circumstances: those that are new, and those that survived others."""
        trial = self._trial(bench, when)
        self._start = self._start or time.monotonic()
        known = surroundings_of(self._cluster.facts(), self._collected.services, str(plan.POD_CIDR))
        candidates = [fault for fault in _faults(bench, known) if self._is_wanted(fault)]
        self._seen |= {fault.name: fault for fault in candidates}
        if self._order.listed:
            return
        if not when:
            self._beside(trial)
        before = time.monotonic()
        for fault in within(self._order.budget, shuffled(candidates, self._order.seed), self._start):
            self._note(trial.rules(fault))
        self.fault_seconds += time.monotonic() - before

    def _trial(self, bench: Bench, when: tuple[Circumstance, ...]) -> Trial:
        """Sorts out the claims that are not as expected without any fault."""
        bench.forget()
        sound: list[Claim] = []
        for claim in (each for each in self._collected.claims if each.when == when):
            [(_, notice, _)] = ask(bench, [claim])
            if notice is None:
                sound.append(claim)
            else:
                self.baseline[claim.id] = notice.observed
        words = ", ".join(str(each) for each in when)
        return Trial(bench, Judges(sound), Proof(bench, self._collected.services), self._order.full, words)

    def _beside(self, trial: Trial) -> None:
        for fault in beside.faults(self._collected.services):
            if not self._order.kinds or fault.kind in self._order.kinds:
                self._note(trial.beside(fault))

    def _is_wanted(self, fault: Fault) -> bool:
        if self._order.kinds and fault.kind not in self._order.kinds:
            return False
        before = self._results.get(fault.name)
        return before is None or before.fate is Fate.SURVIVED

    def _note(self, result: FaultResult) -> None:
        before = self._results.get(result.name)
        if before is not None and result.fate is not Fate.NOTICED:
            return  # It survived other circumstances with more claims; these add nothing.
        self._results[result.name] = result
        if result.fate in (Fate.SURVIVED, Fate.ALARMED) and not result.recorded:
            say(f"  {result.fate}: {result.name}")
        if len(self._results) % 100 == 0:
            say(f"  {len(self._results)} of {self.known} faults")

    def _spent(self) -> bool:
        budget = self._order.budget
        return self._order.listed or (budget is not None and time.monotonic() - self._start > budget)


def sabotage(directory: Path) -> int:
    """Runs the order of this directory; the exit code of the program, not yet that of the command."""
    lab_order, order = read_lab_order(directory / ORDER_FILE), read_order(directory)
    started = datetime.now(UTC)
    collected = collect(lab_order.profile)
    with lab_up(lab_order, _LAB, "", say) as cluster:
        cluster.apply(collected.services)
        session, interrupted = Session(cluster, collected, order), False
        try:
            session.run()
        except KeyboardInterrupt:
            interrupted = True
        finally:
            write_sabotage(
                _summed(directory, session, cluster, collected, order, started, interrupted=interrupted),
                directory / RESULTS_FILE,
            )
    return INTERRUPTED if interrupted else 0


def _summed(
    directory: Path,
    session: Session,
    cluster: NetnsCluster,
    collected: Collected,
    order: SabotageOrder,
    started: datetime,
    *,
    interrupted: bool,
) -> Sabotage:
    invocation = read_invocation(directory)
    return Sabotage(
        svcproof=invocation.svcproof,
        run_id=invocation.run_id,
        profile=invocation.profile,
        command=invocation.command,
        started=started,
        finished=datetime.now(UTC),
        seed=order.seed,
        budget=order.budget,
        known=session.known,
        claims=len(collected.claims),
        baseline=session.baseline,
        lab=cluster.record(),
        faults=session.results,
        interrupted=interrupted,
        fault_seconds=session.fault_seconds,
        listed=session.listed if order.listed else (),
    )


def _faults(bench: Bench, known: Surroundings) -> Iterator[Fault]:
    """The faults of all nodes, each once: an entry that several nodes hold is broken on all of them."""
    of = of_nftables if bench.cluster.profile.proxy_mode is ProxyMode.NFTABLES else of_iptables
    every = {
        (fault.name, fault.spot, fault.entry, fault.becomes): fault
        for rules in bench.rules.values()
        for fault in of.faults(rules, known)
    }
    yield from every.values()


def say(text: str) -> None:
    """A line for the user, at once."""
    print(text, file=sys.stderr, flush=True)


def main(arguments: Sequence[str]) -> int:
    """The command line: DIRECTORY."""
    [directory] = arguments
    try:
        return sabotage(Path(directory))
    except LabError as error:
        say(f"svcproof: {error}")
        return 3


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
