"""Services through the API: manifests, and the labels that their selectors match."""

from collections.abc import Mapping, Sequence
from ipaddress import IPv4Address
from typing import Any

from lab.api import ApiAnswer
from lab.kube import Kube, Manifest
from lab.model import (
    Creation,
    Place,
    Service,
    ServiceFacts,
    ServicePort,
    ServiceType,
    TrafficPolicy,
)
from lab.netns.pods import PodPool
from lab.side_by_side import side_by_side

_LABEL = "svcproof.invalid"
_PROXY_NAME = "service.kubernetes.io/service-proxy-name"
_TOPOLOGY_MODE = "service.kubernetes.io/topology-mode"


def manifest(service: Service, allotted: ServiceFacts | None = None) -> Manifest:
    """The Service's manifest. Its selector is a label of its own, which its pods are given.

    allotted: the addresses and node ports to ask for; None leaves them to the API.
    """
    labels = {_PROXY_NAME: service.proxy_name} if service.proxy_name else {}
    annotated = {"annotations": {_TOPOLOGY_MODE: service.topology_mode}} if service.topology_mode else {}
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": service.name, "labels": labels, **annotated},
        "spec": {key: value for key, value in _spec(service, allotted).items() if value is not None},
    }


def _spec(service: Service, allotted: ServiceFacts | None) -> dict[str, object]:
    """The spec's fields; None for those that are left to the API."""
    outside = service.type in (ServiceType.NODE_PORT, ServiceType.LOAD_BALANCER)
    named = service.type is ServiceType.EXTERNAL_NAME
    with_external_policy = outside or (service.external_ips and not named)
    balanced = service.type is ServiceType.LOAD_BALANCER
    affinity = service.session_affinity_seconds
    node_ports = {} if allotted is None or not outside else allotted.node_ports
    return {
        "type": service.type.value,
        "clusterIP": "None" if service.headless else _cluster_ip(service, allotted),
        "externalName": service.external_name or None,
        "selector": None if service.listed else {label(service): "yes"},
        "ports": [_port(port, node_ports.get(port.name)) for port in service.ports],
        "externalIPs": [str(address) for address in service.external_ips] or None,
        "externalTrafficPolicy": service.external_traffic_policy.value if with_external_policy else None,
        "internalTrafficPolicy": service.internal_traffic_policy.value,
        "loadBalancerSourceRanges": [str(each) for each in service.load_balancer_source_ranges] or None,
        "healthCheckNodePort": service.health_check_node_port or None,
        "allocateLoadBalancerNodePorts": service.allocate_load_balancer_node_ports if balanced else None,
        "trafficDistribution": service.traffic_distribution and service.traffic_distribution.value,
        "publishNotReadyAddresses": service.publish_not_ready_addresses,
        "sessionAffinity": "None" if affinity is None else "ClientIP",
        "sessionAffinityConfig": None if affinity is None else {"clientIP": {"timeoutSeconds": affinity}},
    }


def _cluster_ip(service: Service, allotted: ServiceFacts | None) -> str | None:
    """The one that the Service asks for, else the one that it was allotted."""
    if service.type is ServiceType.EXTERNAL_NAME:
        return None
    address = service.cluster_ip or (None if allotted is None else allotted.cluster_ip)
    return None if address is None else str(address)


def _port(port: ServicePort, node_port: int | None) -> dict[str, object]:
    return {
        "name": port.name,
        "port": port.port,
        "targetPort": port.target_port,
        "protocol": port.protocol.value,
        **({"nodePort": port.node_port or node_port} if port.node_port or node_port else {}),
    }


def label(service: Service) -> str:
    """The label key that selects this Service's pods."""
    return f"{_LABEL}/{service.name}"


def create(kube: Kube, service: Service, allotted: ServiceFacts | None = None) -> ServiceFacts:
    """Creates a Service, and the addresses that a cloud would report. allotted: as for a manifest."""
    answer = kube.create_service(manifest(service, allotted))
    _report_balancer(kube, service)
    return facts(answer)


def _report_balancer(kube: Kube, service: Service) -> None:
    if service.load_balancer_ingress:
        mode = service.load_balancer_ip_mode.value
        ingress = [{"ip": str(each), "ipMode": mode} for each in service.load_balancer_ingress]
        kube.patch_service_status(service.name, {"loadBalancer": {"ingress": ingress}})


def try_to_create(kube: Kube, asked: Creation) -> ApiAnswer:
    """Asks for a Service; what the API says to it."""
    wanted = manifest(asked.service)
    spec = {**wanted["spec"], **dict(asked.spec)}
    status, said = kube.try_to_create_service({**wanted, "spec": spec})
    causes = said.get("details", {}).get("causes", ()) if said["kind"] == "Status" else ()
    return ApiAnswer(status, said.get("reason", ""), tuple(cause["field"] for cause in causes))


def is_health_checked(service: Service) -> bool:
    """Whether the API gives the Service a healthCheckNodePort."""
    local = service.external_traffic_policy is TrafficPolicy.LOCAL
    return local and service.type is ServiceType.LOAD_BALANCER


def facts(answer: Mapping[str, Any]) -> ServiceFacts:
    """What the API allotted, from its answer."""
    spec = answer["spec"]
    cluster_ip = spec.get("clusterIP", "None")
    return ServiceFacts(
        None if cluster_ip in ("", "None") else IPv4Address(cluster_ip),
        {port["name"]: port["nodePort"] for port in spec.get("ports", ()) if port.get("nodePort")},
        spec.get("healthCheckNodePort", 0),
    )


def change(kube: Kube, service: Service, allotted: ServiceFacts) -> None:
    """Has a Service that is there be as this one says, with what it was allotted."""
    kube.replace_service(service.name, manifest(service, allotted))
    _report_balancer(kube, service)


def delete(kube: Kube, service: Service) -> None:
    """Deletes a Service, and its slices as the garbage collector does."""
    kube.delete_service(service.name)
    kube.delete_endpoint_slices(service.name)


def label_pods(pods: PodPool, given: Sequence[Service] = (), taken: Sequence[Service] = ()) -> None:
    """Gives pods the labels of their Services, and takes away those of others, each pod in one write.

    Labels are taken from all that have them, too, which may be pods that a Service of that name had before.
    """
    by_pod: dict[Place, dict[str, str | None]] = {}
    for service, value in (*((each, None) for each in taken), *((each, "yes") for each in given)):
        key = label(service)
        for pod in labelled(pods, key) - set(service.endpoints):
            by_pod.setdefault(pod, {})[key] = None
        for pod in service.endpoints:
            by_pod.setdefault(pod, {})[key] = value
    side_by_side(lambda each: pods.label(*each), by_pod.items())


def relabel_pods(pods: PodPool, service: Service) -> None:
    """Gives the pods of this Service their label, and takes it from all others."""
    key = label(service)
    before, wanted = labelled(pods, key), set(service.endpoints)
    side_by_side(lambda pod: pods.label(pod, {key: None}), sorted(before - wanted))
    side_by_side(lambda pod: pods.label(pod, {key: "yes"}), sorted(wanted - before))


def labelled(pods: PodPool, key: str) -> set[Place]:
    """The pods that have a label."""
    return {pod for pod, labels in pods.labels.items() if key in labels}
