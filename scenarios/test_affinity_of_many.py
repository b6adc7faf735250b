"""sessionAffinity ClientIP of more clients than the kernel's match `recent` has room for.

Source: https://kubernetes.io/docs/reference/networking/virtual-ips/#session-affinity
"""

from conformance.again import After
from conformance.live import Live
from conformance.outcome import Masqueraded, Outcome, returned
from conformance.vocabulary import Claim, claims, given, requirement
from lab.model import ClusterIP, Flow, Place, Service, ServicePort

A, ENDPOINTS = Place.WORKER_A, (Place.POD_A3, Place.POD_B3)
CROWDED = Service(
    name="affine-to-many",
    session_affinity_seconds=10800,
    endpoints=ENDPOINTS,
    ports=(ServicePort("http", 80),),
)
FLOW = Flow(Place.CLIENT, ClusterIP(CROWDED, "http"), via=A, own_addresses=True)
BACK = returned(*ENDPOINTS, source=Masqueraded(A))

pytestmark = given(CROWDED)


@requirement("aff-many")
@claims(all_come_back=Claim(FLOW, BACK, after=After(FLOW, clients=400)))
def test_many_clients(live: Live, flow: Flow, expect: Outcome) -> None:
    """Clients are kept however many they are."""
    assert live.observe_again(flow) == expect
