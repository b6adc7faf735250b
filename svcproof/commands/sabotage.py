"""`svcproof sabotage`."""

import argparse
import sys

from lab.components.progress import Lines
from lab.profiles import profile_named
from svcproof import asked
from svcproof.labs import Labs
from svcproof.sabotage.command import SabotageRequest
from svcproof.sabotage.command import sabotage as sabotage_profile
from svcproof.sabotage.fault import Kind
from svcproof.sabotage.order import SabotageOrder
from svcproof.settings import Settings


def sabotage(options: argparse.Namespace, settings: Settings) -> int:
    """`svcproof sabotage`."""
    profile = profile_named(options.profile)
    lab = asked.lab_request(options, settings, profile)
    order = SabotageOrder(
        seed=lab.seed,
        budget=options.budget,
        kinds=tuple(Kind(kind) for kind in options.kind),
        full=options.full,
        listed=options.list,
    )
    asked.require(options, settings, profile)
    return sabotage_profile(SabotageRequest(lab=lab, order=order), Labs(settings.state), Lines(sys.stderr))
