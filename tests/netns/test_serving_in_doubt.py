"""Writes that fail halfway: what comes after starts from what the API has, and not from what was meant."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from ipaddress import IPv4Address
from typing import Any, cast

import pytest

from conformance.arranged import Arranged
from lab.api import ApiAnswer
from lab.errors import LabError
from lab.model import (
    Circumstance,
    Creation,
    Flow,
    ListedEndpoint,
    Place,
    PodIs,
    PodState,
    Service,
    ServiceIs,
    ServicePort,
    TrafficPolicy,
)
from lab.netns import services
from lab.netns.cluster import NetnsCluster
from lab.netns.serving import Serving
from tests.netns.fake_serving import A1, B1, CHECKED, PLAIN, UDP, serving
from tests.netns.kept_api import KeptApi

LISTED = Service(name="listed", listed=(ListedEndpoint(A1),), ports=(ServicePort("http", 80),))
OTHERWISE = replace(
    CHECKED,
    external_traffic_policy=TrafficPolicy.CLUSTER,
    load_balancer_ingress=(IPv4Address("203.0.113.10"),),
    endpoints=(A1,),
)
GIVEN = (CHECKED, PLAIN, LISTED)
STEPS: tuple[tuple[Sequence[Service], tuple[Circumstance, ...]], ...] = (
    (GIVEN, ()),
    (GIVEN, (ServiceIs(CHECKED, OTHERWISE),)),
    (GIVEN, ()),
    (GIVEN, (ServiceIs(PLAIN, None), ServiceIs(CHECKED, OTHERWISE))),
    (GIVEN, (ServiceIs(PLAIN, None),)),
    (GIVEN, ()),
    ((UDP,), ()),
    (GIVEN, ()),
)
WRITES = (
    ("create checked", 0),
    ("create plain", 1),
    ("status checked", 0),
    ("status checked", 1),
    ("status checked", 2),
    ("slice listed", 0),
    ("change checked", 0),
    ("change checked", 1),
    ("label pod-a1", 0),
    ("label pod-a1", 1),
    ("label pod-b1", 0),
    ("label pod-b1", 1),
    ("delete plain", 0),
    ("no slices plain", 0),
    ("delete checked", 0),
    ("no slices listed", 0),
    ("create udp", 0),
    ("delete udp", 0),
)


def a_lab(kube: KeptApi) -> Serving:
    """A lab of this API that serves nothing yet."""
    made, _ = serving([])
    made.kube = made.pod_pool.kube = kube
    made.pod_pool.addresses = {A1: IPv4Address("10.244.1.2"), B1: IPv4Address("10.244.2.2")}
    return made


def standing(given: Sequence[Service], when: Sequence[Circumstance]) -> tuple[Service, ...]:
    """The Services as circumstances have them."""
    changed = {each.service: each.now for each in when if isinstance(each, ServiceIs)}
    return tuple(now for each in given if (now := changed.get(each, each)) is not None)


def assert_served(made: Serving, kube: KeptApi, wanted: Sequence[Service]) -> None:
    """The API has exactly these, pods are labelled for them, and the lab knows their addresses."""
    assert set(kube.services) == {service.name for service in wanted}
    for service in wanted:
        there = kube.services[service.name]
        allotted = made.facts.services[service.name]
        assert there["spec"] == services.manifest(service, allotted)["spec"]
        said = there["status"].get("loadBalancer", {}).get("ingress", ())
        assert [each["ip"] for each in said] == [str(each) for each in service.load_balancer_ingress]
        selected = {pod for pod, labels in kube.labels.items() if services.label(service) in labels}
        assert selected == {pod.value for pod in service.endpoints}
    slices = [each for each in kube.endpoint_slices() if "addressType" in each]
    assert len(slices) == sum(bool(service.listed) for service in wanted)


@pytest.mark.parametrize("taken", [False, True], ids=["not taken", "taken"])
@pytest.mark.parametrize(("write", "at"), WRITES, ids=str)
def test_after_a_write_that_fails_the_next_arrangement_is_sound(write: str, at: int, taken: bool) -> None:  # noqa: FBT001
    """One claim is lost, whether the API took the write or not; those after it have what they ask for."""
    kube = KeptApi(write, at=at, taken=taken)
    made = a_lab(kube)
    arranged = Arranged(cast("Any", made))
    lost = 0
    for given, when in (*STEPS, *STEPS):
        try:
            arranged.arrange(given, when)
        except LabError as error:
            lost += 1
            assert "did not answer" in str(error)  # noqa: PT017 - only the one that was made to fail
        else:
            assert_served(made, kube, standing(given, when))
    assert lost == 1


def test_nobody_waits_for_slices_of_a_service_in_doubt() -> None:
    """It is deleted, the lab was not told so, and a pod of its comes back before anything else."""
    kube = KeptApi("delete plain", taken=True)
    made = a_lab(kube)
    arranged = Arranged(cast("Any", made))
    not_ready = PodIs(A1, PodState.NOT_READY)
    arranged.arrange(GIVEN, (not_ready,))
    with pytest.raises(LabError, match="delete plain"):
        arranged.arrange(GIVEN, (not_ready, ServiceIs(PLAIN, None)))
    arranged.arrange(GIVEN, ())
    assert_served(made, kube, GIVEN)


def test_what_was_not_in_doubt_is_left_alone() -> None:
    """Only the Service whose write failed is made anew; addresses of others stay."""
    kube = KeptApi("status checked", at=1)
    made = a_lab(kube)
    arranged = Arranged(cast("Any", made))
    arranged.arrange(GIVEN, ())
    before = made.facts.services
    with suppress(LabError):
        arranged.arrange(GIVEN, (ServiceIs(CHECKED, OTHERWISE),))
    arranged.arrange(GIVEN, ())
    assert kube.deleted == ["checked"]
    assert made.facts.services["plain"] == before["plain"]
    assert made.facts.services["checked"] != before["checked"]


class AskedFrom(KeptApi):
    """An API that counts the clients that it has in other places."""

    clients = 0

    def another(self) -> KeptApi:
        """One more."""
        self.clients += 1
        return self


@pytest.mark.parametrize("write", ["create asked", "delete asked", "no slices asked"])
def test_a_creation_that_fails_leaves_no_name_taken(write: str) -> None:
    """The API is asked for the same Service by the next claim, and must not refuse it for the one before."""
    kube = AskedFrom(write, taken=write == "create asked")
    made = a_lab(kube)
    nothing = cast("dict[str, None]", dict.fromkeys(NetnsCluster.__slots__))
    here = {"daemons": (), "serving": made, "kube": kube, "namespaces": made.namespaces, "_clients": {}}
    cluster = NetnsCluster(**{**nothing, **here})  # type: ignore[arg-type]  # of the rest nothing is asked
    asked = Flow(Place.CLIENT, Creation(replace(PLAIN, name="asked", endpoints=())))
    with pytest.raises(LabError, match="did not answer"):
        cluster.create(asked)
    assert cluster.create(asked) == ApiAnswer(201)
    assert not kube.services
    # Its connections from there stay open.
    assert kube.clients == 1


def test_what_was_created_and_deleted_again_is_awaited_before_anything_is_sent() -> None:
    """Claims about the API follow each other without a wait; the first that sends waits for all of them, once."""
    made, barrier = serving([])
    made.owe_a_wait()
    made.owe_a_wait()
    assert barrier.passed == 0
    made.catch_up()
    made.catch_up()
    assert barrier.passed == 1
    assert not made.programmed_seconds
