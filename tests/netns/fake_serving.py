"""A lab's Services without an API, and without anything that serves them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any, cast

from lab.model import Place, Protocol, Service, ServiceFacts, ServicePort, ServiceType, TrafficPolicy
from lab.netns.barrier import Barrier
from lab.netns.daemon import Daemon
from lab.netns.kube_proxy import KubeProxies
from lab.netns.namespaces import Namespaces
from lab.netns.pods import PodPool
from lab.netns.serving import Serving
from tests.netns.fake_kube import FakeKube, slice_of
from tests.oracle.topology import facts_of

A1, B1 = Place.POD_A1, Place.POD_B1
PLAIN = Service(name="plain", endpoints=(A1,), ports=(ServicePort("http", 80),))
UDP = Service(name="udp", endpoints=(A1,), ports=(ServicePort("dns", 53, protocol=Protocol.UDP),))
CHECKED = Service(
    name="checked",
    type=ServiceType.LOAD_BALANCER,
    external_traffic_policy=TrafficPolicy.LOCAL,
    load_balancer_ingress=(IPv4Address("203.0.113.9"),),
    endpoints=(B1,),
    ports=(ServicePort("http", 80),),
)


class Counting(Barrier):
    """A barrier that is always passed at once."""

    def __init__(self) -> None:
        self.passed = 0

    def wait(self) -> None:
        """Counts."""
        self.passed += 1


class Telling(KubeProxies):
    """No kube-proxy runs; logs tell of the ends of syncs, or do not."""

    def __init__(self, *, tells: bool = True) -> None:
        self._tells = tells

    def running(self) -> tuple[Daemon, ...]:
        """None."""
        return ()

    def wait_syncs_ended(self) -> bool:
        """At once."""
        return self._tells


class Here(Namespaces):
    """A node at which nobody listens."""

    @contextmanager
    def inside(self, place: Place | str) -> Iterator[None]:
        """Goes nowhere."""
        assert place
        yield


def serving(
    services: Sequence[Service], *slices: dict[str, object], tells: bool = True
) -> tuple[Serving, Counting]:
    """A lab that serves these; the API has these slices whenever it is asked. tells: what logs of kube-proxies do."""
    kube, barrier, facts = FakeKube(*[list(slices)] * 4), Counting(), facts_of(services)
    known = {each.name: ServiceFacts(IPv4Address("10.96.0.9"), {}) for each in services}
    nothing = cast("Any", None)
    made = Serving(
        kube=kube,
        namespaces=Here(""),
        barrier=barrier,
        zones=nothing,
        service_range=nothing,
        pod_pool=PodPool(kube, lambda _pod: IPv4Address("10.244.1.2")),
        proxies=Telling(tells=tells),
        logs=Path("/logs"),
        facts=replace(facts, services=known),
        services=tuple(services),
    )
    return made, barrier


def ready(service: Service) -> dict[str, object]:
    """The slice that the controller writes for a Service."""
    ports = [{"name": port.name, "port": port.target_port} for port in service.ports]
    return {**slice_of(service.name, *service.endpoints, serving=True, terminating=False), "ports": ports}
