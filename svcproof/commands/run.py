"""`svcproof run`: imports nothing that is not needed before its labs are started."""

import argparse
import sys
from dataclasses import replace

from lab.components.progress import Lines
from lab.profiles import profile_named
from svcproof import asked
from svcproof.labs import Labs
from svcproof.run import exit_code_of
from svcproof.run import run as run_profile
from svcproof.settings import Settings


def run(options: argparse.Namespace, settings: Settings) -> int:
    """`svcproof run`."""
    profile = profile_named(options.profile)
    request = asked.run_request(options, settings, profile)
    if options.claim or options.tier or options.require or options.baseline:
        # It collects the scenarios, or reads results.
        from svcproof.commands import choice  # noqa: PLC0415 - a run of everything starts without

        request = choice.chosen(request, options)
    request = replace(request, pytest=options.rest)
    asked.require(options, settings, profile)
    progress = Lines(sys.stderr)
    return exit_code_of(run_profile(request, Labs(settings.state), progress), request, progress)
