"""What a node does with a packet that has come to a front door of a Service."""

from collections.abc import Sequence

from conformance.oracle.answers import always_the_same, answer_of_kernel, answer_of_service, dropped, refused
from conformance.oracle.doors import is_left_to_the_balancer, is_proxied, is_shut_out, serves_node_port_at
from conformance.oracle.endpoints import Endpoint, endpoints_of, has_any, of_the_cluster, of_the_node
from conformance.oracle.packets import From, Packet, is_pod_traffic
from conformance.oracle.sources import is_masqueraded_at_cluster_ip
from conformance.oracle.world import Setting, Undocumented
from conformance.outcome import Dropped, Forwarded, Outcome
from lab.model import (
    ClusterIP,
    ExternalIP,
    LoadBalancerIP,
    NodeAddress,
    NodePort,
    Place,
    Service,
    ServicePort,
    ServiceTarget,
    TrafficPolicy,
    Transport,
)


def at_no_service(setting: Setting, packet: Packet) -> Outcome:
    """An address of the cluster IP range that no Service of kube-proxy has: dropped in nftables mode, else routed.

    Source: KEP-3866; https://kubernetes.io/docs/reference/networking/virtual-ips/#migrating-from-iptables-mode-to-nftables.
    """
    return dropped(packet) if setting.nftables else leaves()


def at_no_port(setting: Setting, packet: Packet, door: ServiceTarget) -> Outcome:
    """A port, or a ping, that an address does not have: at cluster IPs refused in nftables mode, else routed.

    Source: as above; TestClusterIPGeneral.
    """
    if not isinstance(door, ClusterIP):
        return leaves()
    if not is_proxied(setting, door.service):
        return at_no_service(setting, packet)
    return refused(packet) if setting.nftables else leaves()


def at_localhost_from_outside() -> Outcome:
    """What comes from the network to 127.0.0.1 is dropped, also where kube-proxy lets nodes route that address.

    Source: https://github.com/kubernetes/kubernetes/issues/92315 (CVE-2020-8558); RFC 1122 section 3.2.1.3.
    """
    return Dropped()


def at_no_node_port(packet: Packet, transport: Transport) -> Outcome:
    """A port of a node that no Service has: the node's own, where nothing listens.

    Source: https://kubernetes.io/docs/concepts/services-networking/service/#type-nodeport.
    """
    return answer_of_kernel(packet.node, transport)


def leaves() -> Outcome:
    """What kube-proxy does not touch goes where the nodes' default route leads."""
    return Forwarded(Place.ROUTER)


def at_cluster_ip(setting: Setting, packet: Packet, service: Service, port: ServicePort) -> Outcome:
    """A cluster IP serves by internalTrafficPolicy: refuses without any endpoint, drops without one of the node.

    Source: https://kubernetes.io/docs/concepts/services-networking/service-traffic-policy/; KEP-2086;
    TestInternalTrafficPolicy, TestNoEndpointsReject.
    """
    if not is_proxied(setting, service):
        return at_no_service(setting, packet)
    endpoints = endpoints_of(setting, service, port)
    if not has_any(endpoints):
        return refused(packet)
    local = service.internal_traffic_policy is TrafficPolicy.LOCAL
    used = of_the_node(endpoints, packet.node) if local else of_the_cluster(setting, endpoints, packet.node)
    if not used:
        return dropped(packet)
    masqueraded = is_masqueraded_at_cluster_ip(setting, packet)
    return _served(setting, packet, service, port, used, masqueraded=masqueraded)


