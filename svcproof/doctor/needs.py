"""Which profiles need a thing. The reasons stand here, once."""

from collections.abc import Collection

from lab.components.needed import needed
from lab.components.program import Program
from lab.profiles import PROFILES, NetworkName, Profile, ProxyMode

EVERY = PROFILES


def with_mode(mode: ProxyMode) -> tuple[Profile, ...]:
    """The profiles whose proxy needs it.

    kube-proxy in iptables mode looks for iptables, iptables-save and iptables-restore; nft it
    uses only where it is there, to remove what nftables mode left. In nftables mode it looks
    for nft.
    """
    return tuple(profile for profile in PROFILES if profile.proxy_mode is mode)


def with_network(network: NetworkName) -> tuple[Profile, ...]:
    """The profiles whose pod network needs it.

    flanneld needs iptables and ip6tables in both modes: before it writes nftables rules it
    removes those that it might have written with iptables, and ends where it finds neither.

    flannel's bridge needs br_netfilter in both modes: flanneld in iptables mode ends without it,
    and in nftables mode the answers of a pod to its neighbour on the bridge bypass the rules, so
    that they come from the pod's own address instead of the Service's.

    Calico's data path announces its routes by BIRD, and with iptables it keeps its pools in ipsets.
    """
    return tuple(profile for profile in PROFILES if profile.network is network)


def with_program(programs: Collection[Program]) -> tuple[Profile, ...]:
    """The profiles whose labs run one of these."""
    return tuple(profile for profile in PROFILES if not set(programs).isdisjoint(needed(profile)))
