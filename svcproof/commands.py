"""What each command does with its options: turns words into facts, calls the function that acts, prints."""

import argparse
import os
import random
import sys
from pathlib import Path

from conformance.results import ResultsError, read_results
from lab.components.program import Program
from lab.components.progress import Lines
from lab.components.resolve import resolve
from lab.components.sources import Sources
from lab.errors import UsageError
from lab.networks.flannel import Backend
from lab.profiles import profile_named
from svcproof import dumped, entered, shown, standing
from svcproof.doctor import command as diagnosis
from svcproof.doctor.real import real_machine
from svcproof.gathered import RESULTS_FILE
from svcproof.labs import LabEntry, Labs, LabUse
from svcproof.published import publish
from svcproof.run import RunRequest
from svcproof.run import run as run_profile
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
        settings=diagnosis.Settings(sources=_sources(options, settings), runs=options.runs),
        out=print,
        say=Lines(sys.stderr).say,
    )


def run(options: argparse.Namespace, settings: Settings) -> int:
    """`svcproof run`."""
    profile = profile_named(options.profile)
    request = RunRequest(
        profile=profile,
        sources=_sources(options, settings),
        runs=options.runs,
        workers=options.workers or _workers(options),
        backend=Backend(options.backend),
        seed=random.randrange(1 << 32) if options.seed is None else options.seed,  # noqa: S311 - no secret
        claims=tuple(options.claim),
        pytest=options.rest,
        command=options.typed,
        environ=settings.environ,
    )
    diagnosis.require(profile, real_machine(settings.environ))
    return run_profile(request, Labs(settings.state), Lines(sys.stderr))


def up(options: argparse.Namespace, settings: Settings) -> int:
    """`svcproof up`."""
    profile = profile_named(options.profile)
    diagnosis.require(profile, real_machine(settings.environ))
    progress = Lines(sys.stderr)
    wish = standing.Wish(
        name=options.name or profile.name,
        profile=profile,
        components=resolve(tuple(Program), _sources(options, settings), progress),
        backend=Backend(options.backend),
        state=settings.state,
        environ=settings.environ,
    )
    return standing.up(wish, progress)


def down(options: argparse.Namespace, settings: Settings) -> int:
    """`svcproof down`."""
    labs_of_user = Labs(settings.state)
    if options.all:
        ending = [entry for entry in labs_of_user.standing() if entry.use is LabUse.UP]
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
    given: Path = options.run
    results = given / RESULTS_FILE if given.is_dir() else given
    try:
        found = read_results(results)
    except (OSError, ResultsError) as error:
        raise UsageError(f"cannot read the results of a run: {error}") from error
    publish(found, results.parent.resolve(), Lines(sys.stderr))
    return 0


def _workers(options: argparse.Namespace) -> int:
    """A lab for each core up to two; one for single claims, which come up as soon."""
    return 1 if options.claim else min(_WORKERS, os.cpu_count() or 1)


def _lab(options: argparse.Namespace, settings: Settings) -> LabEntry:
    return Labs(settings.state).named(options.lab)


def _sources(options: argparse.Namespace, settings: Settings) -> Sources:
    return Sources(
        cache=settings.cache,
        environ=settings.environ,
        directory=options.components or settings.components,
        kube_proxy=options.kube_proxy,
        kubernetes_version=options.kubernetes,
    )
