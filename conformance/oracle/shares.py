"""Whether connections, or clients, are spread evenly over endpoints."""

from collections.abc import Sequence

from conformance.oracle.clients import without_affinity
from conformance.oracle.flows import documented
from conformance.oracle.world import Undocumented, World
from conformance.outcome import Balanced, Delivered, Outcome, Stuck
from lab.model import Circumstance, Flow
from lab.profiles import Profile


def documented_spread(
    profile: Profile, world: World, flow: Flow, when: Sequence[Circumstance] = ()
) -> Outcome:
    """As documented, for so many connections that an endpoint's share shows: each endpoint is as likely as another.

    With session affinity that is so for clients of which each asks for the first time: a backend is chosen "either
    based on session affinity or randomly".

    Source: https://kubernetes.io/docs/reference/networking/virtual-ips/#proxy-mode-iptables; TestComputeProbability.
    """
    asked = without_affinity(flow, world) if flow.own_addresses else (flow, world)
    outcome = documented(profile, asked[1], asked[0], when)
    match outcome:
        case Delivered(arrivals=arrivals, answered_from=answered_from):
            return Balanced(arrivals, answered_from)
        case Stuck():
            raise Undocumented("a client with session affinity has no shares")
        case _:
            return outcome
