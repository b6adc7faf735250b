"""Which profiles exist: a proxy mode and a network, spelled as the tox environments are, and a network's options."""

from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from lab.errors import UsageError


class ProxyMode(StrEnum):
    """kube-proxy's `mode`, in kube-proxy's own spelling."""

    IPTABLES = "iptables"
    NFTABLES = "nftables"


class NetworkName(StrEnum):
    """Which pod network connects the nodes."""

    CALICO = "calico"
    FLANNEL = "flannel"


class Encapsulation(StrEnum):
    """How a packet between pods of two nodes travels: one word for every network, each of which has its own.

    NONE is flannel's `host-gw` and a Calico IPPool whose modes are Never: routes via the other node's address.
    """

    NONE = "none"
    VXLAN = "vxlan"
    IPIP = "ipip"


class Implementation(StrEnum):
    """What a pod network is made of: its own programs, or its documented data path of ordinary parts."""

    REAL = "real"
    DATAPATH = "datapath"


@dataclass(frozen=True, slots=True)
class Profile:
    """What is under test. The family is IPv4 in every profile there is so far."""

    proxy_mode: ProxyMode
    network: NetworkName

    @property
    def name(self) -> str:
        """The profile as users write it, for example `nftables-flannel`."""
        return f"{self.proxy_mode}-{self.network}"

    @property
    def encapsulation(self) -> Encapsulation:
        """What the network does where nobody says otherwise.

        flannel's documented default is VXLAN. Calico's operator installs VXLANCrossSubnet: between nodes of one
        segment, as a lab's are, packets are not encapsulated, and BGP announces the routes
        (https://docs.tigera.io/calico/latest/networking/configuring/vxlan-ipip).
        """
        match self.network:
            case NetworkName.FLANNEL:
                return Encapsulation.VXLAN
            case NetworkName.CALICO:
                return Encapsulation.NONE
            case _:
                assert_never(self.network)


PROFILES = tuple(Profile(mode, network) for mode in ProxyMode for network in NetworkName)


def profile_named(name: str) -> Profile:
    """The profile of this name; UsageError lists those that exist."""
    for profile in PROFILES:
        if profile.name == name:
            return profile
    known = ", ".join(profile.name for profile in PROFILES)
    raise UsageError(f"there is no profile {name!r}", next_step=f"one of: {known}")
