"""The command line: what may be asked, and which function answers."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import TypeAlias

from conformance.exit_codes import AS_DOCUMENTED, INTERRUPTED, NOT_TESTED, USAGE
from conformance.tier import Tier
from lab.components.products import KUBERNETES_VERSION
from lab.errors import LabError, UsageError
from lab.profiles import PROFILES, Encapsulation, Implementation
from svcproof import __version__
from svcproof.sabotage.duration import seconds
from svcproof.sabotage.fault import Kind
from svcproof.settings import Settings

_MOST_WORKERS = 16

Command = Callable[[argparse.Namespace, Settings], int]
_Verbs: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # noqa: SLF001 - has no other name

_JUDGING = frozenset({"run", "rerun", "sabotage"})
_PASSING_ON = frozenset({"run", "exec"})

_EXIT_CODES = """exit codes: 0 every selected claim was observed and is as documented (or a known
difference); 1 differs; 2 usage; 3 lab error, or nothing could be observed; 130 interrupted"""


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command; svcproof's exit code."""
    typed = list(sys.argv[1:] if argv is None else argv)
    ours, theirs = _split(typed)
    options, unknown = parser().parse_known_args(ours)
    options.typed, options.rest = tuple(typed), tuple(theirs)
    if unknown:
        options.verb.error(f"unrecognized arguments: {' '.join(unknown)}")
    if theirs and not options.takes_more:
        options.verb.error(f"what follows -- is for commands that pass it on: {' '.join(theirs)!r}")
    try:
        return _command(options.command)(options, Settings.from_env(os.environ))
    except UsageError as error:
        return _complain(error, USAGE)
    except LabError as error:
        return _complain(error, NOT_TESTED)
    except BrokenPipeError:
        # Whoever read our output has had enough. Python would complain once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return AS_DOCUMENTED if options.only_prints else NOT_TESTED
    except KeyboardInterrupt:
        sys.stderr.write("svcproof: interrupted\n")
        return INTERRUPTED


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    top = argparse.ArgumentParser(
        prog="svcproof",
        description="Does a Kubernetes Service do what it should on this kernel, with this proxy mode and network?",
        epilog=_EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    top.add_argument("--version", action="version", version=f"svcproof {__version__}")
    verbs = top.add_subparsers(title="commands", required=True, metavar="COMMAND")
    _add_doctor(verbs)
    _add_run(verbs)
    _add_rerun_and_claims(verbs)
    _add_sabotage(verbs)
    _add_up_and_down(verbs)
    _add_looking(verbs)
    _add_places(verbs)
    _add_report(verbs)
    return top


def _add_doctor(verbs: _Verbs) -> None:
    verb = _verb(verbs, "doctor", "doctor.doctor", "find out by trying what this machine can run")
    verb.add_argument("profiles", nargs="*", metavar="PROFILE", help="all of them by default")
    verb.add_argument("--brief", action="store_true", help="say only what stands in the way")
    verb.add_argument("--json", action="store_true", help="for programs")
    _add_lab_settings(verb)
    _add_runs(verb)


def _add_run(verbs: _Verbs) -> None:
    verb = _verb(verbs, "run", "run.run", "run the scenarios of a profile and write a report")
    verb.usage = "svcproof run [options] PROFILE [-- pytest arguments]"
    _add_profile(verb)
    _add_choice(verb)
    verb.add_argument(
        "--require",
        action="append",
        default=[],
        metavar="PATTERN",
        help="fail unless the claims that match were observed: as documented, or a known difference",
    )
    verb.add_argument(
        "--baseline", type=Path, default=None, metavar="RUN", help="fail only where this run did not"
    )
    _add_run_settings(verb)


def _add_rerun_and_claims(verbs: _Verbs) -> None:
    rerun = _verb(verbs, "rerun", "rerun.rerun", "judge one claim of a run again, alone on a fresh lab")
    rerun.add_argument("claim", metavar="CLAIM", help="its id, as in the report")
    rerun.add_argument(
        "--run", type=Path, default=Path("runs/latest"), metavar="RUN", help="the run (%(default)s)"
    )
    _add_run_settings(rerun)
    claims = _verb(verbs, "claims", "claims.claims", "list the claims that a profile's run judges")
    _add_profile(claims)
    _add_choice(claims)
    _add_kubernetes(claims)
    claims.add_argument("--json", action="store_true", help="for programs")


def _add_sabotage(verbs: _Verbs) -> None:
    verb = _verb(
        verbs, "sabotage", "sabotage.sabotage", "break a lab's rules, one at a time: do claims notice?"
    )
    _add_profile(verb)
    verb.add_argument(
        "--budget",
        type=seconds,
        default=None,
        metavar="TIME",
        help="such as 10m, for a sample: so long for faults, at most as long again for survivors (all)",
    )
    verb.add_argument(
        "--kind", action="append", default=[], choices=[kind.value for kind in Kind], help="these faults only"
    )
    verb.add_argument(
        "--full", action="store_true", help="ask all claims of a fault's Service, prove every survivor"
    )
    verb.add_argument("--list", action="store_true", help="list the faults, make none")
    _add_seed(verb, "of the sample")
    _add_lab_settings(verb)
    _add_runs(verb)


def _add_choice(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--claim", action="append", default=[], metavar="PATTERN", help="these only, such as 'noep-*'"
    )
    verb.add_argument("--tier", choices=[tier.value for tier in Tier], default=None, help="this tier only")


def _add_run_settings(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--trace",
        action="store_true",
        help="have the kernel trace a probe of every claim, not of failures only",
    )
    verb.add_argument("-n", "--workers", type=_count, default=None, metavar="N", help="labs side by side (2)")
    _add_seed(verb, "of marks")
    _add_lab_settings(verb)
    _add_runs(verb)


def _add_seed(verb: argparse.ArgumentParser, what: str) -> None:
    verb.add_argument("--seed", type=int, default=None, help=f"{what} (random, and in the report)")


def _add_lab_settings(verb: argparse.ArgumentParser) -> None:
    _add_encapsulation(verb)
    _add_implementation(verb)
    _add_sources(verb)
    verb.add_argument("--fix", action="store_true", help="first install missing Debian packages (as root)")


def _add_up_and_down(verbs: _Verbs) -> None:
    up = _verb(verbs, "up", "labs.up", "make a lab that stays up")
    _add_profile(up)
    up.add_argument("--name", default="", help="of the lab (the profile's)")
    _add_lab_settings(up)
    down = _verb(verbs, "down", "labs.down", "end a lab that was made by `up`")
    down.add_argument("name", nargs="?", default="", metavar="LAB")
    down.add_argument("--all", action="store_true", help="every lab that was made by `up`")


def _add_looking(verbs: _Verbs) -> None:
    labs = _verb(verbs, "labs", "labs.labs", "list the labs that stand")
    status = _verb(verbs, "status", "labs.status", "show a lab's places, programs and health")
    status.add_argument("name", nargs="?", default="", metavar="LAB")
    for verb in (labs, status):
        verb.add_argument("--json", action="store_true", help="for programs")


def _add_places(verbs: _Verbs) -> None:
    exec_ = _verb(verbs, "exec", "labs.exec_", "run a command at a place of a lab")
    exec_.usage = "svcproof exec [--lab LAB] PLACE -- COMMAND ..."
    shell = _verb(verbs, "shell", "labs.shell", "open a shell at a place of a lab")
    dump = _verb(verbs, "dump", "labs.dump", "print rules, conntrack, addresses and routes of a place")
    for verb in (exec_, shell, dump):
        verb.add_argument("place", metavar="PLACE", help="a node, a pod, a client: see `svcproof status`")
        verb.add_argument("--lab", default="", metavar="LAB", help="where several stand")


def _add_report(verbs: _Verbs) -> None:
    report = _verb(
        verbs, "report", "reports.report", "render the report of runs again, from their results alone"
    )
    report.add_argument(
        "runs",
        type=Path,
        nargs="+",
        metavar="RUN",
        help="directories of runs or sabotages, or a results.json",
    )
    report.add_argument(
        "--output", type=Path, default=None, metavar="DIR", help="of several runs (svcproof-report)"
    )
    report.add_argument("--note", default="", metavar="TEXT", help="what a reader must know first")
    compare = _verb(
        verbs, "compare", "reports.compare", "say in what two runs differ; exit code 1 where they do"
    )
    compare.add_argument("before", type=Path, metavar="A", help="a run's directory or its results.json")
    compare.add_argument("after", type=Path, metavar="B", help="the other's")
    bundle = _verb(
        verbs, "bundle", "reports.bundle", "put all evidence of claims into one file each, for an issue"
    )
    bundle.add_argument("run", type=Path, metavar="RUN", help="a run's directory")
    bundle.add_argument("claims", nargs="*", metavar="CLAIM", help="claim ids (those that fail)")
    bundle.add_argument("--redact", action="store_true", help="with other addresses, in packets and logs too")


def _command(name: str) -> Command:
    """The function of this name in svcproof.commands. Only its module is imported: what others need takes seconds."""
    module, _, function = name.partition(".")
    found: Command = getattr(import_module(f"svcproof.commands.{module}"), function)
    return found


def _verb(verbs: _Verbs, name: str, command: str, text: str) -> argparse.ArgumentParser:
    """command: as _command takes it."""
    said = f"{text[0].upper()}{text[1:]}{'' if text.endswith('?') else '.'}"
    added = verbs.add_parser(name, help=text, description=said, allow_abbrev=False)
    added.set_defaults(
        verb=added, command=command, only_prints=name not in _JUDGING, takes_more=name in _PASSING_ON
    )
    return added


def _add_profile(verb: argparse.ArgumentParser) -> None:
    known = ", ".join(profile.name for profile in PROFILES)
    verb.add_argument("profile", metavar="PROFILE", help=f"one of: {known}")


def _add_encapsulation(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--encapsulation",
        choices=[each.value for each in Encapsulation],
        default=None,
        help="of packets between nodes; none is flannel's host-gw (flannel: vxlan, calico: none)",
    )


def _add_implementation(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--network-implementation",
        choices=["auto", *(each.value for each in Implementation)],
        default="auto",
        help="Calico's own programs, or the lab's data path; real: out of its images, too; auto: what is at hand",
    )


def _add_sources(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--components", type=Path, metavar="DIR", help="programs of your own")
    verb.add_argument("--kube-proxy", type=Path, metavar="FILE", help="the kube-proxy to try")
    _add_kubernetes(verb)


def _add_kubernetes(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--kubernetes", default=KUBERNETES_VERSION, metavar="VERSION", help="(%(default)s)")


def _add_runs(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--runs", type=Path, default=Path("runs"), metavar="DIR", help="where runs are kept (%(default)s)"
    )


def _count(text: str) -> int:
    number = int(text) if text.isdecimal() else 0
    if not 1 <= number <= _MOST_WORKERS:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number between 1 and {_MOST_WORKERS}")
    return number


def _split(typed: Sequence[str]) -> tuple[Sequence[str], Sequence[str]]:
    """Our arguments, and what stands behind the first `--`."""
    if "--" not in typed:
        return typed, ()
    at = typed.index("--")
    return typed[:at], typed[at + 1 :]


def _complain(error: LabError, code: int) -> int:
    sys.stderr.write(f"svcproof: {error}\n")
    return code
