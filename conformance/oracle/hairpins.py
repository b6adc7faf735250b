"""Whether a pod that is chosen to answer itself is masqueraded, so that it does not discard its own address."""

from collections.abc import Iterator

from conformance.oracle.doors import is_proxied
from conformance.oracle.endpoints import Endpoint, endpoints_of, of_the_cluster, of_the_node
from conformance.oracle.world import Setting
from lab.model import Place, Service, ServicePort, TrafficPolicy, Transport


def is_masqueraded_to_itself(setting: Setting, node: Place, endpoint: Endpoint, transport: Transport) -> bool:
    """In iptables mode every endpoint is; in nftables mode, since 1.36, those that the node has for its own.

    These are the endpoints whose nodeName is the node's, of whichever Service: they are known by address and port.

    Source: test/e2e/network/service.go "should allow pods to hairpin back to themselves through services";
    TestClusterIPGeneral "hairpin to cluster IP"; hairpin-connections in pkg/proxy/nftables/proxier.go.
    """
    alike = (endpoint.pod, endpoint.port, transport)
    return not setting.nftables or alike in _own(setting, node)


def _own(setting: Setting, node: Place) -> Iterator[tuple[Place, int, Transport]]:
    """The endpoints of every Service that a node has for its own and may use."""
    for service in filter(None, map(setting.now, setting.world.services.values())):
        for port in service.ports if is_proxied(setting, service) else ():
            for endpoint in _usable(setting, service, port, node):
                if endpoint.node is node:
                    yield endpoint.pod, endpoint.port, Transport(port.protocol.value)


def _usable(setting: Setting, service: Service, port: ServicePort, node: Place) -> Iterator[Endpoint]:
    """What the node may use by either policy. Source: pkg/proxy/topology.go, allReachableEndpoints."""
    endpoints = endpoints_of(setting, service, port)
    yield from of_the_cluster(setting, endpoints, node)
    if TrafficPolicy.LOCAL in (service.internal_traffic_policy, service.external_traffic_policy):
        yield from of_the_node(endpoints, node)
