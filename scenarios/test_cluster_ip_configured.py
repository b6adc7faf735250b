"""Services when kube-proxy is configured otherwise: masqueradeAll, ways of telling what pods send, no external IPs.

Only masqueradeAll changes what a pod's own connection looks like. Without any way of telling, kube-proxy masquerades
nobody who asks a cluster IP. It is the node that translates whose configuration counts, so each has one of its own.
Each has an endpoint, too: to packets that another node has translated it must do nothing.

Source: https://kubernetes.io/docs/reference/config-api/kube-proxy-config.v1alpha1/
"""

from ipaddress import IPv4Address

from conformance.live import Live
from conformance.outcome import Forwarded, Kept, Masqueraded, Outcome, delivered
from conformance.vocabulary import Claim, claims, given, requirement
from lab.model import ClusterIP, DetectLocal, ExternalIP, Flow, Place, ProxyHas, Service, ServicePort

A, B, C = Place.WORKER_A, Place.WORKER_B, Place.WORKER_C
B1 = Place.POD_B1
ENDPOINTS = (Place.POD_A1, B1, Place.POD_C2)
ECHO = Service(name="configured", endpoints=ENDPOINTS, ports=(ServicePort("http", 80),))
EXTERNAL = (IPv4Address("203.0.113.93"),)
NEAR = Service(name="configured-near", endpoints=(B1,), external_ips=EXTERNAL, ports=ECHO.ports)
FIRST = (
    ProxyHas(masquerade_all=True, nodes=(A,)),
    ProxyHas(detect_local=DetectLocal.NODE_CIDR, nodes=(B,)),
    ProxyHas(detect_local=DetectLocal.BRIDGE_INTERFACE, nodes=(C,)),
)
THEN = (
    ProxyHas(detect_local=DetectLocal.INTERFACE_NAME_PREFIX, nodes=(A,)),
    ProxyHas(detect_local=DetectLocal.NOTHING, nodes=(B,)),
)
GATED = (ProxyHas(external_ips=False, nodes=(A,)),)
HTTP, NEAR_HTTP = ClusterIP(ECHO, "http"), ClusterIP(NEAR, "http")
POD_ON = {A: Flow(Place.POD_A2, HTTP), B: Flow(Place.POD_B2, HTTP), C: Flow(Place.POD_C1, HTTP)}
OUTSIDE_BY = {node: Flow(Place.CLIENT, HTTP, via=node) for node in (A, B, C)}
KEPT = delivered(*ENDPOINTS, source=Kept())
BY_A, BY_B, BY_C = (delivered(*ENDPOINTS, source=Masqueraded(node)) for node in (A, B, C))

pytestmark = given(ECHO, NEAR)


@requirement("cip-masqall")
@claims(
    from_pod=Claim(POD_ON[A], BY_A, FIRST),
    from_outside=Claim(OUTSIDE_BY[A], BY_A, FIRST),
    from_node=Claim(Flow(A, HTTP), BY_A, FIRST),
)
def test_masquerade_all(live: Live, flow: Flow, expect: Outcome) -> None:
    """With masqueradeAll, everyone's connections to cluster IPs are masqueraded, pods' too."""
    assert live.observe(flow) == expect


@requirement("cip-detect")
@claims(
    node_cidr_pod=Claim(POD_ON[B], KEPT, FIRST),
    node_cidr_outside=Claim(OUTSIDE_BY[B], BY_B, FIRST),
    bridge_pod=Claim(POD_ON[C], KEPT, FIRST),
    bridge_outside=Claim(OUTSIDE_BY[C], BY_C, FIRST),
    bridge_node=Claim(Flow(C, HTTP), BY_C, FIRST),
    prefix_pod=Claim(POD_ON[A], KEPT, THEN),
    prefix_outside=Claim(OUTSIDE_BY[A], BY_A, THEN),
    nothing_pod=Claim(POD_ON[B], KEPT, THEN),
    nothing_outside=Claim(Flow(Place.CLIENT, NEAR_HTTP, via=B), delivered(B1, source=Kept()), THEN),
)
def test_detect_local_mode(live: Live, flow: Flow, expect: Outcome) -> None:
    """Pods keep their address in every mode; others are masqueraded wherever pods can be told."""
    assert live.observe(flow) == expect


@requirement("ext-gate")
@claims(
    from_pod=Claim(Flow(Place.POD_A2, ExternalIP(NEAR, "http")), Forwarded(Place.ROUTER), GATED),
    from_outside=Claim(Flow(Place.CLIENT, ExternalIP(NEAR, "http"), via=A), Forwarded(Place.ROUTER), GATED),
    cluster_ip=Claim(POD_ON[A], KEPT, GATED),
)
def test_no_external_ips(live: Live, flow: Flow, expect: Outcome) -> None:
    """Without the feature gate external IPs are not served; all else is."""
    assert live.observe(flow) == expect
