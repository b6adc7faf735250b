"""A cluster in network namespaces that is up: what scenarios may ask of it (lab.api.Cluster)."""

import os
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from http import HTTPStatus
from types import MappingProxyType

from lab.api import (
    ApiAnswer,
    Deviation,
    Figures,
    LabRecord,
    PodNetworkRecord,
    ProgramFacts,
    Rule,
    TracedProbe,
)
from lab.capsule import linux
from lab.errors import NotReady, UsageError
from lab.kube import Kube
from lab.model import (
    NODES,
    Creation,
    Facts,
    Flow,
    Headers,
    NodeState,
    Place,
    PodState,
    Protocol,
    ProxyHas,
    Resolution,
    Service,
    ServiceFacts,
    Trace,
    Watch,
)
from lab.netns import kube_proxy, neighbours, node_tables, pod_paths, pods, services, topology
from lab.netns.barrier import Barrier
from lab.netns.daemon import Daemon, check
from lab.netns.inspection import Inspection
from lab.netns.listening import wait_closed
from lab.netns.namespaces import Namespaces
from lab.netns.order import LabOrder
from lab.netns.routes import question_of, sentinels, sentinels_beside_the_network, way_of
from lab.netns.service_range import ServiceRange
from lab.netns.zones import Zones
from lab.networks.network import Network
from lab.polling import let_pass
from lab.profiles import Profile
from lab.traffic.asking import Asking
from lab.traffic.exchange import Exchange
from lab.traffic.places import Captures

_DEVIATIONS = (
    Deviation(
        "nodes send every ICMP error (icmp_ratelimit and icmp_ratemask are 0)",
        "by default 300 refused probes get 6 errors, and a refusal would look like a drop",
    ),
    Deviation(
        "rp_filter is 0 on nodes, the kernel's default, but where the network sets it; distributions often set 1 or 2",
        "a lab must not depend on the machine that it runs on",
    ),
    Deviation(
        "no garbage collector: the lab deletes the EndpointSlices of Services that it deletes",
        "it would watch every kind of object; what kube-proxy sees is the same",
    ),
    Deviation(
        "one etcd without fsync, one kube-apiserver, no RBAC, no service accounts",
        "the control plane is not under test",
    ),
)

_PLAIN_ROOT = Deviation(
    "the capsule has no user namespace of its own",
    "this machine forbids user namespaces, and root can do without",
)


