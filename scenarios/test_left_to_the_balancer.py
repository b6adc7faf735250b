"""An address of ipMode Proxy is left to the balancer: nodes route what is sent to it, as if they did not know it.

So it is next to Services that serve, drop, refuse and shut out at the same port numbers.

Source: https://kubernetes.io/docs/concepts/services-networking/service/#load-balancer-ip-mode
"""

from conformance.live import Live
from conformance.outcome import Forwarded, Outcome
from conformance.vocabulary import Claim, claims, requirement
from lab.model import Flow, LoadBalancerIP, Place
from scenarios.neighbours import LEFT_ALONE, SIDE_BY_SIDE

A = Place.WORKER_A

pytestmark = SIDE_BY_SIDE


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
