"""Whether clients that come again are given the endpoint that they had."""

from collections.abc import Sequence
from dataclasses import replace

from conformance.again import After
from conformance.oracle.flows import documented, first_node
from conformance.oracle.world import Undocumented, World
from conformance.outcome import ChosenAnew, Delivered, Outcome, Returned
from conformance.statistics import clients_to_fill
from lab.model import Circumstance, ClusterIP, ExternalIP, Flow, LoadBalancerIP, NodePort
from lab.profiles import Profile, ProxyMode

REMEMBERED = 100
"""Clients of an endpoint that iptables mode remembers.

Source: https://ipset.netfilter.org/iptables-extensions.man.html, recent, ip_list_tot.
"""


def documented_again(
    profile: Profile,
    world: World,
    flow: Flow,
    after: After,
    when: Sequence[Circumstance] = (),
) -> Outcome:
    """The outcome for clients that asked by another flow before, and then opened no connection for so long."""
    plain, plain_world = without_affinity(flow, world)
    outcome = documented(profile, plain_world, plain, when)
    if not isinstance(outcome, Delivered) or len(outcome.arrivals) == 1:
        return outcome
    kept = is_kept(flow, after.flow, after.idle_seconds)
    forgotten = kept and _is_forgotten(profile.proxy_mode, len(outcome.arrivals), after.clients)
    kind = Returned if kept and not forgotten else ChosenAnew
    return kind(outcome.arrivals, outcome.answered_from)


def _is_forgotten(mode: ProxyMode, endpoints: int, clients: int) -> bool:
    """Whether every endpoint has more clients than are remembered. Between that and none at all chance decides."""
    if mode is not ProxyMode.IPTABLES or clients <= REMEMBERED:
        return False
    if clients < clients_to_fill(endpoints, REMEMBERED):
        raise Undocumented(
            f"whether some of {endpoints} endpoints got more than {REMEMBERED} of {clients} clients"
        )
    return True


def is_kept(flow: Flow, before: Flow, idle_seconds: float) -> bool:
    """Whether session affinity keeps a client: by port of a Service, at any of its doors, until the time-out.

    Source: https://kubernetes.io/docs/reference/networking/virtual-ips/#session-affinity; affinity by port:
    https://issues.k8s.io/103000; by door: writeServiceToEndpointRules in pkg/proxy/iptables/proxier.go.
    """
    doors = ClusterIP | NodePort | LoadBalancerIP | ExternalIP
    asked, asked_before = flow.target, before.target
    if not isinstance(asked, doors) or not isinstance(asked_before, doors):
        return False
    if first_node(flow) is not first_node(before):
        raise Undocumented("whether nodes know of each other's clients")
    time_out = asked.service.session_affinity_seconds
    same = (asked.service, asked.port) == (asked_before.service, asked_before.port)
    return same and time_out is not None and idle_seconds < time_out


def without_affinity(flow: Flow, world: World) -> tuple[Flow, World]:
    """The flow and the world as if its Service had no session affinity."""
    target = flow.target
    if not isinstance(target, ClusterIP | NodePort | LoadBalancerIP | ExternalIP):
        return flow, world
    plain = replace(target.service, session_affinity_seconds=None)
    known = world.services.get(plain.name) == target.service
    services = {**world.services, plain.name: plain} if known else world.services
    return replace(flow, target=replace(target, service=plain)), replace(world, services=services)
