"""What the options of a command ask of the lab that it makes, and of the machine that is to run it."""

import argparse
import os
import random
import sys

from lab.components.progress import Lines
from lab.components.sources import Sources
from lab.profiles import Encapsulation, Implementation, Profile
from svcproof.doctor import command as diagnosis
from svcproof.doctor.real import real_machine
from svcproof.lab_run import LabRequest
from svcproof.run import RunRequest
from svcproof.settings import Settings

_WORKERS = 2


def run_request(options: argparse.Namespace, settings: Settings, profile: Profile) -> RunRequest:
    """A run of every claim."""
    return RunRequest(
        lab=lab_request(options, settings, profile),
        workers=options.workers or _workers(options),
        traced=options.trace,
    )


def lab_request(options: argparse.Namespace, settings: Settings, profile: Profile) -> LabRequest:
    """The labs of a run or a sabotage."""
    return LabRequest(
        profile=profile,
        sources=sources(options, settings),
        runs=options.runs,
        encapsulation=encapsulation(options, profile),
        implementation=implementation(options),
        seed=random.randrange(1 << 32) if options.seed is None else options.seed,  # noqa: S311 - no secret
        command=options.typed,
        environ=settings.environ,
    )


def sources(options: argparse.Namespace, settings: Settings) -> Sources:
    """Where programs come from."""
    return Sources(
        cache=settings.cache,
        environ=settings.environ,
        directory=options.components or settings.components,
        kube_proxy=options.kube_proxy,
        kubernetes_version=options.kubernetes,
    )


def encapsulation(options: argparse.Namespace, profile: Profile) -> Encapsulation:
    """What was asked for, or what the network does by itself."""
    return _encapsulation(options) or profile.encapsulation


def implementation(options: argparse.Namespace) -> Implementation | None:
    """What was asked for; None for what is at hand."""
    asked = options.network_implementation
    return None if asked == "auto" else Implementation(asked)


def wanted(options: argparse.Namespace, settings: Settings) -> diagnosis.Wanted:
    """What the doctor judges for."""
    return diagnosis.Wanted(
        sources=sources(options, settings),
        runs=getattr(options, "runs", None),
        encapsulation=_encapsulation(options),
        implementation=implementation(options),
    )


def require(options: argparse.Namespace, settings: Settings, profile: Profile) -> None:
    """MissingRequirement where the machine cannot run what was asked for. Installs packages first, if it is to."""
    machine = real_machine(settings.environ)
    if options.fix:
        diagnosis.prepare(profile, machine, wanted(options, settings), Lines(sys.stderr).say)
    else:
        diagnosis.require(profile, machine, wanted(options, settings))


def _encapsulation(options: argparse.Namespace) -> Encapsulation | None:
    return Encapsulation(options.encapsulation) if options.encapsulation else None


def _workers(options: argparse.Namespace) -> int:
    """A lab for each core up to two; one for single claims, which come up as soon."""
    return 1 if getattr(options, "claim", None) else min(_WORKERS, os.cpu_count() or 1)
