"""Curing by Debian packages: which command that takes, and running it."""

import re
import shlex
from collections.abc import Callable, Sequence

from svcproof.doctor.finding import Finding, State
from svcproof.doctor.machine import Machine

_INSTALL = ("apt-get", "install", "--yes", "--no-install-recommends")
_UPDATE = ("apt-get", "update")
_NO_LISTS = re.compile(r"Unable to locate package|has no installation candidate|404 +Not Found")
_LAST_LINES = 15

Say = Callable[[str], None]


def packages_for(findings: Sequence[Finding]) -> list[str]:
    """The packages that these findings want, each once."""
    wanted = (each.packages for each in findings if each.state is not State.OK)
    return sorted({package for packages in wanted for package in packages})


def cure_by_packages(machine: Machine, packages: Sequence[str]) -> str:
    """The one command that installs them; their names where it is not known."""
    if not has_apt(machine):
        return f"install {', '.join(packages)} (so Debian calls them) with this system's own tool"
    sudo = [] if machine.euid == 0 else ["sudo"]
    return shlex.join([*sudo, *_INSTALL, *packages])


def can_install(machine: Machine) -> bool:
    """Whether install() can do anything here."""
    return machine.euid == 0 and has_apt(machine)


def has_apt(machine: Machine) -> bool:
    """Whether this is a Debian or one of its descendants."""
    return machine.which("apt-get") is not None


def install(machine: Machine, packages: Sequence[str], say: Say) -> bool:
    """Installs them, after saying so; whether that worked. Lists are got only where they lack."""
    command = [*_INSTALL, *packages]
    say(f"running: {shlex.join(command)}")
    ran = machine.run(command)
    if ran.status != 0 and _NO_LISTS.search(ran.output):
        say(f"the lists of packages lack these; running: {shlex.join(_UPDATE)}")
        updated = machine.run(_UPDATE)
        ran = machine.run(command) if updated.status == 0 else updated
    if ran.status == 0:
        say(f"installed: {', '.join(packages)}")
        return True
    say(f"it ended with status {ran.status}:")
    for line in ran.output.strip().splitlines()[-_LAST_LINES:]:
        say(f"  {line}")
    return False
