"""The commands for labs that stay up: `svcproof up` and `down`, and those that look into them."""

import argparse
import sys

from lab.components.calico_choice import calico_for
from lab.components.needed import needed
from lab.components.progress import Lines
from lab.components.resolve import resolve
from lab.errors import UsageError
from lab.profiles import profile_named
from svcproof import asked, dumped, entered, shown, standing
from svcproof.labs import LabEntry, Labs, LabUse
from svcproof.settings import Settings


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


def _lab(options: argparse.Namespace, settings: Settings) -> LabEntry:
    return Labs(settings.state).named(options.lab)
