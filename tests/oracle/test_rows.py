"""Modules that stand in a row: with all of their Services beside each other, every claim expects what it does alone."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePath

import pytest

from lab.model import (
    ClusterIP,
    ExternalIP,
    Flow,
    LoadBalancerIP,
    NodePort,
    OtherPort,
    Protocol,
    Service,
    ServicePort,
    Transport,
)
from lab.netns.routes import way_of
from lab.profiles import PROFILES, Profile
from scenarios.rows import row_of
from tests.oracle.literal_claims import MODULES, LiteralClaim, claims_in, loaded
from tests.oracle.said import said_of
from tests.oracle.topology import facts_of


def rows() -> dict[str, list[LiteralClaim]]:
    """The claims of the modules that stand in a row, by row."""
    found: dict[str, list[LiteralClaim]] = defaultdict(list)
    for path in MODULES:
        found[row_of(path)] += claims_in(loaded(path))
    alone = {path.stem for path in MODULES if [row_of(each) for each in MODULES].count(row_of(path)) == 1}
    return {row: claims for row, claims in found.items() if row not in alone}


ROWS = rows()


def services_of(row: str) -> tuple[Service, ...]:
    """All Services of a row, each once."""
    return tuple({service.name: service for claim in ROWS[row] for service in claim.services}.values())


def test_there_are_rows() -> None:
    """A module that is in none stands for itself."""
    assert len(ROWS) > 1
    assert row_of(PurePath("scenarios/test_convergence.py")) == "test_convergence"


@pytest.mark.parametrize("row", ROWS)
def test_nothing_happens_to_what_stands_in_a_row(row: str) -> None:
    """A change for one claim would be one for all: no claim has circumstances, a past or something before it."""
    assert all(not claim.when and not claim.past and claim.before is None for claim in ROWS[row])


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.name)
@pytest.mark.parametrize("row", ROWS)
def test_the_documentation_says_the_same_of_a_row(row: str, profile: Profile) -> None:
    """Of each flow, whether its own module's Services stand alone or not."""
    together = services_of(row)
    for claim in ROWS[row]:
        assert said_of(replace(claim, services=together), profile) == said_of(claim, profile), claim.id


@pytest.mark.parametrize("row", ROWS)
def test_no_service_has_what_a_claim_about_another_asks(row: str) -> None:
    """An address and port that two Services have would lead to one of them, also where none is to answer there."""
    for claim in asking(row):
        assert served_at(claim, services_of(row)) <= {asked_of(claim.flow)}, claim.id


@pytest.mark.parametrize("row", [row for row in ROWS if services_of(row)])
def test_a_service_that_is_in_the_way_is_noticed(row: str) -> None:
    """One more, with the address and port of a claim's own, whatever address that is."""
    for claim in asking(row):
        way = way_of(claim.flow, facts_of(claim.services))
        protocol = Protocol(claim.flow.transport.value)
        stranger = Service(
            name="stranger",
            external_ips=(way.destination,),
            ports=(ServicePort("it", way.port, protocol=protocol),),
        )
        assert "stranger" in served_at(claim, (*claim.services, stranger)), claim.id


@pytest.mark.parametrize("row", ROWS)
def test_a_row_is_short(row: str) -> None:
    """Its rules must go into one message of iptables-nft (docs/findings.md, 2): about so many do."""
    services = services_of(row)
    assert len(services) <= 15
    assert sum(len(service.ports) * max(1, len(service.endpoints)) for service in services) <= 40


def asking(row: str) -> list[LiteralClaim]:
    """The claims of a row that ask for a port of a Service."""
    return [
        claim for claim in ROWS[row] if asked_of(claim.flow) and claim.flow.transport is not Transport.ICMP
    ]


def served_at(claim: LiteralClaim, services: Sequence[Service]) -> set[str]:
    """The Services that are served at the address and port to which a claim's probes are sent."""
    facts = facts_of(services)
    way, protocol = way_of(claim.flow, facts), Protocol(claim.flow.transport.value)
    nodes = [address for node in facts.node_addresses.values() for address in node.values()]
    found = set()
    for service in services:
        allotted = facts.services[service.name]
        own = (allotted.cluster_ip, *service.external_ips, *service.load_balancer_ingress)
        for port in service.ports:
            node_ports = {allotted.node_ports[port.name], port.node_port}
            at_own = way.destination in own and way.port == port.port
            at_node = way.destination in nodes and way.port in node_ports
            if port.protocol is protocol and (at_own or at_node):
                found.add(service.name)
    return found


def asked_of(flow: Flow) -> str:
    """The name of the Service that a flow asks; nothing where it asks none."""
    match flow.target:
        case ClusterIP() | NodePort() | LoadBalancerIP() | ExternalIP() | OtherPort():
            return flow.target.service.name
        case _:
            return ""
