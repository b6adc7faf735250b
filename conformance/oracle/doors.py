"""Whether a front door of a Service captures what comes to it."""

from collections.abc import Sequence
from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network

from conformance.oracle.world import Setting
from lab.model import (
    ClusterIP,
    Creation,
    ExternalIP,
    Host,
    HttpTarget,
    IPMode,
    LoadBalancerIP,
    NodeAddress,
    NodePort,
    OtherPort,
    Place,
    PodIP,
    Service,
    ServiceTarget,
    ServiceType,
    Target,
    Unallocated,
)

_PRIMARY = "primary"
_EVERY = IPv4Network("0.0.0.0/0")


def is_proxied(setting: Setting, service: Service) -> bool:
    """Whether kube-proxy serves a Service at all: not headless ones, ExternalNames, and those of another proxy.

    Source: https://kubernetes.io/docs/concepts/services-networking/service/#headless-services; KEP-2447;
    TestBuildServiceMapServiceHeadless; test/e2e/network/service.go "should implement service-proxy-name".
    """
    given = setting.world.services.get(service.name)
    exists = given is not None and setting.now(given) == service
    named = service.type is ServiceType.EXTERNAL_NAME
    return exists and not (named or service.headless or service.proxy_name)


def now_at(setting: Setting, given: ServiceTarget) -> ServiceTarget | None:
    """A front door as it is now; None where the Service has it no more, or at another address or port.

    Source: as for check_door.
    """
    now = setting.now(given.service)
    if now is None or not _has_door(now, type(given)):
        return None
    port = next((port for port in now.ports if port.name == given.port), None)
    was = given.service.port(given.port)
    if port is None or (port.port, port.protocol) != (was.port, was.protocol):
        return None
    moved = isinstance(given, NodePort) and port.node_port != was.node_port
    return (
        None
        if moved or _addresses(given, now) != _addresses(given, given.service)
        else replace(given, service=now)
    )


def _addresses(door: ServiceTarget, service: Service) -> Sequence[IPv4Address]:
    """The addresses that a Service asks to be served at such a door; a cluster IP that it was given stays."""
    match door:
        case LoadBalancerIP():
            return service.load_balancer_ingress
        case ExternalIP():
            return service.external_ips
        case ClusterIP() | NodePort():
            return ()


def check_door(target: Target) -> None:
    """ValueError where the API gives the Service no such door.

    Source: https://kubernetes.io/docs/concepts/services-networking/service/#publishing-services-service-types.
    """
    if isinstance(target, Unallocated | PodIP | Host | HttpTarget | Creation):
        return
    door = type(target.door if isinstance(target, OtherPort) else target)
    if not _has_door(target.service, door):
        raise ValueError(f"Service {target.service.name} has no {door.__name__}")


def _has_door(service: Service, door: type[ServiceTarget]) -> bool:
    balanced = service.type is ServiceType.LOAD_BALANCER
    if door is NodePort:
        return service.type is ServiceType.NODE_PORT or (
            balanced and service.allocate_load_balancer_node_ports
        )
    if door is LoadBalancerIP:
        return balanced and bool(service.load_balancer_ingress)
    if door is ExternalIP:
        return bool(service.external_ips)
    return not service.headless and service.type is not ServiceType.EXTERNAL_NAME


def serves_node_port_at(setting: Setting, node: Place, at: NodeAddress) -> bool:
    """Whether node ports are served at this address of a node.

    By default iptables mode serves every local address, 127.0.0.1 too; nftables mode the primary one only, and
    127.0.0.1 never.

    Source: https://kubernetes.io/docs/reference/networking/virtual-ips/#migrating-from-iptables-mode-to-nftables;
    TestNodePorts; pkg/proxy/util/nodeport_addresses.go.
    """
    if setting.nftables and at is NodeAddress.LOOPBACK:
        return False
    default = (_PRIMARY,) if setting.nftables else (str(_EVERY),)
    addresses = setting.proxy(node).node_port_addresses or default
    if addresses == (_PRIMARY,):
        return at is NodeAddress.PRIMARY
    address = setting.world.node_addresses[node][at]
    return any(address in IPv4Network(each) for each in addresses)


def is_left_to_the_balancer(service: Service) -> bool:
    """Whether nodes leave the load balancer's address to the balancer.

    Source: KEP-1860; https://kubernetes.io/docs/concepts/services-networking/service/#load-balancer-ip-mode;
    TestLoadBalancerIngressRouteTypeProxy. The policy has no say in it: newBaseServiceInfo in pkg/proxy/serviceport.go
    keeps the address from the rules; what the policy should be to a balancer's packets is https://issues.k8s.io/123714.
    """
    return service.load_balancer_ip_mode is IPMode.PROXY


def is_shut_out(setting: Setting, service: Service, sender: IPv4Address, *, served: bool) -> bool:
    """Whether loadBalancerSourceRanges shut this sender out of the load balancer's address.

    The sender's address is looked at as it comes, a pod's own too. iptables mode looks only while the Service has
    endpoints (served), nftables mode always.

    Source: https://kubernetes.io/docs/concepts/services-networking/service/#loadbalancer; TestLoadBalancer;
    usesFWChain in pkg/proxy/iptables/proxier.go and pkg/proxy/nftables/proxier.go.
    """
    ranges = service.load_balancer_source_ranges
    looked_at = bool(ranges) and (setting.nftables or served)
    return looked_at and not any(sender in each for each in ranges)
