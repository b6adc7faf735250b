"""UDP flows that are open while their endpoint serves no more, is about to end, or gets another target port.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.2/test/e2e/network/conntrack.go
"""

from dataclasses import replace

from conformance.live import Live
from conformance.outcome import Kept, Masqueraded, Outcome, delivered
from conformance.vocabulary import Claim, claims, given, requirement
from lab.model import (
    ClusterIP,
    Flow,
    NodePort,
    Place,
    PodIs,
    PodState,
    Protocol,
    Service,
    ServiceIs,
    ServicePort,
    ServiceType,
)

A1, B1, C = Place.POD_A1, Place.POD_B1, Place.WORKER_C
DNS = ServicePort("dns", 53, 8080, Protocol.UDP)
LOOKUP = Service(name="lookup", type=ServiceType.NODE_PORT, endpoints=(A1, B1), ports=(DNS,))
POD = Flow(Place.POD_C1, ClusterIP(LOOKUP, "dns"))
NODE_PORT = Flow(Place.CLIENT, NodePort(LOOKUP, "dns", C))

AT_FIRST, AT_SECOND = (PodIs(B1, PodState.NOT_READY),), (PodIs(A1, PodState.NOT_READY),)
NONE = (*AT_FIRST, *AT_SECOND)
TERMINATING = (PodIs(A1, PodState.TERMINATING),)
OTHER_PORT = (*AT_FIRST, ServiceIs(LOOKUP, replace(LOOKUP, ports=(replace(DNS, target_port=8081),))))

pytestmark = given(LOOKUP)


@requirement("ct-udp-del")
@claims(
    unready=Claim(replace(POD, source_port=61005), delivered(B1, source=Kept()), AT_SECOND, AT_FIRST),
    back_from_none=Claim(
        replace(POD, source_port=61006), delivered(B1, source=Kept()), AT_SECOND, AT_FIRST, meanwhile=NONE
    ),
)
def test_endpoint_not_ready(live: Live, flow: Flow, expect: Outcome) -> None:
    """A flow whose endpoint serves no more goes on at another, also if there was none for a while."""
    assert live.observe(flow) == expect


@requirement("ct-udp-term")
@claims(
    cluster_ip=Claim(replace(POD, source_port=61007), delivered(A1, source=Kept()), TERMINATING, AT_FIRST)
)
def test_endpoint_terminating(live: Live, flow: Flow, expect: Outcome) -> None:
    """A flow whose endpoint is to end and serves still stays there, though another endpoint is ready."""
    assert live.observe(flow) == expect


@requirement("ct-udp-port")
@claims(
    cluster_ip=Claim(
        replace(POD, source_port=61022), delivered(A1, source=Kept(), port=8081), OTHER_PORT, AT_FIRST
    ),
    node_port=Claim(
        replace(NODE_PORT, source_port=61023),
        delivered(A1, source=Masqueraded(C), port=8081),
        OTHER_PORT,
        AT_FIRST,
    ),
)
def test_other_target_port(live: Live, flow: Flow, expect: Outcome) -> None:
    """An open flow goes to the new target port, once the Service has another."""
    assert live.observe(flow) == expect
