"""Services that kube-proxy leaves alone, and endpoints that people list by hand.

Source: https://kubernetes.io/docs/concepts/services-networking/service/#services-without-selectors
"""

from dataclasses import replace

from conformance.live import Live
from conformance.outcome import Arrival, Delivered, Dropped, Kept, Masqueraded, Outcome, delivered
from conformance.vocabulary import Claim, claims, given, requirement
from lab.model import ClusterIP, Flow, ListedEndpoint, Place, Service, ServiceIs, ServicePort, TrafficPolicy

A1, A3, B1, HTTP = Place.POD_A1, Place.POD_A3, Place.POD_B1, (ServicePort("http", 80),)
OTHER_PROXY = Service(name="other-proxy", endpoints=(A1,), ports=HTTP, proxy_name="another-proxy")
OURS = replace(OTHER_PROXY, proxy_name="")
BY_HAND = Service(
    name="by-hand",
    listed=(ListedEndpoint(A1, Place.WORKER_A), ListedEndpoint(B1, Place.WORKER_B)),
    ports=HTTP,
)
# An endpoint that no other Service lists: what nftables remembers of hairpins is by endpoint, not by Service.
NOWHERE = Service(name="nowhere", listed=(ListedEndpoint(A3),), ports=HTTP)
NOWHERE_LOCAL = Service(
    name="nowhere-local",
    listed=(ListedEndpoint(A1),),
    ports=HTTP,
    internal_traffic_policy=TrafficPolicy.LOCAL,
)

pytestmark = given(OTHER_PROXY, BY_HAND, NOWHERE, NOWHERE_LOCAL)


@requirement("proxyname")
@claims(
    from_pod=Claim(Flow(Place.POD_B2, ClusterIP(OTHER_PROXY, "http")), Dropped()),
    label_removed=Claim(
        Flow(Place.POD_B2, ClusterIP(OURS, "http")),
        delivered(A1, source=Kept()),
        when=(ServiceIs(OTHER_PROXY, OURS),),
    ),
    label_again=Claim(Flow(Place.POD_B2, ClusterIP(OTHER_PROXY, "http")), Dropped()),
)
def test_service_of_another_proxy(live: Live, flow: Flow, expect: Outcome) -> None:
    """A Service labelled for another proxy is not served: its address is one that no Service has."""
    assert live.observe(flow) == expect


@requirement("manual")
@claims(
    from_pod=Claim(Flow(Place.POD_C1, ClusterIP(BY_HAND, "http")), delivered(A1, B1, source=Kept())),
    without_node_name=Claim(Flow(Place.POD_C1, ClusterIP(NOWHERE, "http")), delivered(A3, source=Kept())),
    without_node_name_local=Claim(Flow(Place.POD_A2, ClusterIP(NOWHERE_LOCAL, "http")), Dropped()),
    hairpin=Claim(
        Flow(A1, ClusterIP(BY_HAND, "http")),
        Delivered(frozenset({Arrival(A1, 8080, Masqueraded(Place.WORKER_A)), Arrival(B1, 8080, Kept())})),
    ),
)
def test_endpoints_listed_by_hand(live: Live, flow: Flow, expect: Outcome) -> None:
    """Listed addresses serve like pods that a selector finds; one without nodeName is local to no node."""
    assert live.observe(flow) == expect


@requirement("cip-hairpin-nonode")
@claims(
    from_endpoint=Claim(
        Flow(A3, ClusterIP(NOWHERE, "http")), delivered(A3, source=Masqueraded(Place.WORKER_A))
    ),
)
def test_hairpin_without_node_name(live: Live, flow: Flow, expect: Outcome) -> None:
    """An endpoint that is listed without nodeName reaches itself too."""
    assert live.observe(flow) == expect
