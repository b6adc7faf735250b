"""Which claims of a run are asked for, required or compared: found from the scenarios and from earlier results."""

import argparse
from dataclasses import replace
from pathlib import Path

from conformance.results import Run
from conformance.tier import Tier
from lab.errors import UsageError
from lab.profiles import Profile
from svcproof.earlier import results_of
from svcproof.listed import listed_claims, matching
from svcproof.run import RunRequest


def chosen(request: RunRequest, options: argparse.Namespace) -> RunRequest:
    """The request with what `--claim`, `--tier`, `--require` and `--baseline` ask for."""
    profile = request.lab.profile
    return replace(
        request,
        claims=_chosen(options, profile),
        required=_required(options, profile),
        baseline=None if options.baseline is None else _baseline(options.baseline, profile),
    )


def _chosen(options: argparse.Namespace, profile: Profile) -> tuple[str, ...]:
    """The ids of the claims that were asked for; none where all were."""
    if not options.claim and options.tier is None:
        return ()
    return matching(
        listed_claims(profile, options.kubernetes), options.claim, options.tier and Tier(options.tier)
    )


def _required(options: argparse.Namespace, profile: Profile) -> tuple[str, ...]:
    """The patterns of `--require`. UsageError for one that no claim of the profile matches."""
    if options.require:
        matching(listed_claims(profile, options.kubernetes), options.require, None)
    return tuple(options.require)


def _baseline(given: Path, profile: Profile) -> Run:
    """The run to compare with. UsageError where it is one of another profile."""
    before = results_of(given)
    if before.profile != profile.name:
        raise UsageError(
            f"the baseline is a run of {before.profile}, not of {profile.name}",
            next_step="name a run of the same profile",
        )
    return before
