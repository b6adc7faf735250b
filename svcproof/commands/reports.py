"""The commands that read what runs have left: `svcproof report`, `compare` and `bundle`."""

import argparse
import sys
from pathlib import Path

from conformance.exit_codes import AS_DOCUMENTED, DIFFERS
from conformance.results import Verdict
from lab.components.progress import Lines
from lab.errors import UsageError
from reports.summary import sentence
from svcproof.bundle import write_bundle
from svcproof.compared import compared
from svcproof.earlier import results_of
from svcproof.invocation import RESULTS_FILE
from svcproof.published import REPORT_FILE, publish, sabotages_for, write_reports
from svcproof.rerun import claim_of_run
from svcproof.sabotage.results import RESULTS_FILE as SABOTAGE_FILE
from svcproof.settings import Settings


def report(options: argparse.Namespace, _settings: Settings) -> int:
    """`svcproof report`."""
    directories = [given if given.is_dir() else given.parent for given in options.runs]
    only_sabotage = [
        (each / SABOTAGE_FILE).exists() and not (each / RESULTS_FILE).exists() for each in directories
    ]
    runs = [
        results_of(given) for given, is_one in zip(options.runs, only_sabotage, strict=True) if not is_one
    ]
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
    text, is_same = compared(results_of(options.before), results_of(options.after))
    print(text)
    return AS_DOCUMENTED if is_same else DIFFERS


def bundle(options: argparse.Namespace, _settings: Settings) -> int:
    """`svcproof bundle`."""
    found = results_of(options.run)
    directory = (options.run if options.run.is_dir() else options.run.parent).resolve()
    wanted = [claim_of_run(found, claim_id) for claim_id in options.claims]
    failed = [claim for claim in found.claims if claim.verdict is Verdict.FAIL]
    if not wanted and not failed:
        raise UsageError("no claim of this run fails", next_step="name the claims to bundle")
    for claim in wanted or failed:
        print(write_bundle(found, claim, directory, redact=options.redact))
    return 0
