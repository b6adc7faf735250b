"""Services and pods as manifests, and the API's answers as facts."""

from collections.abc import Mapping
from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network

import pytest

from lab.api import ApiAnswer
from lab.model import (
    PODS,
    Creation,
    IPMode,
    ListedEndpoint,
    Place,
    Protocol,
    Service,
    ServiceFacts,
    ServicePort,
    ServiceType,
    TrafficDistribution,
    TrafficPolicy,
)
from lab.netns import pods, services, slices
from tests.netns.fake_kube import ANSWER, FakeKube

WEB = Service(name="web", ports=(ServicePort("http", 80),), endpoints=(Place.POD_A1, Place.POD_B1))
DNS = Service(
    name="dns",
    ports=(ServicePort("dns", 53, "web", Protocol.UDP), ServicePort("dns-tcp", 53, 8082)),
    endpoints=(Place.POD_B1,),
    type=ServiceType.LOAD_BALANCER,
    external_ips=(IPv4Address("192.0.2.1"),),
    load_balancer_ingress=(IPv4Address("203.0.113.1"), IPv4Address("203.0.113.2")),
    load_balancer_ip_mode=IPMode.PROXY,
    load_balancer_source_ranges=(IPv4Network("172.18.0.0/24"),),
    allocate_load_balancer_node_ports=False,
    external_traffic_policy=TrafficPolicy.LOCAL,
    internal_traffic_policy=TrafficPolicy.CLUSTER,
    traffic_distribution=TrafficDistribution.PREFER_SAME_ZONE,
    session_affinity_seconds=30,
    publish_not_ready_addresses=True,
)


def test_a_plain_service_is_the_apis_default() -> None:
    """What is not declared is left to the API, or is what the API would take."""
    assert services.manifest(WEB) == {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "web", "labels": {}},
        "spec": {
            "type": "ClusterIP",
            "selector": {"svcproof.invalid/web": "yes"},
            "ports": [{"name": "http", "port": 80, "targetPort": 8080, "protocol": "TCP"}],
            "internalTrafficPolicy": "Cluster",
            "publishNotReadyAddresses": False,
            "sessionAffinity": "None",
        },
    }


def test_every_declared_field_is_in_the_manifest() -> None:
    """Policies, external addresses, named target ports and protocols are spelled as the API spells them."""
    assert services.manifest(DNS)["spec"] == {
        "type": "LoadBalancer",
        "selector": {"svcproof.invalid/dns": "yes"},
        "ports": [
            {"name": "dns", "port": 53, "targetPort": "web", "protocol": "UDP"},
            {"name": "dns-tcp", "port": 53, "targetPort": 8082, "protocol": "TCP"},
        ],
        "externalIPs": ["192.0.2.1"],
        "externalTrafficPolicy": "Local",
        "internalTrafficPolicy": "Cluster",
        "loadBalancerSourceRanges": ["172.18.0.0/24"],
        "allocateLoadBalancerNodePorts": False,
        "trafficDistribution": "PreferSameZone",
        "publishNotReadyAddresses": True,
        "sessionAffinity": "ClientIP",
        "sessionAffinityConfig": {"clientIP": {"timeoutSeconds": 30}},
    }


@pytest.mark.parametrize(
    ("service", "field", "expected"),
    [
        pytest.param(replace(WEB, headless=True), "clusterIP", "None", id="headless"),
        pytest.param(replace(WEB, external_name="a.invalid"), "externalName", "a.invalid", id="name"),
        pytest.param(replace(WEB, listed=(ListedEndpoint(Place.POD_A1),)), "selector", None, id="listed"),
        pytest.param(WEB, "externalTrafficPolicy", None, id="policy of a cluster IP"),
        pytest.param(
            replace(WEB, internal_traffic_policy=TrafficPolicy.LOCAL),
            "internalTrafficPolicy",
            "Local",
            id="internal",
        ),
        pytest.param(
            replace(WEB, type=ServiceType.NODE_PORT), "externalTrafficPolicy", "Cluster", id="node port"
        ),
        pytest.param(
            replace(WEB, external_ips=DNS.external_ips), "externalTrafficPolicy", "Cluster", id="external"
        ),
        pytest.param(
            replace(WEB, type=ServiceType.NODE_PORT), "allocateLoadBalancerNodePorts", None, id="ports"
        ),
    ],
)
def test_a_field_follows_from_the_kind_of_service(service: Service, field: str, expected: object) -> None:
    """Fields that the API accepts for some kinds of Service only are given to those."""
    spec = services.manifest(service)["spec"]
    assert isinstance(spec, dict)
    assert spec.get(field) == expected


def test_a_service_can_be_taken_from_the_proxy() -> None:
    """The name of another proxy is a label."""
    labels = {"service.kubernetes.io/service-proxy-name": "mine"}
    made = services.manifest(replace(WEB, proxy_name="mine"))
    assert made["metadata"] == {"name": "web", "labels": labels}


def test_facts_are_what_the_api_allotted() -> None:
    """The cluster IP, a node port for each port that has one, and the port of health checks."""
    made = services.facts(ANSWER)
    assert (made.cluster_ip, dict(made.node_ports)) == (IPv4Address("10.96.0.80"), {"dns": 30_053})
    assert made.health_check_port == 0
    assert (
        services.facts({"spec": {**ANSWER["spec"], "healthCheckNodePort": 31_000}}).health_check_port
        == 31_000
    )


