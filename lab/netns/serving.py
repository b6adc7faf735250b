"""What a lab serves: its Services, pods and kube-proxies, changed through the API and awaited on every node."""

import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from lab.api import Deviation
from lab.errors import CommandFailed, DaemonDied, LabError, MissingRequirement, NotReady, UsageError
from lab.kube import Kube
from lab.lacking import lacking
from lab.model import Facts, NodeState, Place, PodState, ProxyHas, Service, ServiceFacts
from lab.netns import services, slices
from lab.netns.barrier import Barrier
from lab.netns.kube_proxy import KubeProxies
from lab.netns.listening import wait_closed
from lab.netns.namespaces import Namespaces
from lab.netns.pods import PodPool
from lab.netns.service_range import ServiceRange
from lab.netns.zones import Zones
from lab.side_by_side import side_by_side


@contextmanager
def _known_to_this_version(service: Service) -> Iterator[None]:
    """MissingRequirement where the API refuses a Service because this version does not know a value in it."""
    try:
        yield
    except CommandFailed as error:
        if line := lacking(error.output):
            raise MissingRequirement(
                f"this version of Kubernetes takes no Service as {service.name} is: {line}",
                next_step="a later one, with --kubernetes VERSION",
            ) from error
        raise


@dataclass(slots=True)
class Serving:
    """The Services of a lab, as they are now. Nothing is sent here but what finds out whether rules are written.

    in_doubt: Services of which a write began and did not end; the API may have them so, otherwise, or not at all.
    facts: the lab's addresses, with those of its Services. programmed_seconds: how long each change took to be in the
    rules of every node. written_ns: when the API had answered the write of the last change, by the clock of captures.
    logs: where those of kube-proxy are.
    """

    kube: Kube
    namespaces: Namespaces
    barrier: Barrier
    zones: Zones
    service_range: ServiceRange
    pod_pool: PodPool
    proxies: KubeProxies
    logs: Path
    facts: Facts
    services: tuple[Service, ...] = ()
    in_doubt: tuple[Service, ...] = ()
    programmed_seconds: tuple[float, ...] = ()
    written_ns: int = 0
    _holds_back: bool = False
    _unawaited: bool = False
    _opened: frozenset[int] = frozenset()

    def start(self) -> None:
        """Returns when the first rules of every node are written, and each kube-proxy knows its zone and the range."""
        self.barrier.create()
        self.zones.create()
        self.barrier.wait()
        self._wait_known()

    @contextmanager
    def awaited_together(self) -> Iterator[None]:
        """For changes of Services and pods: they return when the API has them, their rules are awaited behind it."""
        self._holds_back = True
        try:
            yield
        finally:
            self._holds_back = False
        if self._unawaited:
            self._wait_programmed()

    def set_services(self, wanted: Sequence[Service]) -> None:
        """Makes exactly these Services exist, their pods labelled; returns when the rules of every node have them.

        Those that are in doubt, or otherwise than wanted, are made anew.
        """
        names = {service.name for service in wanted}
        others = [each for each in self.services if each not in wanted and each.name in names]
        self.in_doubt = (*self.in_doubt, *others)
        self.remove_doubtful()
        unwanted = [service for service in self.services if service not in wanted]
        missing = [service for service in wanted if service not in self.services]
        gone = {service.name for service in unwanted}
        with self.writing([*unwanted, *missing]):
            side_by_side(lambda service: services.delete(self.kube, service), unwanted)
            self._know_no_more(gone)
            services.label_pods(self.pod_pool, given=missing, taken=unwanted)
        self._make_all(missing)
        self.services = tuple(wanted)
        slices.wait_gone(self.kube, gone)
        slices.wait_listed(self.kube, wanted)
        self._wait_programmed()

    def change_service(self, name: str, now: Service | None) -> None:
        """Makes one of the Services be so, with the addresses that it has or had; None deletes it.

        Returns when the rules of every node have it.
        """
        others = tuple(service for service in self.services if service.name != name)
        concerned = [service for service in (*self.services, now) if service and service.name == name]
        if now is None:
            with self.writing(concerned):
                self._delete_service(name)
            self.services = others
            slices.wait_gone(self.kube, {name})
        else:
            with self.writing(concerned):
                self._write_service(now, is_there=len(others) < len(self.services))
            self.services = (*others, now)
            slices.wait_listed(self.kube, [now], self._gone())
            slices.wait_ports(self.kube, now)
        self._wait_programmed()

    @contextmanager
    def writing(self, concerned: Sequence[Service]) -> Iterator[None]:
        """For a body that writes these Services to the API. What leaves it by an error leaves them in doubt."""
        before = self.in_doubt
        self.in_doubt = (*before, *concerned)
        yield
        self.in_doubt = before

    def remove_doubtful(self) -> None:
        """Deletes what the API has of Services that are in doubt, and takes their labels from pods."""
        if not self.in_doubt:
            return
        names = {service.name for service in self.in_doubt}
        for name in sorted(names & self.kube.service_names()):
            self.kube.delete_service(name)
        services.label_pods(self.pod_pool, taken=self.in_doubt)
        slices.wait_gone(self.kube, names)
        self._know_no_more(names)
        self.in_doubt = ()

    def set_pods(self, states: Mapping[Place, PodState]) -> None:
        """Brings pods into these states through the API; returns when every node's rules know."""
        side_by_side(lambda each: self.pod_pool.bring(*each), states.items())
        self._note_written()
        doubtful = {service.name for service in self.in_doubt}
        known = [service for service in self.services if service.name not in doubtful]
        slices.wait_pods(self.kube, known, states)
        self._wait_programmed()

    def set_nodes(self, states: Mapping[Place, NodeState]) -> None:
        """Brings Node objects into these states through the API; returns when their kube-proxies know."""
        for node, state in states.items():
            self.zones.bring(node, state)

    def set_proxies(self, configured: Sequence[ProxyHas]) -> None:
        """Restarts the kube-proxies that are configured otherwise; returns when their rules are written.

        MissingRequirement where this version cannot be configured so; all have their defaults then.
        """
        self.proxies.have(configured)
        try:
            # Not among the figures: it takes kube-proxy a second to start.
            self.wait_rules()
            self._wait_behind_rules()
            self._unawaited = False
        except DaemonDied as error:
            line = lacking(error.output)
            if not line or not configured:
                raise
            # What follows needs kube-proxies at work.
            self.set_proxies(())
            raise MissingRequirement(
                f"this kube-proxy cannot be configured so: {line}",
                command=error.command,
                next_step="a version of Kubernetes that can, with --kubernetes VERSION",
            ) from error
        self._wait_known()

    def wait_rules(self) -> None:
        """Waits at the barrier; where that is in vain, what kube-proxies called errors since then says why.

        What they said before may be about Services that are gone; who cannot write rules says so at each attempt.
        """
        logged = [(daemon, daemon.logged()) for daemon in self.proxies.running()]
        try:
            self.barrier.wait()
        except NotReady as error:
            self.barrier.check()
            said = "\n".join(daemon.last_errors(since) for daemon, since in logged)
            logs = f"the logs of kube-proxy in {self.logs}"
            if line := lacking(said):
                raise MissingRequirement(
                    f"kube-proxy cannot write its rules on this machine: {line}",
                    output=said,
                    next_step=f"svcproof doctor; {logs}",
                ) from error
            raise NotReady(error.attempted, output=said, next_step=logs) from error

    def owe_a_wait(self) -> None:
        """For a change that went back to what was before it: its rules are awaited before anything is sent."""
        self._unawaited = True

    def catch_up(self) -> None:
        """Waits for the rules of what was not awaited. Not among the figures: nobody knows how long they took."""
        if self._unawaited:
            self.wait_rules()
            self._wait_behind_rules()
            self._unawaited = False

    def deviations(self) -> tuple[Deviation, ...]:
        """What had to be done for kube-proxies that missed something at their start."""
        return (*self.zones.deviations(), *self.service_range.deviations())

    def _make_all(self, missing: Sequence[Service]) -> None:
        """Makes Services side by side. Where one cannot be made, it is in doubt, and the others are known."""
        made = dict(zip(missing, side_by_side(self._make, missing), strict=True))
        there = {service: facts for service, facts in made.items() if isinstance(facts, ServiceFacts)}
        self.services = (*self.services, *there)
        self._know({**self.facts.services, **{service.name: facts for service, facts in there.items()}})
        refusals = [refusal for refusal in made.values() if isinstance(refusal, LabError)]
        if refusals:
            self.in_doubt = (*self.in_doubt, *(service for service in missing if service not in there))
            raise refusals[0]

    def _make(self, service: Service) -> ServiceFacts | LabError:
        """Makes a Service, and its slice where that is written by hand; or why that cannot be."""
        try:
            with _known_to_this_version(service):
                made = services.create(self.kube, service)
            if service.listed:
                self.kube.create_endpoint_slice(slices.by_hand(service, self.facts.primary))
        except LabError as error:
            return error
        return made

    def _delete_service(self, name: str) -> None:
        self.kube.delete_service(name)
        self._note_written()
        self.kube.delete_endpoint_slices(name)

    def _write_service(self, now: Service, *, is_there: bool) -> None:
        if now.listed:
            raise UsageError(
                f"Service {now.name} cannot be changed: its endpoints are listed by hand",
                next_step="change one with a selector",
            )
        allotted = self.facts.services[now.name]
        write = services.change if is_there else services.create
        with _known_to_this_version(now):
            write(self.kube, now, allotted)
        services.relabel_pods(self.pod_pool, now)
        self._note_written()

    def _wait_known(self) -> None:
        # In this order: the cure for a range that was missed takes the zone away and gives it back.
        self.service_range.wait()
        self.zones.wait()

    def _know(self, known: Mapping[str, ServiceFacts]) -> None:
        self.facts = replace(self.facts, services=MappingProxyType(dict(known)))

    def _know_no_more(self, names: Collection[str]) -> None:
        self.services = tuple(service for service in self.services if service.name not in names)
        self._know({name: facts for name, facts in self.facts.services.items() if name not in names})

    def _note_written(self) -> None:
        """Notes that the API has answered the write that makes a change, by the clock of the captures."""
        self.written_ns = time.time_ns()

    def _wait_programmed(self) -> None:
        self._unawaited = True
        if self._holds_back:
            return
        start = time.monotonic()
        self.wait_rules()
        self.programmed_seconds += (time.monotonic() - start,)
        self._wait_behind_rules()
        self._unawaited = False

    def _gone(self) -> set[Place]:
        return {pod for pod, state in self.pod_pool.states.items() if state is PodState.GONE}

    def _wait_behind_rules(self) -> None:
        """Waits for what kube-proxy does after it has written rules: conntrack cleared, health check ports as they are.

        A sync ends before the next begins: where a log does not tell of its end, the rules of the next do.
        """
        if not self.proxies.wait_syncs_ended():
            self.wait_rules()
        checked = [service.name for service in self.services if services.is_health_checked(service)]
        opened = frozenset(self.facts.services[name].health_check_port for name in checked) - {0}
        wait_closed(self.namespaces, self._opened - opened)
        self._opened = opened
