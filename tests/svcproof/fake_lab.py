"""A cluster that sends nothing: its packets do what a sound data plane would do with them, or what it is told."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from ipaddress import IPv4Address

from conformance.outcome import Dropped, Kept, Outcome, Refused, delivered
from lab.api import (
    ApiAnswer,
    Carrier,
    Figures,
    LabRecord,
    Passed,
    PathEntry,
    PodNetworkRecord,
    PodPath,
    Rule,
    TracedProbe,
)
from lab.errors import DaemonDied, LabError
from lab.model import (
    NODES,
    ClusterIP,
    Destination,
    ExternalIP,
    Facts,
    Flow,
    Headers,
    LoadBalancerIP,
    NodeAddress,
    NodePort,
    NodeState,
    Place,
    PlaceKind,
    PodIP,
    PodState,
    ProxyHas,
    Refusal,
    Resolution,
    Service,
    ServiceFacts,
    Trace,
    Watch,
)
from lab.netns.order import LabOrder
from lab.profiles import Profile, profile_named
from tests.conformance.watched import watched
from tests.svcproof.canned import canned_traces

PRIMARY = {place: IPv4Address(f"192.0.2.{number}") for number, place in enumerate(Place, start=1)}
Say = Callable[[str], None]


class FakeCluster:
    """lab.api.Cluster without a kernel. lies: what becomes of probes to the Service of this name.

    unreadable: why its rules cannot be read. dies_after: how many batches it sends before its echo ends,
    of which it then sees two probes.
    """

    def __init__(
        self,
        profile: Profile,
        lies: Mapping[str, Outcome] | None = None,
        name: str = "lab",
        unreadable: LabError | None = None,
        dies_after: int | None = None,
    ) -> None:
        self._profile = profile
        self._lies = dict(lies or {})
        self._name = name
        self._unreadable = unreadable
        self._left = dies_after
        self._services: dict[str, ServiceFacts] = {}
        self._deleted: frozenset[str] = frozenset()
        self._captured: Sequence[Trace] = ()
        self.asked: list[str] = []
        self.together: list[tuple[str, ...]] = []

    @property
    def profile(self) -> Profile:
        """What is under test."""
        return self._profile

    def facts(self) -> Facts:
        """Addresses of the documentation's network, one per place."""
        return Facts(
            interfaces=(),
            primary=PRIMARY,
            node_addresses={node: {NodeAddress.PRIMARY: PRIMARY[node]} for node in NODES},
            unallocated=IPv4Address("198.51.100.254"),
            owners={address: place for place, address in PRIMARY.items()},
            listeners=frozenset({8080, 8081, 8082}),
            services=dict(self._services),
            api=Destination(IPv4Address("198.51.100.253"), 6443),
        )

    @contextmanager
    def awaited_together(self) -> Iterator[None]:
        """Notes what was asked in the body."""
        before = len(self.asked)
        yield
        self.together += [tuple(self.asked[before:])] if self.asked[before:] else []

    def set_services(self, services: Sequence[Service]) -> None:
        """Allots addresses to exactly these Services."""
        self.asked.append(f"services {', '.join(service.name for service in services)}")
        self._services = {
            service.name: ServiceFacts(
                IPv4Address(f"198.51.100.{number}"),
                {port.name: 30_000 + at for at, port in enumerate(service.ports)},
            )
            for number, service in enumerate(services, start=1)
        }

    def set_pods(self, states: Mapping[Place, PodState]) -> None:
        """Notes that it was asked."""
        self.asked += [f"{pod} {state}" for pod, state in states.items()]

    def set_nodes(self, states: Mapping[Place, NodeState]) -> None:
        """Notes that it was asked."""
        self.asked += [f"{node} {state}" for node, state in states.items()]

    def set_proxies(self, configured: Sequence[ProxyHas]) -> None:
        """Notes that it was asked."""
        self.asked.append(f"proxy {[str(each.detect_local) for each in configured]}")

    def change_service(self, name: str, now: Service | None) -> None:
        """Drops what is sent to a deleted Service."""
        self.asked.append(f"{name} {'deleted' if now is None else 'changed'}")
        self._deleted = self._deleted | {name} if now is None else self._deleted - {name}

    def connect(self, flow: Flow) -> None:
        """Notes that it was asked."""
        self.asked.append(f"connect {flow.source_port}")

    def send(self, flow: Flow, count: int) -> Sequence[Trace]:
        """Canned traces."""
        self.asked.append(f"send {count}")
        traces = canned_traces(flow, self._fate(flow), count, self.facts())
        self._captured = traces[:2]
        if self._left == 0:
            raise DaemonDied("echo ended by itself with exit code -9")
        self._left = None if self._left is None else self._left - 1
        return traces

    def captured(self) -> Sequence[Trace]:
        """The first two of what was sent last."""
        return self._captured

    def resolve(self, flow: Flow, count: int) -> Resolution:
        """Canned traces, and nobody asked for anybody."""
        return Resolution(tuple(self.send(flow, count)), ())

    def watch(self, flows: Sequence[Flow], change: Callable[[], None]) -> Watch:
        """Canned traces before and after the change."""
        before = [self.send(flow, 4) for flow in flows]
        change()
        after = [self.send(flow, 4) for flow in flows]
        return watched(before, (before, after), after)

    def create(self, flow: Flow) -> ApiAnswer:
        """Creates anything."""
        self.asked.append(f"create {flow.target}")
        return ApiAnswer(201)

    def most_remembered(self) -> int | None:
        """Any number is remembered."""
        return None

    def idle(self, seconds: float) -> None:
        """Notes that it was asked."""
        self.asked.append(f"idle {seconds}")

    def send_traced(self, flow: Flow) -> TracedProbe:
        """A canned trace, and one rule of the sender's node."""
        self.asked.append("send traced")
        if self._unreadable is not None:
            raise self._unreadable
        [trace] = canned_traces(flow, self._fate(flow), 1, self.facts())
        node = Place.WORKER_A if flow.sender.kind is PlaceKind.OUTSIDE else flow.sender.node
        return TracedProbe(
            trace, (Passed(node, "ip nat", "KUBE-SERVICES", 7, "jump KUBE-SVC-AAAAAAAAAAAAAAAA"),)
        )

    def rules(self, node: Place, *, fresh: bool) -> Sequence[Rule]:
        """A rule for each Service."""
        self.asked.append(f"rules of {node}{', fresh' if fresh else ''}")
        return tuple(
            Rule("ip nat", "KUBE-SERVICES", 7, f'-m comment --comment "default/{name}:http cluster IP"')
            for name in self._services
        )

    def connection(self, node: Place, asked: Headers) -> str:
        """A line with what was asked."""
        return f"tcp 9 CLOSE src={asked.source} dst={asked.destination} at {node}"

    def connections(self, node: Place) -> Sequence[str]:
        """One line."""
        return (f"a connection of {node}",)

    def pod_network(self) -> PodNetworkRecord:
        """One path, or why there is none."""
        if self._unreadable is not None:
            raise self._unreadable
        entry = PathEntry("worker-a", Carrier.ROUTE, "192.0.2.0/24 dev eth0")
        return PodNetworkRecord((PodPath("pod-a2", "cluster IP of echo", "pod-a1", (entry,)),))

    def manifests(self, service: Service) -> str:
        """The Service's name."""
        return f"metadata:\n  name: {service.name}\n"

    def record(self) -> LabRecord:
        """A lab of kind `fake`."""
        figures = Figures(up_seconds=0.5, programmed_seconds=(), captured=0, dropped=0)
        return LabRecord(
            lab=self._name,
            kind="fake",
            profile=self._profile.name,
            kernel="none",
            kubernetes="0.0.0",
            network="none",
            programs=(),
            tools={},
            deviations=(),
            figures=figures,
        )

    def _fate(self, flow: Flow) -> Outcome:
        match flow.target:
            case PodIP(pod=pod, port=port):
                return delivered(pod, source=Kept(), port=port)
            case ClusterIP() | NodePort() | LoadBalancerIP() | ExternalIP():
                service = flow.target.service
            case target:
                raise LabError(f"the fake lab knows nothing of {target}")
        if service.name in self._deleted:
            return Dropped()
        if service.name in self._lies:
            return self._lies[service.name]
        if service.endpoints:
            return delivered(*service.endpoints, source=Kept())
        return Refused(flow.sender.node, Refusal.PORT_UNREACHABLE)


def a_cluster(**lies: Outcome) -> FakeCluster:
    """A cluster of the profile iptables-flannel that lies about Services of these names."""
    return FakeCluster(profile_named("iptables-flannel"), lies)


class FakeBringUp:
    """Stands in for lab.netns.bring_up.lab_up. trouble: why no lab comes up. The others are the fake cluster's."""

    def __init__(
        self,
        lies: Mapping[str, Outcome] | None = None,
        trouble: LabError | None = None,
        unreadable: LabError | None = None,
        dies_after: int | None = None,
    ) -> None:
        self._lies = lies
        self._unreadable = unreadable
        self._trouble = trouble
        self._dies_after = dies_after

    @contextmanager
    def __call__(self, order: LabOrder, name: str, prefix: str, say: Say) -> Iterator[FakeCluster]:
        """A fake cluster for the body."""
        say(f"{prefix}{name}")
        if self._trouble is not None:
            raise self._trouble
        yield FakeCluster(order.profile, self._lies, name, self._unreadable, self._dies_after)
