"""Load balancer IPs and external IPs are a Service's at its ports only; at others, their packets are routed.

Source: https://kubernetes.io/docs/concepts/services-networking/service/#loadbalancer
"""

from collections.abc import Mapping

from conformance.live import Live
from conformance.outcome import Forwarded, Outcome
from conformance.vocabulary import Claim, claims, requirement
from lab.model import ExternalIP, Flow, LoadBalancerIP, OtherPort, Place, Transport
from scenarios.neighbours import DROPPING, REFUSING, SERVING, SHUT, SIDE_BY_SIDE

NODE = Place.WORKER_B
ROUTED = Forwarded(Place.ROUTER)
SERVICES = (SERVING, DROPPING, REFUSING, SHUT)
BESIDE = {
    "other_protocol": ("http", Transport.UDP, 0),
    "other_protocol_than_udp": ("dns", Transport.TCP, 0),
    "number_behind": ("http", Transport.TCP, 1),
    "number_behind_udp": ("dns", Transport.UDP, 1),
}
DOORS: Mapping[str, type[LoadBalancerIP | ExternalIP]] = {
    "load_balancer_ip": LoadBalancerIP,
    "external_ip": ExternalIP,
}

pytestmark = SIDE_BY_SIDE


@requirement("lb-badport")
@claims(
    **{
        f"{service.name.replace('-', '_')}_{door}_{beside}": Claim(
            Flow(Place.CLIENT, OtherPort(DOORS[door](service, port), transport, after), via=NODE), ROUTED
        )
        for service in SERVICES
        for door in DOORS
        for beside, (port, transport, after) in BESIDE.items()
    }
)
def test_beside_a_port(live: Live, flow: Flow, expect: Outcome) -> None:
    """A node routes what is not its Service's, whether at the port it serves, drops, refuses or shuts out."""
    assert live.observe(flow) == expect
