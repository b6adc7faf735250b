"""Services through the API: manifests, the labels that their selectors match, and the slices that must follow."""

from collections.abc import Callable, Mapping, Sequence
from ipaddress import IPv4Address
from typing import Any

from lab.kube import Kube, Manifest
from lab.model import Place, Service, ServiceFacts, ServiceType
from lab.netns.pods import PodPool
from lab.polling import Limit, wait_until

_LABEL = "svcproof.invalid"


def manifest(service: Service) -> Manifest:
    """The Service's manifest. Its selector is a label of its own, which its pods are given."""
    spec: dict[str, object] = {
        "type": service.type.value,
        "selector": {label(service): "yes"},
        "ports": [
            {
                "name": port.name,
                "port": port.port,
                "targetPort": port.target_port,
                "protocol": port.protocol.value,
            }
            for port in service.ports
        ],
    }
    if service.external_ips:
        spec["externalIPs"] = [str(address) for address in service.external_ips]
    if service.external_traffic_policy is not None:
        spec["externalTrafficPolicy"] = service.external_traffic_policy.value
    if service.internal_traffic_policy is not None:
        spec["internalTrafficPolicy"] = service.internal_traffic_policy.value
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": service.name},
        "spec": spec,
    }


def label(service: Service) -> str:
    """The label key that selects this Service's pods."""
    return f"{_LABEL}/{service.name}"


def create(kube: Kube, service: Service) -> ServiceFacts:
    """Creates a Service and, where it has load balancer addresses, reports them as a cloud would."""
    answer = kube.create_service(manifest(service))
    if service.type is ServiceType.LOAD_BALANCER and service.load_balancer_ingress:
        ingress = [{"ip": str(address)} for address in service.load_balancer_ingress]
        kube.patch_service_status(service.name, {"loadBalancer": {"ingress": ingress}})
    return facts(answer)


def facts(answer: Mapping[str, Any]) -> ServiceFacts:
    """What the API allotted, from its answer."""
    spec = answer["spec"]
    return ServiceFacts(
        IPv4Address(spec["clusterIP"]),
        {port["name"]: port["nodePort"] for port in spec["ports"] if port.get("nodePort")},
    )


def label_pods(pods: PodPool, services: Sequence[Service], value: str | None = "yes") -> None:
    """Gives the pods of these Services their labels (or takes them away, with None), each pod in one write."""
    by_pod: dict[Place, dict[str, str | None]] = {}
    for service in services:
        for pod in service.endpoints:
            by_pod.setdefault(pod, {})[label(service)] = value
    for pod, labels in by_pod.items():
        pods.label(pod, labels)


def wait_slices(kube: Kube, services: Sequence[Service]) -> None:
    """Returns when the controller's slices list exactly the pods of each Service."""
    wanted = {service.name: frozenset(pod.value for pod in service.endpoints) for service in services}
    wait_until(
        "the endpointslice controller has written the endpoints of every Service",
        Limit.SLICES_WRITTEN,
        lambda: _matches(kube.endpoint_slices(), wanted) or None,
    )


def wait_slices_gone(kube: Kube, services: Sequence[Service]) -> None:
    """Returns when no slice of these Services is left."""
    gone = {service.name for service in services}
    wait_until(
        "the slices of deleted Services are gone",
        Limit.SLICES_WRITTEN,
        lambda: not any(_owner(item) in gone for item in kube.endpoint_slices()) or None,
    )


def shows(slices: Sequence[Any], pod: Place, wanted: Callable[[Mapping[str, bool]], bool] | None) -> bool:
    """Whether every endpoint of this pod has wanted conditions; for None, whether no slice lists it."""
    conditions = [
        endpoint["conditions"]
        for item in slices
        for endpoint in item.get("endpoints") or ()
        if endpoint.get("targetRef", {}).get("name") == pod.value
    ]
    return not conditions if wanted is None else all(wanted(each) for each in conditions)


def _matches(slices: Sequence[Any], wanted: Mapping[str, frozenset[str]]) -> bool:
    listed: dict[str, set[str]] = {}
    for item in slices:
        pods = listed.setdefault(_owner(item), set())
        pods.update(
            endpoint["targetRef"]["name"]
            for endpoint in item.get("endpoints") or ()
            if "targetRef" in endpoint
        )
    return all(name in listed and listed[name] == pods for name, pods in wanted.items())


def _owner(item: Any) -> str:  # noqa: ANN401 - the API's JSON
    return str(item["metadata"]["labels"].get("kubernetes.io/service-name", ""))
