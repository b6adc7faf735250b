"""Which endpoints a Service has, and which of them a node uses."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from conformance.oracle.world import Setting, Undocumented
from lab.model import Place, PodState, Protocol, Service, ServicePort, TrafficDistribution


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An endpoint as an EndpointSlice shows it to kube-proxy, at one port.

    node: nodeName. zone_hint, node_hint: hints.forZones and hints.forNodes, which have at most one entry here.
    """

    pod: Place
    node: Place | None
    port: int
    ready: bool = True
    serves_until_its_end: bool = False
    zone_hint: str | None = None
    node_hint: Place | None = None


def endpoints_of(setting: Setting, service: Service, port: ServicePort) -> tuple[Endpoint, ...]:
    """The endpoints of one port of a Service: of its selector, or those that its hand-made slice lists."""
    found = _listed(service, port) if service.listed else _selected(setting, service, port)
    return tuple(found)


def _listed(service: Service, port: ServicePort) -> Iterator[Endpoint]:
    """Conditions that a slice leaves out count as ready and serving, whatever the pod is.

    A slice that is labelled as headless is not seen by kube-proxy. Of the addresses of an endpoint the first counts.
    One that is listed as running too, as when a pod gets the address of another that is still to end, is that.

    Source: discovery/v1 EndpointConditions; pkg/proxy/endpointslicecache.go; cmd/kube-proxy/app/server.go.
    """
    if service.headless_slice:
        return
    if isinstance(port.target_port, str):
        raise TypeError(
            f"a hand-made EndpointSlice gives {service.name} port numbers, not {port.target_port!r}"
        )
    running = {each.address for each in service.listed if not each.terminating}
    for each in service.listed:
        if each.address not in running or not each.terminating:
            ends = each.terminating
            yield Endpoint(each.address, each.node, port.target_port, not ends, serves_until_its_end=ends)


def _selected(setting: Setting, service: Service, port: ServicePort) -> Iterator[Endpoint]:
    """What the endpointslice controller writes for the pods of the selector.

    Ready are pods that are ready and not terminating; with publishNotReadyAddresses, all that exist.

    Source: https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/#conditions;
    k8s.io/endpointslice, podToEndpoint.
    """
    for pod in service.endpoints:
        state, number = setting.state(pod), _container_port(setting, pod, port)
        if state is PodState.GONE or number is None:
            continue
        ready = state is PodState.READY or service.publish_not_ready_addresses
        zone, node = _hints(setting, service, pod) if ready else (None, None)
        ends = state is PodState.TERMINATING
        yield Endpoint(pod, pod.node, number, ready, ends, zone, node)


def _container_port(setting: Setting, pod: Place, port: ServicePort) -> int | None:
    """A target port's number in a pod. A name means a container port of the same name and protocol, if there is one.

    Source: https://kubernetes.io/docs/concepts/services-networking/service/#field-spec-ports;
    k8s.io/endpointslice, getEndpointPorts.
    """
    if isinstance(port.target_port, int):
        return port.target_port
    named = setting.world.container_ports[pod] if port.protocol is Protocol.TCP else {}
    return named.get(port.target_port)


def _hints(setting: Setting, service: Service, pod: Place) -> tuple[str | None, Place | None]:
    """The hints that the controller gives a ready endpoint: its zone, with PreferSameNode also its node.

    The annotation topology-mode comes before trafficDistribution. Its own hints are shares of the nodes' CPUs, of
    which the nodes here say nothing; so there are none.

    Source: https://kubernetes.io/docs/reference/networking/virtual-ips/#traffic-distribution; KEP-4444, KEP-3015;
    k8s.io/endpointslice/trafficdist and topologycache.
    """
    zone = setting.world.zones[pod.node]
    if service.traffic_distribution is not None and setting.zone(pod.node) != zone:
        raise Undocumented(f"when {pod}, whose node has got another zone, is hinted for that")
    match None if service.topology_mode else service.traffic_distribution:
        case None:
            return None, None
        case TrafficDistribution.PREFER_SAME_ZONE | TrafficDistribution.PREFER_CLOSE:
            return zone, None
        case TrafficDistribution.PREFER_SAME_NODE:
            return zone, pod.node


def of_the_cluster(setting: Setting, endpoints: Sequence[Endpoint], node: Place) -> Sequence[Endpoint]:
    """The endpoints that a node uses where the policy is Cluster: ready ones near it, else terminating ones.

    Source: KEP-1669; pkg/proxy/topology.go CategorizeEndpoints; TestTerminatingEndpointsTrafficPolicyCluster.
    """
    ready = [each for each in endpoints if each.ready]
    near = _near(setting, ready, node)
    return [each for each in ready if near(each)] or [each for each in endpoints if each.serves_until_its_end]


def _near(setting: Setting, ready: Sequence[Endpoint], node: Place) -> Callable[[Endpoint], bool]:
    """Hints count if every ready endpoint has them and one is for this node, or else for its zone.

    Source: https://kubernetes.io/docs/concepts/services-networking/topology-aware-routing/#safeguards;
    KEP-3015; pkg/proxy/topology.go topologyModeFromHints.
    """
    zone = setting.zone(node)
    if all(each.node_hint for each in ready) and any(each.node_hint is node for each in ready):
        return lambda each: each.node_hint is node
    if all(each.zone_hint for each in ready) and any(each.zone_hint == zone for each in ready):
        return lambda each: each.zone_hint == zone
    return lambda _: True


def of_the_node(endpoints: Sequence[Endpoint], node: Place) -> Sequence[Endpoint]:
    """The endpoints that a node uses where the policy is Local: its own, by nodeName; hints do not count.

    Each node falls back to its own terminating endpoints, whatever others have.

    Source: KEP-1669, KEP-2086; pkg/proxy/topology.go; TestTerminatingEndpointsTrafficPolicyLocal.
    """
    own = [each for each in endpoints if each.node is node]
    return [each for each in own if each.ready] or [each for each in own if each.serves_until_its_end]


def has_any(endpoints: Sequence[Endpoint]) -> bool:
    """Whether a Service has endpoints that can be used from anywhere in the cluster.

    Source: pkg/proxy/topology.go CategorizeEndpoints, hasAnyEndpoints.
    """
    return any(each.ready or each.serves_until_its_end for each in endpoints)
