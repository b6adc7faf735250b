"""Which profiles exist: a proxy mode, a network and an IP family, spelled as the tox environments are."""

from dataclasses import dataclass
from enum import StrEnum

from lab.errors import UsageError


class ProxyMode(StrEnum):
    """kube-proxy's `mode`, in kube-proxy's own spelling."""

    IPTABLES = "iptables"
    NFTABLES = "nftables"


class NetworkName(StrEnum):
    """Which pod network connects the nodes."""

    FLANNEL = "flannel"


@dataclass(frozen=True, slots=True)
class Profile:
    """What is under test. The family is IPv4 in every profile there is so far."""

    proxy_mode: ProxyMode
    network: NetworkName

    @property
    def name(self) -> str:
        """The profile as users write it, for example `nftables-flannel`."""
        return f"{self.proxy_mode}-{self.network}"


PROFILES = tuple(Profile(mode, network) for mode in ProxyMode for network in NetworkName)


def profile_named(name: str) -> Profile:
    """The profile of this name; UsageError lists those that exist."""
    for profile in PROFILES:
        if profile.name == name:
            return profile
    known = ", ".join(profile.name for profile in PROFILES)
    raise UsageError(f"there is no profile {name!r}", next_step=f"one of: {known}")