def at_outside_address(setting: Setting, packet: Packet, target: LoadBalancerIP | ExternalIP) -> Outcome:
    """A load balancer's address or an external IP: every node takes it for its own, whoever asks.

    Without endpoints it refuses; in iptables mode a node's own packets are not looked at, and leave. Without the gate
    AllowServiceExternalIPs, external IPs are nothing to kube-proxy.

    Source: TestLoadBalancer, TestNoEndpointsReject; KUBE-EXTERNAL-SERVICES in pkg/proxy/iptables/proxier.go; KEP-5707.
    """
    service, port = target.service, target.service.port(target.port)
    balanced = isinstance(target, LoadBalancerIP)
    ignored = is_left_to_the_balancer(service) if balanced else not setting.proxy(packet.node).external_ips
    if not is_proxied(setting, service) or ignored:
        return leaves()
    endpoints = endpoints_of(setting, service, port)
    served = has_any(endpoints)
    if balanced and is_shut_out(setting, service, setting.world.primary[packet.sender], served=served):
        return dropped(packet)
    if served:
        return _outside(setting, packet, service, port, endpoints)
    unseen = packet.came is From.ITSELF and not setting.nftables
    return leaves() if unseen else refused(packet)


def at_node_port(setting: Setting, packet: Packet, target: NodePort) -> Outcome:
    """A node port at one of a node's addresses; where it is not served, the node's kernel answers.

    iptables mode refuses and drops at every local address, whatever nodePortAddresses says.

    Source: https://kubernetes.io/docs/concepts/services-networking/service/#type-nodeport; TestNodePorts,
    TestNoEndpointsReject.
    """
    service, port = target.service, target.service.port(target.port)
    endpoints = endpoints_of(setting, service, port) if is_proxied(setting, service) else ()
    captured = serves_node_port_at(setting, packet.node, target.at)
    if captured and has_any(endpoints):
        _check_own_bridge(packet, target)
        return _outside(setting, packet, service, port, endpoints)
    if is_proxied(setting, service) and (captured or not setting.nftables):
        if not has_any(endpoints):
            return refused(packet)
        if _is_local(service) and not of_the_node(endpoints, packet.node):
            return Dropped()
    return answer_of_kernel(packet.node, Transport(port.protocol.value))


def _check_own_bridge(packet: Packet, target: NodePort) -> None:
    """A node that asks itself at its bridge's address sends from it, which looks like a pod's."""
    itself = packet.came is From.ITSELF and target.at is NodeAddress.BRIDGE
    if itself and _is_local(target.service):
        raise Undocumented(f"whether {packet.node} is a pod to itself when it asks at its {target.at}")


def _outside(
    setting: Setting, packet: Packet, service: Service, port: ServicePort, endpoints: Sequence[Endpoint]
) -> Outcome:
    """The doors to the outside serve by externalTrafficPolicy.

    Cluster: any endpoint, masqueraded. Local: the node's own endpoints, which see the sender. Pods and the node
    itself are inside: they reach any endpoint also with Local; a node is masqueraded then, a pod is not.

    Source: https://kubernetes.io/docs/reference/networking/virtual-ips/#external-traffic-policy;
    TestExternalTrafficPolicyLocal, TestExternalTrafficPolicyCluster, TestInternalExternalMasquerade.
    """
    cluster = of_the_cluster(setting, endpoints, packet.node)
    if not _is_local(service):
        return _served(setting, packet, service, port, cluster, masqueraded=True)
    if is_pod_traffic(setting, packet):
        return _served(setting, packet, service, port, cluster, masqueraded=False)
    if packet.came is From.ITSELF:
        return _served(setting, packet, service, port, cluster, masqueraded=True)
    own = of_the_node(endpoints, packet.node)
    return _served(setting, packet, service, port, own, masqueraded=False) if own else dropped(packet)


def _is_local(service: Service) -> bool:
    return service.external_traffic_policy is TrafficPolicy.LOCAL


def _served(
    setting: Setting,
    packet: Packet,
    service: Service,
    port: ServicePort,
    used: Sequence[Endpoint],
    *,
    masqueraded: bool,
) -> Outcome:
    transport = Transport(port.protocol.value)
    outcome = answer_of_service(setting, packet, used, transport, masqueraded=masqueraded)
    return outcome if service.session_affinity_seconds is None else always_the_same(outcome)
