"""A bench over a cluster that sends nothing: a fault is what becomes of probes while it lasts."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from conformance.live import Live
from conformance.outcome import Kept, Outcome, delivered
from lab.model import ClusterIP, Flow, Place, Service, ServicePort
from lab.profiles import profile_named
from lab.rules.ruleset import Form, Spot
from svcproof.sabotage.bench import Bench
from svcproof.sabotage.claims import Claim
from svcproof.sabotage.fault import Fault, Kind
from tests.svcproof.fake_lab import FakeCluster

ECHO, OTHER = (
    Service(name=name, endpoints=(Place.POD_A1,), ports=(ServicePort("http", 80),))
    for name in ("echo", "other")
)
DELIVERED = delivered(Place.POD_A1, source=Kept())


class Exchange:
    """Counts how often it was told to forget. asked: where it notes that it was told to disconnect."""

    forgotten = 0
    sources_forgotten = 0

    def __init__(self, asked: list[str]) -> None:
        self._asked = asked

    def disconnect(self) -> None:
        """Notes it."""
        self._asked.append("disconnect")

    def forget(self) -> None:
        """Nothing to forget."""
        self.forgotten += 1

    def forget_sources(self) -> None:
        """Nothing to forget."""
        self.sources_forgotten += 1


class SabotagedCluster(FakeCluster):
    """A cluster of two Services whose fates can be changed."""

    def __init__(self) -> None:
        super().__init__(profile_named("nftables-flannel"))
        self.set_services([ECHO, OTHER])
        self.exchange = Exchange(self.asked)

    def become(self, lies: Mapping[str, Outcome]) -> None:
        """From now on probes of these Services come to this."""
        self._lies = dict(lies)


@dataclass
class Faulty:
    """What faults do by their names, and what is so when they are mended.

    uncaptured: how many packets captures lose while a fault lasts. made: those that were made, in order.
    """

    does: Mapping[str, Mapping[str, Outcome]] = field(default_factory=dict)
    behind: Mapping[str, Outcome] = field(default_factory=dict)
    uncaptured: Mapping[str, int] = field(default_factory=dict)
    made: list[str] = field(default_factory=list)


class FakeBench(Bench):
    """A bench without rules."""

    def __init__(self, cluster: SabotagedCluster, faulty: Faulty) -> None:
        self.cluster = cluster  # type: ignore[assignment]  # of what a bench asks of it, it has what is asked here
        self._fake, self._faulty = cluster, faulty

    def become(self, lies: Mapping[str, Outcome]) -> None:
        """From now on probes of these Services come to this."""
        self._fake.become(lies)

    def holders(self, fault: Fault) -> tuple[Place, ...]:
        """One node."""
        assert fault.name
        return (Place.WORKER_A,)

    @contextmanager
    def broken(self, fault: Fault) -> Iterator[None]:
        """Has probes come to what this fault makes of them."""
        self._faulty.made.append(fault.name)
        self._fake.become(self._faulty.does.get(fault.name, {}))
        yield
        self._fake.become(self._faulty.behind)

    def forget(self) -> None:
        """Nobody remembers anything."""

    def forget_flows(self) -> None:
        """Nobody remembers anything."""

    def packets_lost(self) -> int:
        """What the faults that were made cost the captures."""
        return sum(self._faulty.uncaptured.get(name, 0) for name in self._faulty.made)


class NotingBench(FakeBench):
    """A bench that notes among what the cluster was asked when flows are forgotten."""

    def __init__(self, cluster: SabotagedCluster) -> None:
        super().__init__(cluster, Faulty())

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Nothing moves by itself."""
        yield

    def forget_flows(self) -> None:
        """Notes it."""
        self._fake.asked.append("forget flows")

    def close(self) -> None:
        """No threads."""


def a_fault(service: Service, what: str = "nothing") -> Fault:
    """The element of a Service's cluster IP, broken so."""
    change = f"set cluster-ips: cluster-ip({service.name}) -> {what}"
    return Fault(
        Kind.DELETE,
        Spot("ip kube-proxy", Form.SET, "cluster-ips"),
        "entry",
        (),
        change,
        service.name,
        owned=True,
    )


def a_claim(
    service: Service = ECHO, name: str = "claim", expect: Outcome = DELIVERED, **more: object
) -> Claim:
    """A claim about a Service."""
    flow = Flow(Place.POD_C1, ClusterIP(service, "http"))
    return Claim(f"{name}.{service.name}", flow, expect, expect, _observed, (service,), **more)  # type: ignore[arg-type]


def _observed(live: Live, flow: Flow, expect: Outcome) -> None:
    """A scenario's test."""
    assert live.observe(flow) == expect
