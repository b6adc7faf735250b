"""The seams of a lab: what the rest of the suite may ask of a cluster, whichever kind of lab made it."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from lab.model import (
    Facts,
    Flow,
    Headers,
    NodeState,
    Place,
    PodState,
    ProxyHas,
    Resolution,
    Service,
    Trace,
    Watch,
)
from lab.profiles import Profile


@dataclass(frozen=True, slots=True)
class Deviation:
    """One thing in which this lab differs from a production cluster, and why that is so."""

    what: str
    why: str


@dataclass(frozen=True, slots=True)
class ProgramFacts:
    """A program that takes part: version as it names itself, sha256 of the file, where it came from."""

    name: str
    version: str
    sha256: str
    origin: str


@dataclass(frozen=True, slots=True)
class Figures:
    """What a lab measured of itself. Seconds, but for `captured` and `dropped`, which count packets."""

    up_seconds: float
    programmed_seconds: tuple[float, ...]
    captured: int
    dropped: int


class Carrier(StrEnum):
    """What has carried a packet on: an entry of a kernel; PACKET is the packet itself, as it was captured."""

    PACKET = "packet"
    RULE = "rule"
    ROUTE = "route"
    INTERFACE = "interface"
    NEIGHBOUR = "neighbour"
    FORWARDING = "forwarding"


@dataclass(frozen=True, slots=True)
class PathEntry:
    """One entry of a path. place: in whose kernel it stands. text: in the words of `nft`, `iptables-save` or `ip`."""

    place: str
    carrier: Carrier
    text: str


@dataclass(frozen=True, slots=True)
class PodPath:
    """How a pod's packet to a Service came to the Service's one endpoint, entry by entry, as captures had it pass."""

    sender: str
    service: str
    endpoint: str
    entries: tuple[PathEntry, ...]


@dataclass(frozen=True, slots=True)
class NodeTables:
    """What a node's kernel routes by, a line each as `ip` and `bridge` print them.

    rules: of policy routing. forwarding: of its bridges and tunnels, by MAC.
    """

    node: str
    interfaces: tuple[str, ...]
    rules: tuple[str, ...]
    routes: tuple[str, ...]
    neighbours: tuple[str, ...]
    forwarding: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PodNetworkRecord:
    """How a lab's network takes packets from kube-proxy's DNAT to pods. error: why it could not be read."""

    paths: tuple[PodPath, ...] = ()
    nodes: tuple[NodeTables, ...] = ()
    error: str = ""


@dataclass(frozen=True, slots=True)
class LabRecord:
    """A lab as a report describes it. pod_network: None where it was not looked at."""

    lab: str
    kind: str
    profile: str
    kernel: str
    kubernetes: str
    network: str
    programs: tuple[ProgramFacts, ...]
    tools: Mapping[str, str]
    deviations: tuple[Deviation, ...]
    figures: Figures
    pod_network: PodNetworkRecord | None = None


@dataclass(frozen=True, slots=True)
class ApiAnswer:
    """What the API said to a request: the HTTP status, its reason, and the fields that it complains of, in order."""

    status: int
    reason: str = ""
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of a node's kernel, or an element of a set or map.

    table: family and name, as nft says it. chain: the chain, set or map. handle: 0 where the kernel gives none, or was
    not asked for it.
    """

    table: str
    chain: str
    handle: int
    text: str


@dataclass(frozen=True, slots=True)
class Passed:
    """A rule that the kernel says a packet passed, or the policy of a chain that it fell to.

    handle: of the rule, 0 for a policy. verdict: what the rule said, such as `jump KUBE-SERVICES`.
    """

    node: Place
    table: str
    chain: str
    handle: int
    verdict: str


@dataclass(frozen=True, slots=True)
class TracedProbe:
    """One probe as the captures saw it, and as the kernels of the nodes tell it themselves."""

    trace: Trace
    passed: tuple[Passed, ...]


class Cluster(Protocol):
    """A cluster that is up. Every method may raise LabError."""

    @property
    def profile(self) -> Profile:
        """What is under test."""
        ...

    def facts(self) -> Facts:
        """Addresses, as they are now."""
        ...

    def awaited_together(self) -> AbstractContextManager[None]:
        """For changes of Services and pods: they return when the API has them, their rules are awaited behind it."""
        ...

    def set_services(self, services: Sequence[Service]) -> None:
        """Makes exactly these Services exist, their pods labelled; returns when the rules of every node have them."""
        ...

    def set_pods(self, states: Mapping[Place, PodState]) -> None:
        """Brings pods into these states through the API; returns when every node's rules know."""
        ...

    def set_nodes(self, states: Mapping[Place, NodeState]) -> None:
        """Brings Node objects into these states through the API; returns when the nodes' kube-proxies know."""
        ...

    def set_proxies(self, configured: Sequence[ProxyHas]) -> None:
        """Restarts the kube-proxies that are configured otherwise; returns when their rules are written."""
        ...

    def change_service(self, name: str, now: Service | None) -> None:
        """Makes one of the Services be so, with the addresses that it has or had; None deletes it.

        Returns when the rules of every node have it.
        """
        ...

    def connect(self, flow: Flow) -> None:
        """Opens the connection of a TCP flow with a source port, over which what is sent of it goes from then on."""
        ...

    def send(self, flow: Flow, count: int) -> Sequence[Trace]:
        """Sends `count` fresh probes; what became of each, its silence proven, or marked as lost with the sentinels."""
        ...

    def captured(self) -> Sequence[Trace]:
        """What was seen of the probes that were sent last, also where an error has ended that before all was seen."""
        ...

    def resolve(self, flow: Flow, count: int) -> Resolution:
        """As send, once nodes and pods have forgotten their neighbours: also who was asked for by ARP meanwhile."""
        ...

    def watch(self, flows: Sequence[Flow], change: Callable[[], None]) -> Watch:
        """Sends fresh probes of these flows, each from a place of its own, all the while that `change` runs.

        Also for a while before and after it. change: uses this cluster to change something, and waits for it.
        """
        ...

    def create(self, flow: Flow) -> ApiAnswer:
        """Asks the API, from the flow's sender, to create a Service; deletes again what it accepts."""
        ...

    def most_remembered(self) -> int | None:
        """The most clients that a node remembers of one endpoint, for session affinity; None where nothing limits them.

        Never judged: it tells whether there were more clients than fit.
        """
        ...

    def idle(self, seconds: float) -> None:
        """Returns when so much time has passed in which the lab sent nothing."""
        ...

    def record(self) -> LabRecord:
        """The lab as a report describes it, figures as of now."""
        ...


class Inspectable(Protocol):
    """A cluster into which one can look, for what a report shows beside a verdict. Every method may raise LabError."""

    def send_traced(self, flow: Flow) -> TracedProbe:
        """Sends one more probe, with the kernels of all nodes telling which rules it passes. Never judged."""
        ...

    def rules(self, node: Place, *, fresh: bool) -> Sequence[Rule]:
        """The rules of a node, to be shown and never judged.

        fresh: read now and not since the last change, and with handles also where that takes longer.
        """
        ...

    def connection(self, node: Place, asked: Headers) -> str:
        """What a node tracks of the connection whose first packet had these addresses; empty for nothing."""
        ...

    def connections(self, node: Place) -> Sequence[str]:
        """Every connection that a node tracks, a line each, as the kernel prints them."""
        ...

    def pod_network(self) -> PodNetworkRecord:
        """How the network takes packets to pods: asks Services of its own, which are gone behind it."""
        ...

    def manifests(self, service: Service) -> str:
        """A Service and its EndpointSlices as the API has them, as YAML without what the API keeps for itself."""
        ...
