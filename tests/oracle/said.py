"""What the oracle says of a claim, asked as the claim asks."""

from conformance.known import KnownDifference, known_difference
from conformance.oracle import documented, documented_spread
from conformance.outcome import Balanced, Outcome
from lab.profiles import Profile
from tests.oracle.literal_claims import LiteralClaim
from tests.oracle.topology import world_of


def said_of(claim: LiteralClaim, profile: Profile) -> Outcome:
    """The documented outcome of a claim's flow; of its shares, if the claim is about them."""
    ask = documented_spread if isinstance(claim.expect, Balanced) else documented
    return ask(profile, world_of(claim.services), claim.flow, claim.when)


def recorded(claim: LiteralClaim, profile: Profile) -> KnownDifference | None:
    """The known difference of a claim, but for one on an open flow: the oracle knows nothing of a flow's past."""
    return None if claim.flow.source_port else known_difference(claim.id, profile)
