"""Asks by packets whether a fault changes anything at all: every sender, every front door, with and without it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from conformance.outcome import Outcome, Steady, Unstable
from conformance.verdict import has_lost
from lab.errors import LabError
from lab.model import (
    NODES,
    PODS,
    Circumstance,
    ClusterIP,
    ExternalIP,
    Facts,
    Flow,
    LoadBalancerIP,
    NodeAddress,
    NodePort,
    OtherPort,
    Place,
    Protocol,
    Service,
    ServiceTarget,
    Transport,
)
from svcproof.evidence import flow_record
from svcproof.sabotage.bench import Bench
from svcproof.sabotage.results import Difference, Equivalence


def flows(service: Service, facts: Facts) -> Iterator[Flow]:
    """Every front door of a Service, and what lies beside it, from every kind of sender.

    These are three nodes, a pod on each, the endpoints, and outside through each node.
    """
    pods = {max(pod for pod in PODS if pod.node is node) for node in NODES}
    inside = (*NODES, *sorted(pods | set(service.endpoints)))
    allotted = facts.services[service.name]
    for port in service.ports:
        doors: list[ClusterIP | LoadBalancerIP | ExternalIP] = []
        doors += [ClusterIP(service, port.name)] if service.cluster_ip or allotted.cluster_ip else []
        doors += [LoadBalancerIP(service, port.name)] if service.load_balancer_ingress else []
        doors += [ExternalIP(service, port.name)] if service.external_ips else []
        for door in doors:
            for target in _around(door):
                yield from (Flow(sender, target) for sender in inside)
                yield from (Flow(Place.CLIENT, target, via=node) for node in NODES)
        if port.node_port or port.name in allotted.node_ports:
            for node in NODES:
                at_node = NodePort(service, port.name, node)
                for at in (NodeAddress.SECONDARY, NodeAddress.OTHER_NETWORK):
                    beside = replace(at_node, at=at)
                    senders = [pod for pod in sorted(pods) if pod.node is node or at is NodeAddress.SECONDARY]
                    yield from (Flow(sender, beside) for sender in (*senders, Place.CLIENT))
                yield from (Flow(node, at) for at in _around(replace(at_node, at=NodeAddress.LOOPBACK)))
                for sender in (*inside, Place.CLIENT, Place.FAR_CLIENT):
                    yield from (Flow(sender, target) for target in _around(at_node))


def _around(door: ServiceTarget) -> tuple[ServiceTarget | OtherPort, ...]:
    """A front door, and what lies next to it: the other protocol at its number, and the number behind it."""
    own = door.service.port(door.port).protocol
    other = Transport.UDP if own is Protocol.TCP else Transport.TCP
    return door, OtherPort(door, other), OtherPort(door, Transport(own.value), after=1)


_BLIND = "the lab could not tell"


class Proof:
    """Outcomes without a fault, kept: they are the same for every fault of the same rules."""

    def __init__(self, bench: Bench, services: Sequence[Service], when: Collection[Circumstance]) -> None:
        self._bench = bench
        self._when = tuple(when)
        facts = bench.cluster.facts()
        self._flows = {
            service.name: tuple(flows(service, facts))
            for service in services
            if service.name in facts.services and not service.proxy_name and not service.external_name
        }
        self._shapes = _shapes(services)
        self._sound: dict[Flow, Outcome] = {}

    def flows_of(self, service: str) -> tuple[Flow, ...]:
        """The flows that a fault of this Service could change; of a Service of every shape where it is shared."""
        names = [service] if service else self._shapes
        return tuple(flow for name in names for flow in self._flows.get(name, ()))

    def outcomes(self, flows: Sequence[Flow]) -> Mapping[Flow, Outcome | None]:
        """What becomes of these flows now; None for those that the lab cannot judge."""
        return {flow: self._outcome(flow) for flow in flows}

    def _outcome(self, flow: Flow) -> Outcome | None:
        try:
            return self._bench.observe(flow, self._when)
        except LabError:
            return None

    def _sound_outcome(self, flow: Flow) -> Outcome | None:
        """As it is without a fault. Where sentinels are lost then, the lab cannot judge the flow."""
        outcome = self._outcome(flow)
        return None if outcome is None or has_lost(outcome) else outcome

    def compared(self, with_fault: Mapping[Flow, Outcome | None]) -> Equivalence:
        """To be called without the fault: sends what was not sent yet, and compares what can be judged then."""
        # What was lost with the fault may be lost at this time without it, too.
        missing = [
            flow
            for flow, now in with_fault.items()
            if flow not in self._sound or (now is not None and has_lost(now))
        ]
        for flow in missing:
            # What cannot be judged now is asked again about the next fault.
            self._sound.pop(flow, None)
            if (sound := self._sound_outcome(flow)) is not None:
                self._sound[flow] = sound
        pairs = [(flow, self._sound[flow], now) for flow, now in with_fault.items() if flow in self._sound]
        return Equivalence(
            len(pairs),
            tuple(
                Difference(_words(flow), str(sound), str(now or _BLIND))
                for flow, sound, now in pairs
                if _kinds(sound) != _kinds(now)
            ),
        )


def _kinds(outcome: Outcome | None) -> Outcome | frozenset[Steady] | None:
    """An outcome without what chance decides: how many probes of an unstable batch had which."""
    return frozenset(fate.outcome for fate in outcome.history) if isinstance(outcome, Unstable) else outcome


def _shapes(services: Sequence[Service]) -> list[str]:
    """One Service of each shape: those that differ in names, endpoints and addresses only are alike."""
    shapes: dict[Service, str] = {}
    for service in services:
        shape = replace(
            service,
            name="",
            endpoints=service.endpoints[:1] and (Place.POD_A1,),
            listed=(),
            load_balancer_ingress=service.load_balancer_ingress and service.load_balancer_ingress[:0],
            external_ips=(),
            load_balancer_source_ranges=(),
            ports=(),
        )
        shapes.setdefault(shape, service.name)
    return list(shapes.values())


def _words(flow: Flow) -> str:
    record = flow_record(flow)
    via = f" via {record.via}" if record.via else ""
    return f"{record.sender} to {record.target}{via}"
