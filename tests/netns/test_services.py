"""Services and pods as manifests, the API's answers as facts, and slices as what the lab waits for."""

from collections.abc import Mapping
from ipaddress import IPv4Address

import pytest

from lab.kube import Kube
from lab.model import PODS, Place, Protocol, Service, ServicePort, ServiceType, TrafficPolicy
from lab.netns import pods, services

WEB = Service(name="web", ports=(ServicePort("http", 80),), endpoints=(Place.POD_A1, Place.POD_B1))
DNS = Service(
    name="dns",
    ports=(ServicePort("dns", 53, "web", Protocol.UDP), ServicePort("dns-tcp", 53, 8082)),
    endpoints=(Place.POD_B1,),
    type=ServiceType.LOAD_BALANCER,
    external_ips=(IPv4Address("192.0.2.1"),),
    load_balancer_ingress=(IPv4Address("203.0.113.1"), IPv4Address("203.0.113.2")),
    external_traffic_policy=TrafficPolicy.LOCAL,
    internal_traffic_policy=TrafficPolicy.CLUSTER,
)
ANSWER = {
    "spec": {
        "clusterIP": "10.96.0.80",
        "ports": [{"name": "dns", "port": 53, "nodePort": 30_053}, {"name": "bare", "port": 54}],
    }
}


class FakeKube(Kube):
    """An API that keeps what was written and answers with what the test says."""

    def __init__(self, *slices: object) -> None:
        self.slices = list(slices)
        self.written: list[tuple[str, object]] = []

    def create_service(self, manifest: Mapping[str, object]) -> Mapping[str, object]:
        """Allots the same address to every Service."""
        self.written.append(("service", manifest))
        return ANSWER

    def patch_service_status(self, name: str, status: Mapping[str, object]) -> None:
        """Keeps the status."""
        self.written.append((f"status of {name}", status))

    def label_pod(self, name: str, labels: Mapping[str, str | None]) -> None:
        """Keeps the labels."""
        self.written.append((name, dict(labels)))

    def endpoint_slices(self) -> list[object]:
        """The slices of the test; the next ones at each call but the last."""
        return [self.slices.pop(0)] if len(self.slices) > 1 else list(self.slices)


def slice_of(service: str, *names: Place, **conditions: bool) -> dict[str, object]:
    """An EndpointSlice as the controller writes it."""
    endpoints = [{"targetRef": {"name": pod.value}, "conditions": conditions} for pod in names]
    labels = {"kubernetes.io/service-name": service}
    return {"metadata": {"labels": labels}, "endpoints": endpoints or None}


def test_a_plain_service_says_what_it_must_and_no_more() -> None:
    """What is not declared is left to the API's defaults."""
    assert services.manifest(WEB) == {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "web"},
        "spec": {
            "type": "ClusterIP",
            "selector": {"svcproof.invalid/web": "yes"},
            "ports": [{"name": "http", "port": 80, "targetPort": 8080, "protocol": "TCP"}],
        },
    }


def test_every_declared_field_is_in_the_manifest() -> None:
    """Policies, external addresses, named target ports and protocols are spelled as the API spells them."""
    spec = services.manifest(DNS)["spec"]
    assert spec == {
        "type": "LoadBalancer",
        "selector": {"svcproof.invalid/dns": "yes"},
        "ports": [
            {"name": "dns", "port": 53, "targetPort": "web", "protocol": "UDP"},
            {"name": "dns-tcp", "port": 53, "targetPort": 8082, "protocol": "TCP"},
        ],
        "externalIPs": ["192.0.2.1"],
        "externalTrafficPolicy": "Local",
        "internalTrafficPolicy": "Cluster",
    }


def test_facts_are_what_the_api_allotted() -> None:
    """The cluster IP, and a node port for each port that has one."""
    made = services.facts(ANSWER)
    assert (made.cluster_ip, dict(made.node_ports)) == (IPv4Address("10.96.0.80"), {"dns": 30_053})


def test_a_load_balancer_gets_its_addresses_as_status() -> None:
    """The lab writes what a cloud would; a Service without such addresses gets no status."""
    kube = FakeKube()
    services.create(kube, DNS)
    services.create(kube, WEB)
    ingress = {"loadBalancer": {"ingress": [{"ip": "203.0.113.1"}, {"ip": "203.0.113.2"}]}}
    assert [what for what, _ in kube.written] == ["service", "status of dns", "service"]
    assert kube.written[1] == ("status of dns", ingress)


