"""`svcproof rerun`."""

import argparse
import sys
from dataclasses import replace

from lab.components.progress import Lines
from lab.profiles import profile_named
from svcproof import asked
from svcproof.earlier import results_of
from svcproof.labs import Labs
from svcproof.rerun import claim_of_run, isolation_words
from svcproof.run import exit_code_of
from svcproof.run import run as run_profile
from svcproof.settings import Settings


def rerun(options: argparse.Namespace, settings: Settings) -> int:
    """`svcproof rerun`."""
    before = results_of(options.run)
    profile = profile_named(before.profile)
    found = claim_of_run(before, options.claim)
    request = replace(asked.run_request(options, settings, profile), workers=1, claims=(found.id,))
    asked.require(options, settings, profile)
    progress = Lines(sys.stderr)
    after = run_profile(request, Labs(settings.state), progress)
    if after is not None:
        print(isolation_words(found, claim_of_run(after, found.id)))
    return exit_code_of(after, request, progress)
