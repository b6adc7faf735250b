"""What each command does with its options: turns words into facts, calls the function that acts, prints."""

import argparse
import os
import random
import sys
from dataclasses import replace
from pathlib import Path

from conformance.results import ResultsError, Run, Tier, Verdict, read_results
from conformance.verdict import AS_DOCUMENTED, DIFFERS
from lab.components.calico_choice import calico_for
from lab.components.needed import needed
from lab.components.progress import Lines
from lab.components.resolve import resolve
from lab.components.sources import check_kubernetes
from lab.errors import UsageError
from lab.profiles import Profile, profile_named
from reports.summary import sentence
from svcproof import asked, dumped, entered, shown, standing
from svcproof.bundle import write_bundle
from svcproof.compared import compared
from svcproof.doctor import command as diagnosis
from svcproof.doctor.real import real_machine
from svcproof.invocation import RESULTS_FILE
from svcproof.lab_run import LabRequest
from svcproof.labs import LabEntry, Labs, LabUse
from svcproof.listed import claims_json, claims_text, listed_claims, matching
from svcproof.published import REPORT_FILE, publish, sabotages_for, write_reports
from svcproof.rerun import claim_of_run, isolation_words
from svcproof.run import RunRequest, exit_code_of
from svcproof.run import run as run_profile
from svcproof.sabotage.command import SabotageRequest
from svcproof.sabotage.command import sabotage as sabotage_profile
from svcproof.sabotage.fault import Kind
from svcproof.sabotage.order import SabotageOrder
from svcproof.sabotage.results import RESULTS_FILE as SABOTAGE_FILE
from svcproof.settings import Settings

_WORKERS = 2


def doctor(options: argparse.Namespace, settings: Settings) -> int:
    """`svcproof doctor`."""
    return diagnosis.doctor(
        options.profiles,
        fix=options.fix,
        brief=options.brief,
        as_json=options.json,
        machine=real_machine(settings.environ),
        wanted=asked.wanted(options, settings),
        out=print,
        say=Lines(sys.stderr).say,
    )


def run(options: argparse.Namespace, settings: Settings) -> int:
    """`svcproof run`."""
    profile = profile_named(options.profile)
    request = replace(
        _request(options, settings, profile),
        claims=_chosen(options, profile),
        required=_required(options, profile),
        baseline=None if options.baseline is None else _baseline(options.baseline, profile),
        pytest=options.rest,
        traced=options.trace,
    )
    asked.require(options, settings, profile)
    progress = Lines(sys.stderr)
    return exit_code_of(run_profile(request, Labs(settings.state), progress), request, progress)


def rerun(options: argparse.Namespace, settings: Settings) -> int:
    """`svcproof rerun`."""
    before = _results(options.run)
    profile = profile_named(before.profile)
    found = claim_of_run(before, options.claim)
    request = replace(
        _request(options, settings, profile), workers=1, claims=(found.id,), traced=options.trace
    )
    asked.require(options, settings, profile)
    progress = Lines(sys.stderr)
    after = run_profile(request, Labs(settings.state), progress)
    if after is not None:
        print(isolation_words(found, claim_of_run(after, found.id)))
    return exit_code_of(after, request, progress)


def sabotage(options: argparse.Namespace, settings: Settings) -> int:
    """`svcproof sabotage`."""
    profile = profile_named(options.profile)
    lab = _lab_request(options, settings, profile)
    order = SabotageOrder(
        seed=lab.seed,
        budget=options.budget,
        kinds=tuple(Kind(kind) for kind in options.kind),
        full=options.full,
        listed=options.list,
    )
    asked.require(options, settings, profile)
    return sabotage_profile(SabotageRequest(lab=lab, order=order), Labs(settings.state), Lines(sys.stderr))


def claims(options: argparse.Namespace, _settings: Settings) -> int:
    """`svcproof claims`."""
    check_kubernetes(options.kubernetes)
    listed = listed_claims(profile_named(options.profile), options.kubernetes)
    wanted = matching(listed, options.claim, options.tier and Tier(options.tier))
    chosen = [claim for claim in listed if claim.id in wanted]
    print(claims_json(chosen) if options.json else claims_text(chosen))
    return 0


def up(options: argparse.Namespace, settings: Settings) -> int:
    """`svcproof up`."""
    profile = profile_named(options.profile)
    asked.require(options, settings, profile)
    progress = Lines(sys.stderr)
    sources = asked.sources(options, settings)
    wish = standing.Wish(
        name=options.name or profile.name,
        profile=profile,
        calico=calico_for(profile, asked.implementation(options), sources, progress),
        components=resolve(needed(profile), sources, progress),
        encapsulation=asked.encapsulation(options, profile),
        state=settings.state,
        environ=settings.environ,
    )
    return standing.up(wish, progress)