@pytest.mark.parametrize("value", ["yes", None], ids=["given", "taken away"])
def test_each_pod_is_labelled_in_one_write(value: str | None) -> None:
    """A pod of several Services gets all their labels at once, so that slices change once."""
    kube = FakeKube()
    pool = pods.PodPool(kube, None, {}, None)  # type: ignore[arg-type]
    services.label_pods(pool, [WEB, DNS], value)
    web, dns = "svcproof.invalid/web", "svcproof.invalid/dns"
    assert kube.written == [("pod-a1", {web: value}), ("pod-b1", {web: value, dns: value})]
    assert pool.labels[Place.POD_A1] == ({web: "yes"} if value else {})


@pytest.mark.parametrize(
    "early",
    [
        pytest.param(slice_of("web"), id="no endpoint yet"),
        pytest.param(slice_of("web", Place.POD_A1), id="one is missing"),
        pytest.param(slice_of("web", Place.POD_A1, Place.POD_B1, Place.POD_C1), id="one too many"),
        pytest.param(slice_of("other", Place.POD_A1, Place.POD_B1), id="another Service's"),
    ],
)
def test_slices_are_awaited_until_they_list_exactly_the_pods(early: dict[str, object]) -> None:
    """What the controller has written so far does not count before it is complete."""
    complete = slice_of("web", Place.POD_B1, Place.POD_A1)
    kube = FakeKube(early, complete)
    services.wait_slices(kube, [WEB])
    assert kube.slices == [complete]


def test_a_service_without_endpoints_has_a_slice_too() -> None:
    """The controller writes an empty slice; before that it has not seen the Service."""
    kube = FakeKube(slice_of("other"), slice_of("bare"))
    services.wait_slices(kube, [Service(name="bare", ports=WEB.ports)])
    assert kube.slices == [slice_of("bare")]


def test_slices_of_deleted_services_are_awaited_to_go() -> None:
    """A slice that is left is waited for, those of other Services are not."""
    kube = FakeKube(slice_of("web", Place.POD_A1), slice_of("dns", Place.POD_B1))
    services.wait_slices_gone(kube, [WEB])
    assert kube.slices == [slice_of("dns", Place.POD_B1)]


@pytest.mark.parametrize(
    ("listed", "ready", "gone"),
    [
        pytest.param([slice_of("web", Place.POD_A1, ready=True)], True, False, id="ready"),
        pytest.param([slice_of("web", Place.POD_A1, ready=False)], False, False, id="not ready"),
        pytest.param(
            [slice_of("web", Place.POD_A1, ready=True), slice_of("dns", Place.POD_A1, ready=False)],
            False,
            False,
            id="ready in one of two",
        ),
        pytest.param([slice_of("web", Place.POD_B1, ready=False)], True, True, id="another pod"),
        pytest.param([slice_of("web")], True, True, id="nobody"),
    ],
)
def test_what_slices_show_of_a_pod(listed: list[object], *, ready: bool, gone: bool) -> None:
    """A condition must hold in every slice that lists the pod; gone means that none does."""
    assert services.shows(listed, Place.POD_A1, lambda it: it["ready"]) is ready
    assert services.shows(listed, Place.POD_A1, None) is gone


@pytest.mark.parametrize("pod", PODS)
def test_a_pod_is_bound_to_its_node(pod: Place) -> None:
    """Without a scheduler the manifest names the node; labels select the pod for Services."""
    made = pods.manifest(pod, {"svcproof.invalid/web": "yes"})
    assert made["metadata"] == {
        "name": pod.value,
        "labels": {"app": "echo", "svcproof.invalid/web": "yes"},
    }
    spec = made["spec"]
    assert isinstance(spec, dict)
    assert spec["nodeName"] == f"worker-{pod.value[4]}"
    assert [port["name"] for port in spec["containers"][0]["ports"]] == ["web", "admin"]


@pytest.mark.parametrize("ready", [True, False])
def test_a_running_pod_is_reported_as_a_kubelet_would(*, ready: bool) -> None:
    """Addresses of pod and host, and a Ready condition in the API's spelling."""
    made = pods.running(Place.WORKER_B, IPv4Address("10.244.2.2"), ready=ready)
    assert made["podIPs"] == [{"ip": "10.244.2.2"}]
    assert made["hostIP"] == "172.18.0.12"
    assert made["conditions"] == [{"type": "Ready", "status": "True" if ready else "False"}]
