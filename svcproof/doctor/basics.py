"""What everything stands on: the Python, the kernel, the cores."""

import re

from lab.profiles import ProxyMode
from svcproof.doctor.finding import Finding, State
from svcproof.doctor.machine import Machine
from svcproof.doctor.needs import EVERY, with_mode

_PYTHON_MINIMUM = (3, 11)
_KERNEL_MINIMUM = (5, 13)


def basic_findings(machine: Machine) -> list[Finding]:
    """A finding for each."""
    return [_python(machine), _kernel(machine), _cores(machine)]


def _python(machine: Machine) -> Finding:
    enough = machine.python >= _PYTHON_MINIMUM
    return Finding(
        id="python",
        subject="Python",
        state=State.OK if enough else State.MISSING,
        detail=".".join(str(part) for part in machine.python),
        enables=EVERY,
        cure="" if enough else "run svcproof with Python 3.11 or newer",
    )


def _kernel(machine: Machine) -> Finding:
    """kube-proxy itself reads the version, and refuses to start in nftables mode."""
    found = re.match(r"(\d+)\.(\d+)", machine.kernel)
    enough = found is not None and (int(found[1]), int(found[2])) >= _KERNEL_MINIMUM
    return Finding(
        id="kernel",
        subject="kernel",
        state=State.OK if enough else State.MISSING,
        detail=machine.kernel if enough else f"{machine.kernel}; kube-proxy wants 5.13 for nft",
        enables=with_mode(ProxyMode.NFTABLES),
        cure="" if enough else "boot a kernel of version 5.13 or newer",
    )


def _cores(machine: Machine) -> Finding:
    enough = machine.cores > 1
    return Finding(
        id="cores",
        subject="cores",
        state=State.OK if enough else State.WARNING,
        detail=str(machine.cores) if enough else "1: a run takes about twice as long",
        enables=EVERY,
        cure="" if enough else "give this machine a second core",
    )
