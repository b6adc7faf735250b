"""Services side by side, each asked at its node port, load balancer IP and external IP: each does what it says itself.

Source: https://kubernetes.io/docs/concepts/services-networking/service/#publishing-services-service-types
"""

from collections.abc import Iterator

from conformance.live import Live
from conformance.outcome import Dropped, Kept, Masqueraded, Outcome, Refused, delivered
from conformance.vocabulary import Claim, claims, requirement
from lab.model import (
    ExternalIP,
    Flow,
    LoadBalancerIP,
    NodeAddress,
    NodePort,
    Place,
    Refusal,
    Service,
    ServiceTarget,
)
from scenarios.neighbours import DROPPING, LEFT_ALONE, REFUSING, SERVING, SHUT, SIDE_BY_SIDE, TARGET_PORTS

A, B, A1, B2 = Place.WORKER_A, Place.WORKER_B, Place.POD_A1, Place.POD_B2
REFUSED = Refused(B, Refusal.PORT_UNREACHABLE)

pytestmark = SIDE_BY_SIDE


def doors(service: Service, port: str) -> Iterator[tuple[str, ServiceTarget]]:
    """The doors of a Service to the outside, at worker-b; not the address that is left to its balancer."""
    yield "node_port", NodePort(service, port, B)
    yield "external_ip", ExternalIP(service, port)
    if service is not LEFT_ALONE:
        yield "load_balancer_ip", LoadBalancerIP(service, port)


def expected(service: Service, door: str, sender: Place, port: int) -> Outcome:
    """What a client outside, or a pod of worker-b, comes to there."""
    shut_out = service is SHUT and door == "load_balancer_ip"
    if service is REFUSING:
        return REFUSED
    if sender is Place.CLIENT and (service is DROPPING or shut_out):
        return Dropped()
    source = Kept() if service is DROPPING else Masqueraded(B)
    return delivered(*service.endpoints, source=source, port=port)


@requirement("svc-apart")
@claims(
    **{
        f"{service.name.replace('-', '_')}_{port}_{door}_from_{name}": Claim(
            Flow(sender, target, via=None if sender is B2 or isinstance(target, NodePort) else B),
            expected(service, door, sender, number),
        )
        for service in (SERVING, DROPPING, REFUSING, SHUT, LEFT_ALONE)
        for port, number in TARGET_PORTS.items()
        for door, target in doors(service, port)
        for name, sender in (("outside", Place.CLIENT), ("pod", B2))
    }
)
def test_doors_to_the_outside(live: Live, flow: Flow, expect: Outcome) -> None:
    """Whatever its neighbours do with clients and pods, a Service serves, drops, refuses or shuts out its own."""
    assert live.observe(flow) == expect


@requirement("np-localhost")
@claims(
    **{
        f"{service.name.replace('-', '_')}_{port}": Claim(
            Flow(A, NodePort(service, port, A, NodeAddress.LOOPBACK)),
            delivered(*service.endpoints, source=Masqueraded(A), port=number),
        )
        for service in (SERVING, DROPPING, SHUT, LEFT_ALONE)
        for port, number in TARGET_PORTS.items()
    }
)
def test_localhost(live: Live, flow: Flow, expect: Outcome) -> None:
    """A node serves each of them on 127.0.0.1 for its own programs, and stands for them whatever the policy."""
    assert live.observe(flow) == expect
