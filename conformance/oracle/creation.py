"""What the API says to a Service that it is asked to create."""

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network

from conformance.oracle.world import Setting
from conformance.outcome import Accepted, Outcome, Rejected
from lab.model import Creation, Service, ServiceType, TrafficPolicy

_NODE_PORTS = range(30000, 32768)
_LONGEST_AFFINITY = 86400
_SERVICE_CIDR = IPv4Network("10.96.0.0/16")
"""What the lab's API is started with."""


def creation(setting: Setting, asked: Creation) -> Outcome:
    """Accepted, or Rejected for every field that does not hold; for what is taken only where all else holds.

    Source: https://kubernetes.io/docs/reference/kubernetes-api/service-resources/service-v1/;
    pkg/apis/core/validation/validation.go ValidateService; pkg/registry/core/service/storage/alloc.go.
    """
    invalid = tuple(_invalid(asked.service, dict(asked.spec)))
    if invalid:
        return Rejected(invalid)
    taken = tuple(_taken(setting, asked.service))
    return Rejected(taken[:1]) if taken else Accepted()


def _invalid(service: Service, spec: dict[str, object]) -> Iterator[str]:
    outside = service.type in (ServiceType.NODE_PORT, ServiceType.LOAD_BALANCER)
    balanced = service.type is ServiceType.LOAD_BALANCER
    local = service.external_traffic_policy is TrafficPolicy.LOCAL
    if service.headless and outside:
        yield "spec.clusterIPs[0]"
    if service.type is ServiceType.EXTERNAL_NAME and not service.external_name:
        yield "spec.externalName"
    timeout = service.session_affinity_seconds
    if timeout is not None and not 0 < timeout <= _LONGEST_AFFINITY:
        yield "spec.sessionAffinityConfig.clientIP.timeoutSeconds"
    if service.load_balancer_source_ranges and not balanced:
        yield "spec.LoadBalancerSourceRanges"
    ranges = spec.get("loadBalancerSourceRanges", ())
    if isinstance(ranges, tuple):
        yield from (
            f"spec.LoadBalancerSourceRanges[{at}]" for at, each in enumerate(ranges) if not _is_network(each)
        )
    if "externalTrafficPolicy" in spec and not outside and not service.external_ips:
        yield "spec.externalTrafficPolicy"
    if service.health_check_node_port and not (balanced and local):
        yield "spec.healthCheckNodePort"


def _is_network(text: object) -> bool:
    try:
        IPv4Network(text)
    except ValueError:
        return False
    return True


def _taken(setting: Setting, service: Service) -> Iterator[str]:
    """What cannot be allotted: addresses and ports out of range, or of another Service."""
    others = [now for given in setting.world.services.values() if (now := setting.now(given)) is not None]
    if service.cluster_ip is not None:
        known = {each.cluster_ip for each in others}
        if service.cluster_ip in known or not _is_free(service.cluster_ip):
            yield "spec.clusterIPs"
    numbers = {port.node_port for each in others for port in each.ports}
    for at, port in enumerate(service.ports):
        if port.node_port and (port.node_port in numbers or port.node_port not in _NODE_PORTS):
            yield f"spec.ports[{at}].nodePort"


def _is_free(address: IPv4Address) -> bool:
    edges = (_SERVICE_CIDR.network_address, _SERVICE_CIDR.broadcast_address)
    return address in _SERVICE_CIDR and address not in edges
