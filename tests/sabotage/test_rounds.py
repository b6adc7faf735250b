"""Which claims of sabotage are judged together, and which have a flow that was opened before."""

from dataclasses import replace

from conformance.outcome import Dropped
from lab.model import (
    Circumstance,
    ClusterIP,
    Flow,
    HealthCheckPort,
    Place,
    PodIs,
    PodState,
    ProxyHealth,
    Service,
    ServiceIs,
    ServicePort,
)
from svcproof.sabotage.claims import Claim
from svcproof.sabotage.rounds import Round, all_rounds, rounds, rounds_of_open_flows

ECHO = Service(name="echo", endpoints=(Place.POD_A1,), ports=(ServicePort("http", 80),))
GONE = (PodIs(Place.POD_A1, PodState.GONE),)


def claim(name: str, *past: tuple[Circumstance, ...]) -> Claim:
    """A claim about the Service as it is given."""
    flow = Flow(Place.POD_C1, ClusterIP(ECHO, "http"), source_port=61_000 if past else 0)
    return Claim(name, flow, Dropped(), Dropped(), test_fresh_flows_share_a_round, (ECHO,), (), None, past)


def test_fresh_flows_share_a_round() -> None:
    """Those of the same Services and circumstances are judged together, without any that is open."""
    fresh = [claim("one"), claim("two")]
    [together] = rounds([*fresh, claim("open", GONE)])
    assert together.claims == tuple(fresh)


def test_open_flows_of_one_past_share_a_round() -> None:
    """They are opened together, and what is quickest to set up is asked first."""
    changed, unchanged, beside = claim("changed", GONE), claim("unchanged", ()), claim("beside", GONE)
    found = rounds_of_open_flows([claim("fresh"), changed, unchanged, beside])
    assert [each.claims for each in found] == [(unchanged,), (changed, beside)]


def test_services_stand_as_the_circumstances_have_them() -> None:
    """One that is changed is what it was changed into, and one that is deleted is not there."""
    moved, gone = replace(ECHO, session_affinity_seconds=9), replace(ECHO, name="gone")
    changed = (ServiceIs(ECHO, moved), ServiceIs(gone, None))
    assert Round((ECHO, gone), (), ()).standing == (ECHO, gone)
    assert Round((ECHO, gone), changed, ()).standing == (moved,)


def test_what_kube_proxy_is_asked_itself_is_apart() -> None:
    """It cannot be held still meanwhile; each circumstance is a round of its own."""
    packets = claim("packets")
    health = replace(packets, id="health", flow=Flow(Place.CLIENT, HealthCheckPort(ECHO, Place.WORKER_A)))
    healthz = replace(health, id="healthz", given=(), flow=Flow(Place.CLIENT, ProxyHealth(Place.WORKER_A)))
    changed = replace(health, id="changed", when=GONE)
    found = all_rounds([packets, health, healthz, changed])
    assert [each.claims for each in found.fresh] == [(packets,)]
    assert [each.claims for each in found.of_kube_proxy] == [(health,), (healthz,), (changed,)]
    assert found.open_flows == ()