@pytest.mark.parametrize(
    "spec", [{}, {"clusterIP": ""}, {"clusterIP": "None"}], ids=["none", "empty", "None"]
)
def test_a_service_may_have_no_cluster_ip(spec: dict[str, object]) -> None:
    """Headless Services and external names have none."""
    assert services.facts({"spec": spec}).cluster_ip is None


def test_a_load_balancer_gets_its_addresses_as_status() -> None:
    """The lab writes what a cloud would; a Service without such addresses gets no status."""
    kube = FakeKube()
    services.create(kube, DNS)
    services.create(kube, WEB)
    ingress = {
        "loadBalancer": {
            "ingress": [{"ip": "203.0.113.1", "ipMode": "Proxy"}, {"ip": "203.0.113.2", "ipMode": "Proxy"}]
        }
    }
    assert [what for what, _ in kube.written] == ["service", "status of dns", "service"]
    assert kube.written[1] == ("status of dns", ingress)


def test_each_pod_is_labelled_in_one_write() -> None:
    """A pod of several Services gets all their labels at once, so that slices change once, and loses them likewise."""
    kube = FakeKube()
    pool = pods.PodPool(kube, None)  # type: ignore[arg-type]
    web, dns = "svcproof.invalid/web", "svcproof.invalid/dns"
    services.label_pods(pool, given=[WEB])
    services.label_pods(pool, given=[DNS], taken=[WEB])
    services.label_pods(pool, taken=[DNS, WEB])
    assert kube.written == [
        *[("pod-a1", {web: "yes"}), ("pod-b1", {web: "yes"})],
        *[("pod-a1", {web: None}), ("pod-b1", {web: None, dns: "yes"})],
        # It may have the label of a write that did not end.
        *[("pod-b1", {dns: None, web: None}), ("pod-a1", {web: None})],
    ]
    assert not pool.labels[Place.POD_A1]


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


def test_what_is_asked_for_is_in_the_manifest() -> None:
    """A cluster IP, node ports and a health check port that a Service asks for; none for those that it does not."""
    asked = replace(
        WEB,
        type=ServiceType.LOAD_BALANCER,
        external_traffic_policy=TrafficPolicy.LOCAL,
        cluster_ip=IPv4Address("10.96.0.9"),
        health_check_node_port=30_009,
        ports=(ServicePort("http", 80, node_port=30_080), ServicePort("more", 81)),
    )
    spec = services.manifest(asked)["spec"]
    assert (spec["clusterIP"], spec["healthCheckNodePort"]) == ("10.96.0.9", 30_009)
    assert [port.get("nodePort") for port in spec["ports"]] == [30_080, None]


def test_a_headless_slice_bears_the_label() -> None:
    """By it kube-proxy passes the slice over."""
    listed = replace(WEB, listed=(ListedEndpoint(Place.POD_A1),), endpoints=())
    address = {Place.POD_A1: IPv4Address("10.244.1.2")}
    plain, hidden = (
        slices.by_hand(each, address)["metadata"]["labels"]
        for each in (listed, replace(listed, headless_slice=True))
    )
    assert hidden.keys() - plain.keys() == {"service.kubernetes.io/headless"}


@pytest.mark.parametrize(
    ("status", "said", "answer"),
    [
        (201, {"kind": "Service"}, ApiAnswer(201)),
        (
            422,
            {
                "kind": "Status",
                "reason": "Invalid",
                "details": {"causes": [{"field": "spec.b"}, {"field": "spec.a"}]},
            },
            ApiAnswer(422, "Invalid", ("spec.b", "spec.a")),
        ),
        (400, {"kind": "Status", "reason": "BadRequest"}, ApiAnswer(400, "BadRequest")),
    ],
)
def test_what_the_api_says_to_a_service(status: int, said: dict[str, object], answer: ApiAnswer) -> None:
    """Status, reason and fields, as the API gives them; fields of the request stand as they were given."""

    class Api(FakeKube):
        def try_to_create_service(self, manifest: Mapping[str, object]) -> tuple[int, object]:
            self.written.append(("asked", manifest))
            return status, said

    kube = Api()
    assert services.try_to_create(kube, Creation(WEB, (("type", "Nonsense"),))) == answer
    [(_, asked)] = kube.written
    assert isinstance(asked, dict)
    assert (asked["spec"]["type"], asked["spec"]["sessionAffinity"]) == ("Nonsense", "None")


def test_a_service_is_changed_with_the_addresses_that_it_has() -> None:
    """A change asks for the cluster IP and node ports of before, as does making it again after it was deleted."""
    kube, node_port = FakeKube(), replace(WEB, type=ServiceType.NODE_PORT)
    had = ServiceFacts(IPv4Address("10.96.0.7"), {"http": 30_080})
    services.change(kube, node_port, had)
    services.create(kube, node_port, had)
    [(_, patch), (_, made)] = kube.written
    assert isinstance(patch, dict)
    assert isinstance(made, dict)
    assert patch["spec"] == made["spec"]
    assert made["spec"]["clusterIP"] == "10.96.0.7"
    assert made["spec"]["ports"][0]["nodePort"] == 30_080


def test_only_the_pods_of_a_changed_service_keep_its_label() -> None:
    """A pod that has left loses the label, a new one gets it, and one that stays is not written."""
    kube = FakeKube()
    pool = pods.PodPool(kube, None)  # type: ignore[arg-type]
    services.label_pods(pool, [WEB])
    kube.written.clear()
    services.relabel_pods(pool, replace(WEB, endpoints=(Place.POD_B1, Place.POD_C1)))
    web = "svcproof.invalid/web"
    assert kube.written == [("pod-a1", {web: None}), ("pod-c1", {web: "yes"})]
