"""An address of ipMode Proxy is left to the balancer: nodes route what is sent to it, as if they did not know it.

So it is next to Services that serve, drop, refuse and shut out at the same port numbers.

Source: https://kubernetes.io/docs/concepts/services-networking/service/#load-balancer-ip-mode
"""

from ipaddress import IPv4Address, IPv4Network

from conformance.live import Live
from conformance.outcome import Forwarded, Outcome
from conformance.vocabulary import Claim, claims, given, requirement
from lab.model import (
    Flow,
    IPMode,
    LoadBalancerIP,
    Place,
    Protocol,
    Service,
    ServicePort,
    ServiceType,
    TrafficPolicy,
)

A, A1 = Place.WORKER_A, Place.POD_A1
CLUSTER, LOCAL = TrafficPolicy.CLUSTER, TrafficPolicy.LOCAL


def balanced(
    number: int,
    *endpoints: Place,
    policy: TrafficPolicy = CLUSTER,
    ranges: str = "",
    mode: IPMode = IPMode.VIP,
) -> Service:
    """A Service with a TCP and a UDP port at a load balancer IP and an external IP of its own."""
    return Service(
        name=f"balanced-{number}",
        type=ServiceType.LOAD_BALANCER,
        external_traffic_policy=policy,
        internal_traffic_policy=policy,
        load_balancer_ingress=(IPv4Address(f"203.0.113.{number}"),),
        load_balancer_ip_mode=mode,
        load_balancer_source_ranges=(IPv4Network(ranges),) if ranges else (),
        external_ips=(IPv4Address(f"203.0.113.{number + 1}"),),
        endpoints=endpoints,
        ports=(ServicePort("http", 80), ServicePort("dns", 530, 8081, protocol=Protocol.UDP)),
    )


LEFT_ALONE = balanced(90, A1, mode=IPMode.PROXY)
OTHERS = (
    balanced(92, A1),
    balanced(94, Place.POD_B1, policy=LOCAL),
    balanced(96),
    balanced(98, A1, ranges="10.244.0.0/16"),
)

pytestmark = given(LEFT_ALONE, *OTHERS)


@requirement("lb-ipmode")
@claims(
    **{
        f"{port}_from_{name}": Claim(
            Flow(sender, LoadBalancerIP(LEFT_ALONE, port), via=via), Forwarded(Place.ROUTER)
        )
        for port in ("http", "dns")
        for name, sender, via in (
            ("pod", Place.POD_C1, None),
            ("node", A, None),
            ("outside", Place.CLIENT, A),
        )
    }
)
def test_ip_mode_proxy(live: Live, flow: Flow, expect: Outcome) -> None:
    """Packets of pods, nodes and clients to the address go where routes lead."""
    assert live.observe(flow) == expect
