"""Services that kube-proxy has nothing to do with: headless ones, external names, hidden slices.

Source: https://kubernetes.io/docs/concepts/services-networking/service/#headless-services
"""

from ipaddress import IPv4Address

from conformance.live import Live
from conformance.outcome import Forwarded, Kept, Outcome, Refused, delivered
from conformance.vocabulary import Claim, claims, given, requirement
from lab.model import (
    ClusterIP,
    ExternalIP,
    Flow,
    ListedEndpoint,
    Place,
    PodIP,
    Refusal,
    Service,
    ServicePort,
    ServiceType,
    Transport,
)

A, C, A1, HTTP = Place.WORKER_A, Place.WORKER_C, Place.POD_A1, (ServicePort("http", 80),)
HEADLESS = Service(
    name="headless", headless=True, endpoints=(A1,), external_ips=(IPv4Address("203.0.113.70"),), ports=HTTP
)
NAMED = Service(
    name="external-name",
    type=ServiceType.EXTERNAL_NAME,
    external_name="svcproof.invalid",
    external_ips=(IPv4Address("203.0.113.71"),),
    ports=HTTP,
)
HIDDEN = Service(name="hidden", listed=(ListedEndpoint(A1, A),), ports=HTTP, headless_slice=True)
LEFT = Forwarded(Place.ROUTER)

pytestmark = given(HEADLESS, NAMED, HIDDEN)


@requirement("headless")
@claims(
    pod_to_its_endpoint=Claim(
        Flow(Place.POD_C1, PodIP(A1, 8080, Transport.TCP)), delivered(A1, source=Kept())
    ),
    external_ip_from_pod=Claim(Flow(Place.POD_C1, ExternalIP(HEADLESS, "http")), LEFT),
    external_ip_from_outside=Claim(Flow(Place.CLIENT, ExternalIP(HEADLESS, "http"), via=A), LEFT),
)
def test_headless(live: Live, flow: Flow, expect: Outcome) -> None:
    """The endpoints of a headless Service are reached as pods, and it has no front door at kube-proxy."""
    assert live.observe(flow) == expect


@requirement("extname")
@claims(
    external_ip_from_pod=Claim(Flow(Place.POD_C1, ExternalIP(NAMED, "http")), LEFT),
    external_ip_from_node=Claim(Flow(A, ExternalIP(NAMED, "http")), LEFT),
)
def test_external_name(live: Live, flow: Flow, expect: Outcome) -> None:
    """An ExternalName is an alias in DNS: kube-proxy serves none of its addresses."""
    assert live.observe(flow) == expect


@requirement("hdlslabel")
@claims(
    hidden_slice=Claim(Flow(Place.POD_C1, ClusterIP(HIDDEN, "http")), Refused(C, Refusal.PORT_UNREACHABLE)),
)
def test_headless_slice(live: Live, flow: Flow, expect: Outcome) -> None:
    """An EndpointSlice with the label service.kubernetes.io/headless gives a Service no endpoints."""
    assert live.observe(flow) == expect
