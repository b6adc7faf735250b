"""`svcproof claims`."""

import argparse

from conformance.tier import Tier
from lab.components.sources import check_kubernetes
from lab.profiles import profile_named
from svcproof.listed import claims_json, claims_text, listed_claims, matching
from svcproof.settings import Settings


def claims(options: argparse.Namespace, _settings: Settings) -> int:
    """`svcproof claims`."""
    check_kubernetes(options.kubernetes)
    listed = listed_claims(profile_named(options.profile), options.kubernetes)
    wanted = matching(listed, options.claim, options.tier and Tier(options.tier))
    chosen = [claim for claim in listed if claim.id in wanted]
    print(claims_json(chosen) if options.json else claims_text(chosen))
    return 0
