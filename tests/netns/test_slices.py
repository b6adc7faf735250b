"""EndpointSlices: what the lab writes by hand, and what it waits for the controller to write."""

from ipaddress import IPv4Address

import pytest

from lab.model import ListedEndpoint, Place, PodState, Service, ServicePort, ServiceType
from lab.netns import slices
from tests.netns.fake_kube import FakeKube, slice_of

PORTS = (ServicePort("http", 80),)
WEB = Service(name="web", ports=PORTS, endpoints=(Place.POD_A1, Place.POD_B1))
DNS = Service(name="dns", ports=PORTS, endpoints=(Place.POD_A1,))


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
    kube = FakeKube([], [early], [slice_of("web", Place.POD_B1, Place.POD_A1)])
    slices.wait_listed(kube, [WEB])
    assert kube.answers == []


def test_endpoints_may_be_spread_over_slices() -> None:
    """The controller may write several slices for one Service."""
    kube = FakeKube([slice_of("web", Place.POD_A1)], [slice_of("web", pod) for pod in WEB.endpoints])
    slices.wait_listed(kube, [WEB])
    assert kube.answers == []


def test_a_service_without_endpoints_has_a_slice_too() -> None:
    """The controller writes an empty slice; before that it has not seen the Service."""
    kube = FakeKube([slice_of("other")], [slice_of("other"), slice_of("bare")])
    slices.wait_listed(kube, [Service(name="bare", ports=PORTS)])
    assert kube.answers == []


def test_a_pod_that_is_gone_is_not_awaited() -> None:
    """A Service that changes while a pod of its does not exist has slices without it; with it they are too early."""
    both = slice_of("web", Place.POD_A1, Place.POD_B1)
    kube = FakeKube([both], [slice_of("web", Place.POD_B1)])
    slices.wait_listed(kube, [WEB], {Place.POD_A1})
    assert kube.answers == []


def test_slices_of_deleted_services_are_awaited_to_go() -> None:
    """A slice that is left is waited for, those of other Services are not."""
    left, other = slice_of("web", Place.POD_A1), slice_of("dns", Place.POD_B1)
    kube = FakeKube([other, left], [left], [other])
    slices.wait_gone(kube, {WEB.name})
    assert kube.answers == []


def test_a_slice_that_is_written_anew_is_deleted_again() -> None:
    """The controller can be late to see that a Service is deleted; nobody else would take the slice it then writes."""
    kube = FakeKube([slice_of("web", Place.POD_A1), slice_of("dns")], [slice_of("dns")])
    slices.wait_gone(kube, {WEB.name})
    assert kube.written == [("no slices of", "web")]


def test_target_ports_are_awaited() -> None:
    """A Service's slices that list endpoints must have its target ports; other Services' and empty ones need not."""
    old, new, other = (
        slice_of("web", Place.POD_A1),
        slice_of("web", Place.POD_A1),
        slice_of("dns", Place.POD_B1),
    )
    old["ports"], new["ports"] = ([{"name": "http", "port": each}] for each in (8081, 8080))
    kube = FakeKube([old, other], [old, new], [new, slice_of("web"), other])
    slices.wait_ports(kube, WEB)
    assert kube.answers == []


CONDITIONS = {
    PodState.READY: {"serving": True, "terminating": False},
    PodState.NOT_READY: {"serving": False, "terminating": False},
    PodState.TERMINATING: {"serving": True, "terminating": True},
    PodState.DYING: {"serving": False, "terminating": True},
}


@pytest.mark.parametrize("state", CONDITIONS, ids=str)
def test_a_pods_state_is_awaited(state: PodState) -> None:
    """A Service's slices show a state by its conditions; `ready` does not matter, nor do other Services' slices."""
    right = slice_of("web", Place.POD_A1, ready=False, **CONDITIONS[state])
    wrong = [
        slice_of("web", Place.POD_A1, ready=True, **conditions)
        for other, conditions in CONDITIONS.items()
        if other is not state
    ]
    elsewhere = slice_of("dns", Place.POD_A1, ready=True, serving=True, terminating=True)
    kube = FakeKube(*([each] for each in wrong), [elsewhere, right])
    slices.wait_pods(kube, [WEB], {Place.POD_A1: state})
    assert kube.answers == []


def test_every_service_of_a_pod_must_show_it() -> None:
    """A slice that does not list the pod yet is waited for, though another Service's slice does."""
    ready = CONDITIONS[PodState.READY]
    web, dns = slice_of("web", Place.POD_A1, **ready), slice_of("dns", Place.POD_A1, **ready)
    kube = FakeKube([web, slice_of("dns")], [web, dns])
    slices.wait_pods(kube, [WEB, DNS], {Place.POD_A1: PodState.READY})
    assert kube.answers == []


def test_a_pod_is_awaited_to_go() -> None:
    """A pod is gone when no slice of its Services lists it, in whatever state."""
    listed = slice_of("web", Place.POD_A1, Place.POD_B1, serving=False, terminating=True)
    kube = FakeKube(
        [listed], [slice_of("dns", Place.POD_A1), slice_of("web")], [slice_of("web", Place.POD_B1)]
    )
    slices.wait_pods(kube, [WEB, DNS], {Place.POD_A1: PodState.GONE})
    assert kube.answers == []


def test_every_pod_is_awaited() -> None:
    """Several pods are awaited together."""
    ready, not_ready = CONDITIONS[PodState.READY], CONDITIONS[PodState.NOT_READY]
    first, second = slice_of("web", Place.POD_A1, **ready), slice_of("web", Place.POD_B1, **ready)
    kube = FakeKube([first, second], [first, slice_of("web", Place.POD_B1, **not_ready)])
    slices.wait_pods(kube, [WEB], {Place.POD_A1: PodState.READY, Place.POD_B1: PodState.NOT_READY})
    assert kube.answers == []


@pytest.mark.parametrize(
    "unselecting",
    [
        pytest.param(Service(name="x", ports=PORTS, listed=(ListedEndpoint(Place.POD_A1),)), id="listed"),
        pytest.param(
            Service(name="x", ports=(), type=ServiceType.EXTERNAL_NAME, external_name="a.invalid"),
            id="external name",
        ),
    ],
)
def test_services_without_selector_are_not_waited_for(unselecting: Service) -> None:
    """The controller writes no slices for them."""
    kube = FakeKube([])
    slices.wait_listed(kube, [unselecting])
    assert kube.answers == []


def test_a_slice_by_hand_lists_what_was_declared() -> None:
    """Addresses are those of the lab, target ports are the Service's, and a node is named only where declared."""
    addresses = {Place.POD_A1: IPv4Address("10.244.1.2"), Place.ROUTER: IPv4Address("172.18.0.254")}
    listed = (ListedEndpoint(Place.POD_A1, Place.WORKER_A), ListedEndpoint(Place.ROUTER))
    made = slices.by_hand(Service(name="hand", ports=PORTS, listed=listed), addresses)
    assert made["metadata"] == {"name": "hand", "labels": {"kubernetes.io/service-name": "hand"}}
    assert made["endpoints"] == [
        {"addresses": ["10.244.1.2"], "nodeName": "worker-a"},
        {"addresses": ["172.18.0.254"]},
    ]
    assert made["ports"] == [{"name": "http", "port": 8080, "protocol": "TCP"}]
