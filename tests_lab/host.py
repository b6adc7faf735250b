"""What a lab could leave on the machine that it ran on, outside of every capsule."""

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Host:
    """The machine's own network and mounts. rules: empty where this user may not read them."""

    namespaces: frozenset[str]
    interfaces: frozenset[str]
    mounts: frozenset[str]
    rules: frozenset[str]
    sysctls: frozenset[str]

    def new_since(self, before: "Host") -> Iterator[str]:
        """What is there now and was not before, a line each."""
        for field in fields(self):
            for each in getattr(self, field.name) - getattr(before, field.name):
                yield f"{field.name}: {each}"


def host() -> Host:
    """The machine as it is now."""
    return Host(
        namespaces=_names(Path("/run/netns")),
        interfaces=_names(Path("/sys/class/net")),
        mounts=frozenset(_mounts()),
        rules=frozenset(_rules()),
        sysctls=frozenset(_sysctls()),
    )


def sockets_below(directory: Path) -> list[str]:
    """UNIX sockets, abstract ones too, whose names hold this directory; and socket files in it."""
    bound = [line for line in Path("/proc/net/unix").read_text().splitlines() if str(directory) in line]
    return bound + [str(path) for path in directory.rglob("*") if path.is_socket()]


def _names(directory: Path) -> frozenset[str]:
    return frozenset(path.name for path in directory.iterdir()) if directory.is_dir() else frozenset()


def _mounts() -> Iterator[str]:
    """Root, mount point and kind of each mount; the numbers before them may be used again."""
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        left, _, right = line.partition(" - ")
        yield " ".join((*left.split()[3:5], right.split()[0]))


def _rules() -> Iterator[str]:
    for argv in (["nft", "list", "tables"], ["iptables-save"], ["ip6tables-save"]):
        done = subprocess.run(argv, capture_output=True, text=True, check=False)
        for line in done.stdout.splitlines():
            if not line.startswith(("#", ":")):  # Dates and packet counts.
                yield f"{argv[0]}: {line}"


def _sysctls() -> Iterator[str]:
    for name in ("net/ipv4/ip_forward", "net/ipv4/conf/all/forwarding", "net/ipv4/icmp_ratemask"):
        yield f"{name}={Path('/proc/sys', name).read_text().strip()}"
