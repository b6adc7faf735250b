"""Which profiles need a thing. The reasons stand here, once."""

from collections.abc import Collection

from lab.components.calico_choice import is_at_hand
from lab.components.needed import needed
from lab.components.program import Program
from lab.components.sources import Sources
from lab.profiles import PROFILES, Encapsulation, Implementation, NetworkName, Profile, ProxyMode

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

    With iptables Calico keeps its pools in ipsets.
    """
    return tuple(profile for profile in PROFILES if profile.network is network)


def needs_bird(
    sources: Sources, wanted: Implementation | None = None, encapsulation: Encapsulation | None = None
) -> bool:
    """Whether a lab of Calico runs BIRD. wanted, encapsulation: None for what happens by itself.

    The data path announces its routes by it, but not with VXLAN; of Calico itself felix writes them all.
    """
    real = wanted is Implementation.REAL or (wanted is None and is_at_hand(sources))
    return not real and encapsulation is not Encapsulation.VXLAN


def with_tunnel(tunnel: Encapsulation, wanted: Encapsulation | None = None) -> tuple[Profile, ...]:
    """The profiles whose packets between nodes go through it. wanted: None for what each network does by itself."""
    return tuple(profile for profile in PROFILES if (wanted or profile.encapsulation) is tunnel)


def with_program(programs: Collection[Program]) -> tuple[Profile, ...]:
    """The profiles whose labs run one of these."""
    return tuple(profile for profile in PROFILES if not set(programs).isdisjoint(needed(profile)))