@dataclass(slots=True)
class NetnsCluster:
    """A lab that is up: lab.api.Cluster. Made by `bring_up`; its end is the end of its capsule."""

    order: LabOrder
    name: str
    namespaces: Namespaces
    kube: Kube
    daemons: tuple[Daemon, ...]
    captures: Captures
    exchange: Exchange
    network: Network
    network_daemons: tuple[Daemon, ...]
    barrier: Barrier
    zones: Zones
    service_range: ServiceRange
    pod_pool: pods.PodPool
    proxies: kube_proxy.KubeProxies
    inspection: Inspection
    standing: Facts
    services: tuple[Service, ...] = ()
    up_seconds: float = 0.0
    programmed_seconds: tuple[float, ...] = ()
    written_ns: int = 0

    @property
    def profile(self) -> Profile:
        """What is under test."""
        return self.order.profile

    def facts(self) -> Facts:
        """Addresses, as they are now."""
        return self.standing

    def set_services(self, wanted: Sequence[Service]) -> None:
        """Makes exactly these Services exist, their pods labelled; returns when the rules of every node have them."""
        self.check()
        self.inspection.forget()
        unwanted = [service for service in self.services if service not in wanted]
        missing = [service for service in wanted if service not in self.services]
        for service in unwanted:
            services.delete(self.kube, service)
        services.label_pods(self.pod_pool, unwanted, value=None)
        services.label_pods(self.pod_pool, missing)
        made = {service.name: services.create(self.kube, service) for service in missing}
        for service in missing:
            if service.listed:
                self.kube.create_endpoint_slice(services.slice_by_hand(service, self.standing.primary))
        gone = {service.name for service in unwanted}
        kept = {name: facts for name, facts in self.standing.services.items() if name not in gone}
        self._know({**kept, **made})
        self.services = tuple(wanted)
        services.wait_slices_gone(self.kube, gone)
        services.wait_slices(self.kube, wanted)
        self._wait_programmed()
        if any(services.is_health_checked(service) for service in (*unwanted, *missing)):
            # kube-proxy opens and closes these ports after it has written the rules; its next sync is behind that.
            self._wait_rules()

    def change_service(self, name: str, now: Service | None) -> None:
        """Makes one of the Services be so, with the addresses that it has or had; None deletes it.

        Returns when the rules of every node have it.
        """
        self.check()
        self.inspection.forget()
        others = tuple(service for service in self.services if service.name != name)
        concerned = (*self.services, *(() if now is None else (now,)))
        if now is None:
            self._delete_service(name)
            self.services = others
            services.wait_slices_gone(self.kube, {name})
        else:
            self._write_service(now, is_there=len(others) < len(self.services))
            self.services = (*others, now)
            services.wait_slices(self.kube, [now])
            services.wait_ports(self.kube, now)
        self._wait_programmed()
        self._wait_behind_rules(*concerned)

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
        allotted = self.standing.services[now.name]
        services.relabel_pods(self.pod_pool, now)
        write = services.change if is_there else services.create
        write(self.kube, now, allotted)
        self._note_written()

    def set_pods(self, states: Mapping[Place, PodState]) -> None:
        """Brings pods into these states through the API; returns when every node's rules know."""
        self.check()
        self.inspection.forget()
        for pod, state in states.items():
            self.pod_pool.bring(pod, state)
        self._note_written()
        services.wait_pods(self.kube, self.services, states)
        self._wait_programmed()
        self._wait_behind_rules()

    def set_nodes(self, states: Mapping[Place, NodeState]) -> None:
        """Brings Node objects into these states through the API; returns when their kube-proxies know."""
        self.check()
        self.inspection.forget()
        for node, state in states.items():
            self.zones.bring(node, state)

    def set_proxy(self, options: ProxyHas) -> None:
        """Restarts every kube-proxy with this configuration; returns when its rules are written."""
        self.check()
        self.inspection.forget()
        self.proxies.restart(options)
        # Not among the figures: it takes kube-proxy a second to start.
        self._wait_rules()
        self.zones.wait()
        self.service_range.wait()

    def connect(self, flow: Flow) -> None:
        """Opens the connection of a TCP flow with a source port, over which what is sent of it goes from then on."""
        self.check()
        self.exchange.connect(way_of(flow, self.standing))

    def send(self, flow: Flow, count: int) -> Sequence[Trace]:
        """Sends `count` fresh probes and returns what became of each, complete with proof of silence."""
        self.check()
        question = question_of(flow, self.standing)
        if question is not None:
            return Asking(self.captures, self.namespaces.inside).get(question, count)
        way = way_of(flow, self.standing)
        if flow.own_addresses and count > len(way.sources):
            raise UsageError(
                f"{count} clients were to ask, and {flow.sender} has {len(way.sources)} addresses",
                next_step="make CROWD_NETWORK in lab/netns/plan.py larger",
            )
        behind = sentinels(flow, way, self.standing)
        return self.exchange.send(way, count, behind, sentinels_beside_the_network(flow, self.standing))

    def resolve(self, flow: Flow, count: int) -> Resolution:
        """As send, once nodes and pods have forgotten their neighbours: also who was asked for by ARP meanwhile."""
        since_ns = time.time_ns()
        neighbours.forget(self.namespaces)
        traces = self.send(flow, count)
        return Resolution(tuple(traces), tuple(self.captures.arp_requests(since_ns)))

    def watch(self, flows: Sequence[Flow], change: Callable[[], None]) -> Watch:
        """Sends fresh probes of these flows, each from a place of its own, all the while that `change` runs."""
        self.check()
        ways = [way_of(flow, self.standing) for flow in flows]
        behind = [
            each
            for flow, way in zip(flows, ways, strict=True)
            for each in sentinels(flow, way, self.standing)
        ]
        times: list[int] = []
        self.written_ns = 0

        def timed() -> None:
            times.append(time.time_ns())
            change()
            times.append(time.time_ns())

        seen = self.exchange.send_during(ways, behind, timed)
        if not self.written_ns:
            raise UsageError(
                "a change was to be watched, and nothing changed",
                next_step="`before` and `when` of the claim must differ",
            )
        return Watch(tuple(seen), times[0], self.written_ns, times[1])

    def create(self, flow: Flow) -> ApiAnswer:
        """Asks the API, from the flow's sender, to create a Service; deletes again what it accepts."""
        self.check()
        if not isinstance(flow.target, Creation):
            raise UsageError(f"{flow.target} is nothing that could be created")
        with closing(self.kube.another()) as kube, self.namespaces.inside(flow.sender):
            answer = services.try_to_create(kube, flow.target)
        if answer.status == HTTPStatus.CREATED:
            services.delete(self.kube, flow.target.service)
            services.wait_slices_gone(self.kube, {flow.target.service.name})
            self._wait_rules()
        return answer

    def idle(self, seconds: float) -> None:
        """Returns when so much time has passed in which the lab sent nothing."""
        let_pass(seconds)

    def send_traced(self, flow: Flow) -> TracedProbe:
        """Sends one more probe, with the kernels of all nodes telling which rules it passes. Never judged."""
        self.check()
        return self.inspection.traced(flow, self.standing, self.exchange)

    def rules(self, node: Place, *, fresh: bool) -> Sequence[Rule]:
        """The rules of a node, to be shown and never judged. fresh: read now, not since the last change."""
        return self.inspection.rules(node, fresh=fresh)

    def connection(self, node: Place, asked: Headers) -> str:
        """What a node tracks of the connection whose first packet had these addresses; empty for nothing."""
        return self.inspection.connection(node, asked)

    def connections(self, node: Place) -> Sequence[str]:
        """Every connection that a node tracks, a line each, as the kernel prints them."""
        return self.inspection.connections(node)

    def pod_network(self) -> PodNetworkRecord:
        """How the network takes packets to pods: asks Services of its own, which are gone behind it."""
        before = self.services
        self.set_services(pod_paths.SERVICES)
        paths = tuple(
            pod_paths.path(
                service,
                self.send_traced(pod_paths.flow_to(service)),
                lambda node: self.rules(node, fresh=True),
                self.namespaces,
            )
            for service in pod_paths.SERVICES
        )
        tables = tuple(node_tables.tables(self.namespaces, node) for node in NODES)
        self.set_services(before)
        return PodNetworkRecord(paths, tables)

    def manifests(self, service: Service) -> str:
        """A Service and its EndpointSlices as the API has them, as YAML without what the API keeps for itself."""
        return self.inspection.manifests(service)

    def check(self) -> None:
        """DaemonDied when a program of the lab has ended."""
        check(*self.daemons, *self.proxies.running())

    def record(self) -> LabRecord:
        """The lab as a report describes it, figures as of now."""
        captured, dropped = self.captures.counts()
        return LabRecord(
            lab=self.name,
            kind="netns",
            profile=self.profile.name,
            kernel=f"{os.uname().sysname} {os.uname().release} {os.uname().machine}",
            kubernetes=self.order.kubernetes,
            network=self.network.says(),
            programs=(*self._programs(), *self.network.programs()),
            tools=topology.tool_versions(),
            deviations=(
                *deviations(),
                *self.network.deviations(),
                *self.zones.deviations(),
                *self.service_range.deviations(),
            ),
            figures=Figures(self.up_seconds, self.programmed_seconds, captured, dropped),
        )

    def _programs(self) -> tuple[ProgramFacts, ...]:
        return tuple(
            ProgramFacts(each.program, each.version, each.sha256, each.origin)
            for each in self.order.components.values()
        )

    def _know(self, known: Mapping[str, ServiceFacts]) -> None:
        self.standing = replace(self.standing, services=MappingProxyType(dict(known)))

    def _note_written(self) -> None:
        """Notes that the API has answered the write that makes a change, by the clock of the captures."""
        self.written_ns = time.time_ns()

    def _wait_programmed(self) -> None:
        start = time.monotonic()
        self._wait_rules()
        self.programmed_seconds += (time.monotonic() - start,)

    def _wait_behind_rules(self, *services_before: Service) -> None:
        """Waits for what kube-proxy does after it has written rules, and before its next sync.

        It clears conntrack for UDP, says anew at health check ports how many endpoints there are, and closes those that
        are nobody's any more.
        """
        every = (*self.services, *services_before)
        ports = [port for service in every for port in service.ports]
        if any(port.protocol is Protocol.UDP for port in ports) or any(
            map(services.is_health_checked, every)
        ):
            self._wait_rules()
        checked = {service.name for service in self.services if services.is_health_checked(service)}
        allotted = self.standing.services.items()
        wait_closed(
            self.namespaces, {of.health_check_port for name, of in allotted if name not in checked} - {0}
        )

    def _wait_rules(self) -> None:
        """Waits at the barrier; where that is in vain, kube-proxy's own errors say why."""
        try:
            self.barrier.wait()
        except NotReady as error:
            self.check()
            raise NotReady(
                error.attempted,
                output="\n".join(daemon.last_errors() for daemon in self.proxies.running()),
                next_step=f"the logs of kube-proxy in {self.order.logs / self.name}",
            ) from error


def deviations() -> tuple[Deviation, ...]:
    """In what this lab differs from a production cluster, whichever network it has."""
    return (
        *pods.DEVIATIONS,
        *kube_proxy.DEVIATIONS,
        *_DEVIATIONS,
        *((_PLAIN_ROOT,) if linux.in_initial_user_namespace() else ()),
    )
