"""Services when kube-proxy is configured otherwise: masqueradeAll, ways of telling what pods send, no external IPs.

Only masqueradeAll changes what a pod's own connection looks like. Without any way of telling, kube-proxy masquerades
nobody who asks a cluster IP.

Source: https://kubernetes.io/docs/reference/config-api/kube-proxy-config.v1alpha1/
"""

from ipaddress import IPv4Address

from conformance.live import Live
from conformance.outcome import Forwarded, Kept, Masqueraded, Outcome, delivered
from conformance.vocabulary import Claim, claims, given, requirement
from lab.model import ClusterIP, DetectLocal, ExternalIP, Flow, Place, ProxyHas, Service, ServicePort

A, A1, B1 = Place.WORKER_A, Place.POD_A1, Place.POD_B1
ECHO = Service(name="configured", endpoints=(A1, B1), ports=(ServicePort("http", 80),))
NEAR = Service(
    name="configured-near",
    endpoints=(A1,),
    external_ips=(IPv4Address("203.0.113.93"),),
    ports=(ServicePort("http", 80),),
)
GATED = (ProxyHas(external_ips=False, nodes=(A,)),)
MASQUERADE_ALL = (ProxyHas(masquerade_all=True, nodes=(A,)),)
NODE_CIDR, BRIDGE, PREFIX, NOTHING = (
    (ProxyHas(detect_local=mode, nodes=(A,)),)
    for mode in (
        DetectLocal.NODE_CIDR,
        DetectLocal.BRIDGE_INTERFACE,
        DetectLocal.INTERFACE_NAME_PREFIX,
        DetectLocal.NOTHING,
    )
)
HTTP, NEAR_HTTP = ClusterIP(ECHO, "http"), ClusterIP(NEAR, "http")
POD, OUTSIDE = Flow(Place.POD_A2, HTTP), Flow(Place.CLIENT, HTTP, via=A)
KEPT, MASQUERADED = delivered(A1, B1, source=Kept()), delivered(A1, B1, source=Masqueraded(A))

pytestmark = given(ECHO, NEAR)


@requirement("cip-masqall")
@claims(
    from_pod=Claim(POD, MASQUERADED, MASQUERADE_ALL),
    from_outside=Claim(OUTSIDE, MASQUERADED, MASQUERADE_ALL),
    from_node=Claim(Flow(A, HTTP), MASQUERADED, MASQUERADE_ALL),
)
def test_masquerade_all(live: Live, flow: Flow, expect: Outcome) -> None:
    """With masqueradeAll, everyone's connections to cluster IPs are masqueraded, pods' too."""
    assert live.observe(flow) == expect


@requirement("cip-detect")
@claims(
    node_cidr_pod=Claim(POD, KEPT, NODE_CIDR),
    node_cidr_outside=Claim(OUTSIDE, MASQUERADED, NODE_CIDR),
    bridge_pod=Claim(POD, KEPT, BRIDGE),
    bridge_outside=Claim(OUTSIDE, MASQUERADED, BRIDGE),
    prefix_pod=Claim(POD, KEPT, PREFIX),
    prefix_outside=Claim(OUTSIDE, MASQUERADED, PREFIX),
    bridge_node=Claim(Flow(A, HTTP), MASQUERADED, BRIDGE),
    nothing_pod=Claim(POD, KEPT, NOTHING),
    nothing_outside=Claim(Flow(Place.CLIENT, NEAR_HTTP, via=A), delivered(A1, source=Kept()), NOTHING),
)
def test_detect_local_mode(live: Live, flow: Flow, expect: Outcome) -> None:
    """Pods keep their address in every mode; others are masqueraded wherever pods can be told."""
    assert live.observe(flow) == expect


@requirement("ext-gate")
@claims(
    from_pod=Claim(Flow(Place.POD_A2, ExternalIP(NEAR, "http")), Forwarded(Place.ROUTER), GATED),
    from_outside=Claim(Flow(Place.CLIENT, ExternalIP(NEAR, "http"), via=A), Forwarded(Place.ROUTER), GATED),
    cluster_ip=Claim(POD, KEPT, GATED),
)
def test_no_external_ips(live: Live, flow: Flow, expect: Outcome) -> None:
    """Without the feature gate external IPs are not served; all else is."""
    assert live.observe(flow) == expect
