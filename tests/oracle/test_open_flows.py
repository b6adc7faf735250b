"""What the oracle says of UDP flows that nobody translated when they were opened."""

from dataclasses import replace
from ipaddress import IPv4Address

import pytest

from conformance.oracle import Past, Undocumented, documented
from conformance.outcome import Forwarded, Masqueraded, Outcome, delivered
from lab.model import (
    Circumstance,
    ExternalIP,
    Flow,
    Place,
    PodIs,
    PodState,
    Protocol,
    Service,
    ServiceIs,
    ServicePort,
)
from tests.oracle.asked import A1, IPTABLES, C
from tests.oracle.topology import world_of

UDP = (ServicePort("dns", 53, 8080, Protocol.UDP),)
FORMER, NOW = IPv4Address("203.0.113.90"), IPv4Address("203.0.113.91")
LINE = Service(name="line", endpoints=(A1,), external_ips=(FORMER,), ports=UDP)
MOVED = replace(LINE, external_ips=(NOW,))
OTHER = Service(name="other", endpoints=(Place.POD_B1,), ports=UDP)
PLAIN = replace(OTHER, name="plain", ports=(ServicePort("http", 80, 8080),))
FLOW = Flow(Place.CLIENT, ExternalIP(MOVED, "dns"), via=C, source_port=61000)
IS_MOVED = ServiceIs(LINE, MOVED)
UNSERVED, SERVED = Forwarded(Place.ROUTER), delivered(A1, source=Masqueraded(C))


@pytest.mark.parametrize(
    ("given", "earlier", "later", "expected"),
    [
        pytest.param((LINE,), (), (IS_MOVED,), UNSERVED, id="its address becomes a Service's"),
        pytest.param(
            (LINE,),
            (IS_MOVED,),
            (IS_MOVED, PodIs(A1, PodState.TERMINATING)),
            SERVED,
            id="then its endpoints change",
        ),
        pytest.param(
            (LINE, OTHER),
            (IS_MOVED,),
            (IS_MOVED, PodIs(Place.POD_B1, PodState.GONE)),
            SERVED,
            id="then another's endpoints change",
        ),
        pytest.param(
            (LINE, PLAIN),
            (IS_MOVED,),
            (IS_MOVED, PodIs(Place.POD_B1, PodState.GONE)),
            UNSERVED,
            id="then those of one without UDP",
        ),
        pytest.param(
            (LINE,),
            (),
            (IS_MOVED, PodIs(A1, PodState.TERMINATING)),
            SERVED,
            id="and endpoints change behind it",
        ),
    ],
)
def test_a_flow_stays_unserved_until_endpoints_change(
    given: tuple[Service, ...],
    earlier: tuple[Circumstance, ...],
    later: tuple[Circumstance, ...],
    expected: Outcome,
) -> None:
    """kube-proxy looks through conntrack when endpoints of a Service with UDP change."""
    past = Past(UNSERVED, earlier)
    assert documented(IPTABLES, world_of(given), FLOW, later, past) == expected


def test_nobody_knows_what_kube_proxy_sees_first() -> None:
    """Services and EndpointSlices are separate watches: so it is when a Service is made."""
    with pytest.raises(Undocumented, match="seen first"):
        documented(IPTABLES, world_of((MOVED,)), FLOW, (), Past(UNSERVED, (ServiceIs(MOVED, None),)))
