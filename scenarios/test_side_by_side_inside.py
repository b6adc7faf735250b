"""Services side by side, each asked at its cluster IP: none takes, drops or refuses what is another's.

Source: https://kubernetes.io/docs/reference/networking/virtual-ips/#how-it-works
"""

from conformance.live import Live
from conformance.outcome import Arrival, Delivered, Kept, Masqueraded, Outcome, Refused, delivered
from conformance.vocabulary import Claim, claims, requirement
from lab.model import ClusterIP, Flow, Place, Refusal, Service
from scenarios.neighbours import DROPPING, LEFT_ALONE, REFUSING, SERVING, SHUT, SIDE_BY_SIDE, TARGET_PORTS

A, B, C, C1 = Place.WORKER_A, Place.WORKER_B, Place.WORKER_C, Place.POD_C1
SERVED = (SERVING, DROPPING, SHUT, LEFT_ALONE)

pytestmark = SIDE_BY_SIDE


def asked(sender: Place, service: Service, port: str) -> Flow:
    """Someone asks the cluster IP; from outside, through a node."""
    return Flow(sender, ClusterIP(service, port), via=A if sender is Place.CLIENT else None)


def hairpin(sender: Place, service: Service, port: int) -> Outcome:
    """An endpoint that reaches itself is masqueraded; another one sees its address."""
    sources = {pod: Masqueraded(pod.node) if pod is sender else Kept() for pod in service.endpoints}
    return Delivered(frozenset(Arrival(pod, port, source) for pod, source in sources.items()))


@requirement("svc-apart")
@claims(
    **{
        f"{service.name.replace('-', '_')}_{port}_from_{name}": Claim(
            asked(sender, service, port), delivered(*service.endpoints, source=source, port=target)
        )
        for service in SERVED
        for port, target in TARGET_PORTS.items()
        for name, sender, source in (
            ("pod", C1, Kept()),
            ("node", B, Masqueraded(B)),
            ("outside", Place.CLIENT, Masqueraded(A)),
        )
    }
)
def test_cluster_ip(live: Live, flow: Flow, expect: Outcome) -> None:
    """Each serves pods, which it shows, and nodes and clients, which the node stands for."""
    assert live.observe(flow) == expect


@requirement("svc-apart")
@claims(
    **{
        f"{service.name.replace('-', '_')}_{port}_from_{pod.value.replace('-', '_')}": Claim(
            asked(pod, service, port), hairpin(pod, service, target)
        )
        for service in SERVED
        for port, target in TARGET_PORTS.items()
        for pod in service.endpoints
    }
)
def test_hairpin(live: Live, flow: Flow, expect: Outcome) -> None:
    """An endpoint of several Services reaches itself by each of them."""
    assert live.observe(flow) == expect


@requirement("svc-apart")
@claims(
    **{
        f"refusing_{port}_from_{name}": Claim(
            asked(sender, REFUSING, port), Refused(by, Refusal.PORT_UNREACHABLE)
        )
        for port in TARGET_PORTS
        for name, sender, by in (("pod", C1, C), ("node", B, B), ("outside", Place.CLIENT, A))
    }
)
def test_without_endpoints(live: Live, flow: Flow, expect: Outcome) -> None:
    """The one without endpoints refuses everyone."""
    assert live.observe(flow) == expect
