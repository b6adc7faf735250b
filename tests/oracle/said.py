"""What the oracle says of a claim, asked as the claim asks."""

from conformance.difference import KnownDifference
from conformance.known import known_difference
from conformance.oracle import documented, documented_again, documented_spread
from conformance.outcome import (
    Balanced,
    Changed,
    Delivered,
    Dropped,
    Forwarded,
    LocalError,
    Outcome,
    Refused,
    Unanswered,
)
from lab.components.products import KUBERNETES_VERSION
from lab.profiles import Profile
from tests.oracle.literal_claims import LiteralClaim
from tests.oracle.topology import world_of

_STEADY = (Delivered, Unanswered, Refused, Dropped, Forwarded, LocalError)


def said_of(claim: LiteralClaim, profile: Profile) -> Outcome:
    """The documented outcome of a claim's flow; of its shares or its clients, if the claim is about them."""
    world = world_of(claim.services)
    if claim.after is not None:
        return documented_again(profile, world, claim.flow, claim.after, claim.when)
    if isinstance(claim.expect, Balanced):
        return documented_spread(profile, world, claim.flow, claim.when)
    if claim.before is not None:
        steps = [documented(profile, world, claim.flow, when) for when in (claim.before, claim.when)]
        earlier, later = (each for each in steps if isinstance(each, _STEADY))
        return Changed(earlier, later)
    past: Outcome | None = None
    for when in claim.past:
        past = documented(profile, world, claim.flow, when, past)
    return documented(profile, world, claim.flow, claim.when, past)


def recorded(claim: LiteralClaim, profile: Profile) -> KnownDifference | None:
    """The known difference of a claim, but for one on an open flow: the oracle knows no bugs in clearing conntrack."""
    return None if claim.flow.source_port else known_difference(claim.id, profile, KUBERNETES_VERSION)
