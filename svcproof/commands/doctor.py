"""`svcproof doctor`."""

import argparse
import sys

from lab.components.progress import Lines
from svcproof import asked
from svcproof.doctor import command as diagnosis
from svcproof.doctor.real import real_machine
from svcproof.settings import Settings


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
