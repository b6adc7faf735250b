"""Machines that are whatever a test wants them to be."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from lab.components.resolve import Missing
from lab.components.sources import Sources
from lab.errors import CapsuleError
from svcproof.doctor.command import Wanted
from svcproof.doctor.machine import Machine, Ran, Trial, Volume
from svcproof.doctor.refusal import Refusal
from svcproof.doctor.steps import Attempt, Result, Step

GIGABYTE = 1_000_000_000
WANTED = Wanted(sources=Sources(cache=Path("/cache"), environ={}, machine="x86_64"), runs=Path("/runs"))
VERSIONS = {
    "ip": "ip utility, iproute2-6.1.0, libbpf 1.1.2",
    "nft": "nftables v1.0.6 (Lester Gooch #5)\n  cli:          editline\n  json:         yes",
    "iptables": "iptables v1.8.9 (nf_tables)",
    "bird": "BIRD version 2.0.12",
    "ipset": "ipset v7.17, protocol version: 7",
}
PACKAGES = {
    "iproute2": ("ip",),
    "nftables": ("nft",),
    "iptables": ("iptables", "iptables-save", "iptables-restore", "ip6tables"),
    "bird2": ("bird",),
    "ipset": ("ipset",),
    "gcc": ("gcc",),
    "libc6-dev": (),
}


@dataclass(slots=True)
class Debian:
    """A Debian that starts with these programs; apt-get adds to them. calls: what was run."""

    programs: set[str] = field(
        default_factory=lambda: {name for names in PACKAGES.values() for name in names} | {"apt-get"}
    )
    versions: Mapping[str, str] = field(default_factory=lambda: VERSIONS)
    has_lists: bool = True
    calls: list[str] = field(default_factory=list)

    def which(self, name: str) -> Path | None:
        """All programs are in one place."""
        return Path("/usr/sbin", name) if name in self.programs else None

    def run(self, command: Sequence[str]) -> Ran:
        """Tells versions, and installs."""
        self.calls.append(" ".join(command))
        match list(command):
            case ["apt-get", "update"]:
                self.has_lists = True
                return Ran(0, "Reading package lists... Done")
            case ["apt-get", "install", "--yes", "--no-install-recommends", *packages]:
                return self._install(packages)
            case [path, "-V"] | [path, "--version"]:
                return Ran(0, self.versions[Path(path).name])
            case _:
                raise AssertionError(command)

    def _install(self, packages: Sequence[str]) -> Ran:
        if not self.has_lists:
            return Ran(100, f"E: Unable to locate package {packages[0]}")
        for package in packages:
            self.programs |= set(PACKAGES[package])
        return Ran(0, "Setting up ...")


def machine(debian: Debian | None = None, files: Mapping[str, str] | None = None) -> Machine:
    """A machine that has everything, run by root; `files` are what it can read."""
    system = debian or Debian()
    readable = {"/proc/meminfo": "MemAvailable:    8000000 kB\n", **(files or {})}
    return Machine(
        euid=0,
        python=(3, 11, 2),
        kernel="6.1.0-18-amd64",
        cores=2,
        which=system.which,
        run=system.run,
        read=lambda path: readable.get(str(path)),
        volume=lambda _path: Volume(20 * GIGABYTE),
        try_capsule=trial,
        ask_refusal=lambda: None,
        missing_programs=lambda _sources: (),
        go=lambda _sources: "go1.26.8",
    )


def without(*programs: str) -> Debian:
    """A Debian that lacks these programs."""
    debian = Debian()
    debian.programs -= set(programs)
    return debian


def trial(failed: Mapping[Step, str] | None = None) -> Trial:
    """A capsule in which everything worked but for these steps."""
    said = failed or {}
    attempts = (
        Attempt(step, Result.FAILED if step in said else Result.WORKED, said.get(step, "")) for step in Step
    )
    return Trial(user_namespace=True, attempts=tuple(attempts))


def refusing(refusal: Refusal | None, files: Mapping[str, str] | None = None) -> Machine:
    """A machine on which no capsule can be made."""

    def refuse() -> Trial:
        raise CapsuleError("cannot make the namespaces", output="Operation not permitted (EPERM)")

    return replace(machine(files=files), euid=1000, try_capsule=refuse, ask_refusal=lambda: refusal)


def lacking(*items: Missing) -> Machine:
    """A machine that has these programs still to get."""
    return replace(machine(), missing_programs=lambda _sources: items)