def down(options: argparse.Namespace, settings: Settings) -> int:
    """`svcproof down`."""
    labs_of_user = Labs(settings.state)
    if options.all:
        ending = [entry for entry in labs_of_user.standing() if entry.use is LabUse.UP]
        if not ending:
            print("no lab stands")
    else:
        ending = [labs_of_user.named(options.name)]
    for entry in ending:
        standing.down(entry, labs_of_user)
        print(f"{entry.name} is down")
    return 0


def labs(options: argparse.Namespace, settings: Settings) -> int:
    """`svcproof labs`."""
    entries = Labs(settings.state).standing()
    print(shown.labs_json(entries) if options.json else shown.labs_text(entries))
    return 0


def status(options: argparse.Namespace, settings: Settings) -> int:
    """`svcproof status`."""
    entry = Labs(settings.state).named(options.name)
    return shown.status(entry, as_json=options.json)


def exec_(options: argparse.Namespace, settings: Settings) -> int:
    """`svcproof exec`."""
    if not options.rest:
        raise UsageError("no command was given", next_step="svcproof exec PLACE -- COMMAND ...")
    return entered.run_at(_lab(options, settings), options.place, options.rest)


def shell(options: argparse.Namespace, settings: Settings) -> int:
    """`svcproof shell`."""
    program = settings.environ.get("SHELL") or "/bin/sh"
    return entered.run_at(_lab(options, settings), options.place, [program, "-i"])


def dump(options: argparse.Namespace, settings: Settings) -> int:
    """`svcproof dump`."""
    return dumped.dump(_lab(options, settings), options.place, sys.stdout)


def report(options: argparse.Namespace, _settings: Settings) -> int:
    """`svcproof report`."""
    directories = [given if given.is_dir() else given.parent for given in options.runs]
    only_sabotage = [
        (each / SABOTAGE_FILE).exists() and not (each / RESULTS_FILE).exists() for each in directories
    ]
    runs = [_results(given) for given, is_one in zip(options.runs, only_sabotage, strict=True) if not is_one]
    if not runs:
        raise UsageError("a report needs a run", next_step="name a run beside the sabotages")
    if len({run.run_id for run in runs}) < len(runs):
        raise UsageError("the same run was named twice")
    if len(directories) == 1 and options.output is None:
        publish(runs[0], directories[0].resolve(), Lines(sys.stderr), options.note)
        return 0
    where: Path = options.output or Path("svcproof-report")
    write_reports(runs, where, sabotages_for(runs, directories), options.note)
    progress = Lines(sys.stderr)
    for run in runs:
        progress.say(f"{run.profile}: {sentence(run)}")
    progress.say(f"  report: {where / REPORT_FILE}")
    return 0


def compare(options: argparse.Namespace, _settings: Settings) -> int:
    """`svcproof compare`."""
    text, is_same = compared(_results(options.before), _results(options.after))
    print(text)
    return AS_DOCUMENTED if is_same else DIFFERS


def bundle(options: argparse.Namespace, _settings: Settings) -> int:
    """`svcproof bundle`."""
    found = _results(options.run)
    directory = (options.run if options.run.is_dir() else options.run.parent).resolve()
    wanted = [claim_of_run(found, claim_id) for claim_id in options.claims]
    failed = [claim for claim in found.claims if claim.verdict is Verdict.FAIL]
    if not wanted and not failed:
        raise UsageError("no claim of this run fails", next_step="name the claims to bundle")
    for claim in wanted or failed:
        print(write_bundle(found, claim, directory, redact=options.redact))
    return 0


def _results(given: Path) -> Run:
    """The results of a run, by its directory or by the file itself. UsageError where they cannot be read."""
    try:
        return read_results(given / RESULTS_FILE if given.is_dir() else given)
    except (OSError, ResultsError) as error:
        raise UsageError(f"cannot read the results of a run: {error}") from error


def _request(options: argparse.Namespace, settings: Settings, profile: Profile) -> RunRequest:
    return RunRequest(
        lab=_lab_request(options, settings, profile), workers=options.workers or _workers(options)
    )


def _lab_request(options: argparse.Namespace, settings: Settings, profile: Profile) -> LabRequest:
    return LabRequest(
        profile=profile,
        sources=asked.sources(options, settings),
        runs=options.runs,
        encapsulation=asked.encapsulation(options, profile),
        implementation=asked.implementation(options),
        seed=random.randrange(1 << 32) if options.seed is None else options.seed,  # noqa: S311 - no secret
        command=options.typed,
        environ=settings.environ,
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
    before = _results(given)
    if before.profile != profile.name:
        raise UsageError(
            f"the baseline is a run of {before.profile}, not of {profile.name}",
            next_step="name a run of the same profile",
        )
    return before


def _workers(options: argparse.Namespace) -> int:
    """A lab for each core up to two; one for single claims, which come up as soon."""
    return 1 if getattr(options, "claim", None) else min(_WORKERS, os.cpu_count() or 1)


def _lab(options: argparse.Namespace, settings: Settings) -> LabEntry:
    return Labs(settings.state).named(options.lab)
