"""EndpointSlices: those that are written by hand, and what the controller must have written when a Service changed."""

from collections.abc import Collection, Mapping, Sequence
from ipaddress import IPv4Address
from typing import Any

from lab.kube import Kube, Manifest
from lab.model import ListedEndpoint, Place, PodState, Service
from lab.polling import Limit, wait_until

_HEADLESS = "service.kubernetes.io/headless"
_SERVICE_NAME = "kubernetes.io/service-name"


def by_hand(service: Service, addresses: Mapping[Place, IPv4Address]) -> Manifest:
    """The EndpointSlice of a Service without selector."""
    return {
        "apiVersion": "discovery.k8s.io/v1",
        "kind": "EndpointSlice",
        "metadata": {
            "name": service.name,
            "labels": {_SERVICE_NAME: service.name} | ({_HEADLESS: ""} if service.headless_slice else {}),
        },
        "addressType": "IPv4",
        "endpoints": [_endpoint(each, addresses) for each in service.listed],
        "ports": [
            {"name": port.name, "port": port.target_port, "protocol": port.protocol.value}
            for port in service.ports
        ],
    }


def _endpoint(listed: ListedEndpoint, addresses: Mapping[Place, IPv4Address]) -> Manifest:
    """One endpoint of a hand-made slice."""
    places = (listed.address, *listed.further)
    conditions = {"ready": False, "serving": True, "terminating": True}
    return {
        "addresses": [str(addresses[each]) for each in places],
        **({} if listed.node is None else {"nodeName": listed.node.value}),
        **({"conditions": conditions} if listed.terminating else {}),
    }


def wait_ports(kube: Kube, service: Service) -> None:
    """Returns when every slice of the Service has its target ports; named ones, each pod's own, are not looked at."""
    wanted = {(port.name, port.target_port) for port in service.ports if isinstance(port.target_port, int)}
    wait_until(
        f"the endpointslice controller has written the target ports of {service.name}",
        Limit.SLICES_WRITTEN,
        lambda: (
            all(_has_ports(item, wanted) for item in kube.endpoint_slices() if _owner(item) == service.name)
            or None
        ),
    )


def _has_ports(item: Any, wanted: Collection[tuple[str, int]]) -> bool:  # noqa: ANN401 - the API's JSON
    """Whether a slice has these ports. One that lists no endpoint has none."""
    ports = {(each["name"], each["port"]) for each in item.get("ports") or ()}
    return not item.get("endpoints") or ports >= set(wanted)


def wait_listed(kube: Kube, services: Sequence[Service], gone: Collection[Place] = ()) -> None:
    """Returns when the controller's slices list exactly the pods of each Service that selects any.

    gone: pods that do not exist just now, which no slice lists.
    """
    wanted = {
        service.name: frozenset(pod.value for pod in service.endpoints if pod not in gone)
        for service in services
        if not service.listed and not service.external_name
    }
    wait_until(
        "the endpointslice controller has written the endpoints of every Service",
        Limit.SLICES_WRITTEN,
        lambda: _matches(kube.endpoint_slices(), wanted) or None,
    )


def wait_gone(kube: Kube, gone: Collection[str]) -> None:
    """Returns when no slice of the Services of these names is left.

    The controller can write a slice anew that it sees deleted before it has seen the Service deleted; the garbage
    collector would take that one, too.
    """

    def left_none() -> bool | None:
        left = {_owner(item) for item in kube.endpoint_slices()} & set(gone)
        for name in left:
            kube.delete_endpoint_slices(name)
        return not left or None

    wait_until("the slices of deleted Services are gone", Limit.SLICES_WRITTEN, left_none)


def wait_pods(kube: Kube, services: Sequence[Service], states: Mapping[Place, PodState]) -> None:
    """Returns when the slices of every Service that selects one of these pods show it in its state."""
    wanted = [
        (service.name, pod, state)
        for service in services
        for pod, state in states.items()
        if pod in service.endpoints
    ]

    def shown() -> bool | None:
        slices = kube.endpoint_slices()
        return all(_shows(slices, *each) for each in wanted) or None

    names = ", ".join(f"{pod} {state}" for pod, state in states.items())
    wait_until(f"the endpointslice controller has written: {names}", Limit.SLICES_WRITTEN, shown)


def _shows(slices: Sequence[Any], service: str, pod: Place, state: PodState) -> bool:
    """Whether a Service's slices show a pod so. The condition `ready` says less: publishNotReadyAddresses sets it."""
    conditions = [
        endpoint["conditions"]
        for item in slices
        if _owner(item) == service
        for endpoint in item.get("endpoints") or ()
        if endpoint.get("targetRef", {}).get("name") == pod.value
    ]
    if state is PodState.GONE:
        return not conditions
    serving = state in (PodState.READY, PodState.TERMINATING)
    terminating = state in (PodState.TERMINATING, PodState.DYING)
    return bool(conditions) and all(
        each["serving"] is serving and each["terminating"] is terminating for each in conditions
    )


def _matches(slices: Sequence[Any], wanted: Mapping[str, frozenset[str]]) -> bool:
    listed: dict[str, set[str]] = {}
    for item in slices:
        pods = listed.setdefault(_owner(item), set())
        ends = item.get("endpoints") or ()
        pods.update(each["targetRef"]["name"] for each in ends if "targetRef" in each)
    return all(name in listed and listed[name] == pods for name, pods in wanted.items())


def _owner(item: Any) -> str:  # noqa: ANN401 - the API's JSON
    return str(item["metadata"]["labels"].get(_SERVICE_NAME, ""))
